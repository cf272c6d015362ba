/** The charts themselves (ECharts, drawn as SVG): a chunk of its own, fetched only by a page that has one. */
import { BarChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

/** What a table says: the name of each row, and of each column of figures its title and values. */
export interface Figures {
  names: string[];
  series: { title: string; values: number[] }[];
  sideways: boolean;
}

const ROW_HEIGHT = 34;
const AROUND = 88;

/** Draws the figures as bars into the element; drawn anew when the element's width or the page's colours change. */
export function draw(element: HTMLElement, figures: Figures): void {
  if (figures.sideways) element.style.height = `${figures.names.length * ROW_HEIGHT + AROUND}px`;
  const chart = init(element, null, { renderer: "svg" });
  const show = (): void => chart.setOption(options(element, figures), true);
  show();
  new ResizeObserver(() => chart.resize()).observe(element);
  new MutationObserver(show).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme", "data-type"] });
}

function options(element: HTMLElement, { names, series, sideways }: Figures): Parameters<ReturnType<typeof init>["setOption"]>[0] {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  const ink = token("--gl-ink");
  const text = { color: ink, fontFamily: style.fontFamily, fontSize: Math.min(parseFloat(style.fontSize), 18) };
  const line = { lineStyle: { color: token("--gl-line") } };
  const category = { type: "category" as const, data: names, inverse: sideways, axisLabel: { ...text, width: 130, overflow: "truncate" as const }, axisLine: line, axisTick: { show: false } };
  const value = { type: "value" as const, minInterval: 1, axisLabel: text, splitLine: line };
  return {
    animation: false,
    aria: { enabled: true, decal: { show: true } },
    color: [token("--gl-quiet"), token("--gl-accent"), token("--gl-action"), token("--gl-wait")],
    textStyle: text,
    grid: { left: 8, right: 24, top: series.length > 2 ? 72 : 44, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, textStyle: text, itemGap: 18 },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, confine: true },
    xAxis: sideways ? value : category,
    yAxis: sideways ? category : value,
    series: series.map(({ title, values }) => ({ type: "bar" as const, name: title, data: values, barMaxWidth: 18 })),
  };
}
