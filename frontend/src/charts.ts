/**
 * Charts beside their tables: `<div data-chart="table-id">` is drawn from the table's own cells, `th[scope=row]` naming the bars and each
 * column whose head has `data-series` giving their lengths. Without the script the table stands alone, and nothing is missing.
 */

export function attachCharts(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-chart]:not([data-drawn])")) {
    const table = document.getElementById(element.dataset["chart"] ?? "");
    if (!(table instanceof HTMLTableElement)) continue;
    element.dataset["drawn"] = "";
    void import("./chart").then(({ draw }) => draw(element, { ...figuresOf(table), sideways: element.dataset["bars"] === "sideways" }));
  }
}

function figuresOf(table: HTMLTableElement): { names: string[]; series: { title: string; values: number[] }[] } {
  const rows = [...(table.tBodies[0]?.rows ?? [])].filter((row) => row.dataset["sum"] === undefined);
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  const columns = heads.flatMap((head, index) => (head.dataset["series"] === undefined ? [] : [{ head, index }]));
  return {
    names: rows.map((row) => row.cells[0]?.textContent?.trim() ?? ""),
    series: columns.map(({ head, index }) => ({
      title: head.textContent?.trim() ?? "",
      values: rows.map((row) => Number(row.cells[index]?.dataset["value"] ?? row.cells[index]?.textContent ?? 0)),
    })),
  };
}
