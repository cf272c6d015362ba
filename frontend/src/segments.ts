/** The responsibility bar: each segment is as wide as its `data-share`, whatever the unit. */

export function attachSegments(root: ParentNode): void {
  for (const segment of root.querySelectorAll<HTMLElement>("[data-share]")) {
    const share = Number(segment.dataset["share"]);
    if (share > 0) segment.style.setProperty("--share", String(share));
  }
}
