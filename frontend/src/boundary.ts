/**
 * Drawing on the map of a boundary draft: a line that cuts a cell, or a cell's outline dragged into another shape.
 *
 * What is drawn goes into the fields of the forms below the map; the forms are what is sent, and they work without it. Escape gives up.
 */
import type { Map as MapLibreMap, MapMouseEvent } from "maplibre-gl";
import { TerraDraw, TerraDrawLineStringMode, TerraDrawRenderMode, TerraDrawSelectMode, TerraDrawPolygonMode } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { boundsOf, type Grids } from "./atlas-facts";
import { fetched, mayHaveWebGL } from "./atlas-fetch";
import { openMap, openPopup, type Words } from "./atlas-map";
import { colour, ground } from "./atlas-style";

interface Config {
  cells: string;
  tiles: string[];
  credit: string;
  split: string;
  outline: string;
  words: Words;
}
interface Cells {
  cells: Grids;
  flaws: Grids;
}
type Tool = "line" | "edit" | "none";

class Drafting {
  private tool: Tool = "none";
  private readonly draw: TerraDraw;

  constructor(
    private readonly map: MapLibreMap,
    private readonly root: HTMLElement,
    private readonly config: Config,
    private readonly cells: Cells,
  ) {
    this.draw = new TerraDraw({ adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 9 }), modes: modes() });
    this.draw.start();
    this.draw.setMode("view");
    this.draw.on("finish", () => this.onFinish());
    map.on("click", (event) => this.onClick(event));
    for (const button of root.querySelectorAll<HTMLButtonElement>("[data-tool]")) {
      button.addEventListener("click", () => this.take(button.dataset["tool"] as Tool));
    }
  }

  private take(tool: Tool): void {
    this.press(tool);
    this.draw.clear();
    this.draw.setMode(tool === "line" ? "linestring" : "view");
    this.say(tool === "line" ? "drawLine" : tool === "edit" ? "pickCell" : "");
  }

  private press(tool: Tool): void {
    this.tool = tool;
    for (const button of this.root.querySelectorAll<HTMLElement>("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset["tool"] === tool));
    }
  }

  private onClick(event: MapMouseEvent): void {
    if (this.tool === "line" || this.draw.getMode() === "select") return;
    const found = this.map.queryRenderedFeatures(event.point, { layers: ["grids-fill"] })[0];
    if (!found) return;
    const code = String(found.properties["code"]);
    if (this.tool === "edit") return this.edit(code);
    this.write("split-grid", code);
    this.write("merge-grid", code);
    openPopup(this.map, event.lngLat, [{ text: String(found.properties["name"]), strong: true }, { text: code }]);
  }

  /** The cell's own corners become handles. Only a single ring can be dragged: others keep their holes by being imported. */
  private edit(code: string): void {
    const cell = this.cells.cells.features.find(({ properties }) => properties.code === code);
    const rings = cell?.geometry.coordinates as [number, number][][] | undefined;
    if (cell?.geometry.type !== "Polygon" || rings?.length !== 1) return this.say("tooComplex");
    const added = this.draw.addFeatures([{ type: "Feature", properties: { mode: "polygon" }, geometry: { type: "Polygon", coordinates: rings } }]);
    const id = added[0]?.id;
    if (!added[0]?.valid || id === undefined) return this.say("tooComplex");
    this.draw.setMode("select");
    this.draw.selectFeature(id);
    this.write("outline-grid", code);
    this.write(this.config.outline, JSON.stringify(cell.geometry));
    this.open("outline");
    this.say("edit");
  }

  private onFinish(): void {
    for (const { geometry } of this.draw.getSnapshot()) {
      if (this.tool === "line" && geometry.type === "LineString") this.tookLine(geometry.coordinates as [number, number][]);
      if (this.tool === "edit" && geometry.type === "Polygon") this.tookOutline(geometry);
    }
  }

  private tookLine(line: [number, number][]): void {
    this.write(this.config.split, line.map(([lon, lat]) => `${lon},${lat}`).join(" "));
    this.draw.setMode("view");
    this.press("none");
    this.open("split");
    this.say("lineDone");
  }

  private tookOutline(geometry: object): void {
    this.write(this.config.outline, JSON.stringify(geometry));
    this.say("outlineDone");
  }

  private write(name: string, value: string): void {
    const field = document.querySelector<HTMLInputElement | HTMLTextAreaElement>(`[name="${CSS.escape(name)}"]`);
    if (field) field.value = value;
  }

  private open(step: string): void {
    document.querySelector<HTMLDetailsElement>(`details[data-step="${step}"]`)?.setAttribute("open", "");
  }

  private say(word: string): void {
    const status = this.root.querySelector("[data-boundary-status]");
    if (status) status.textContent = this.config.words[word] ?? "";
  }
}

function modes(): ConstructorParameters<typeof TerraDraw>[0]["modes"] {
  const handles = { midpoints: true, draggable: true, deletable: true };
  const late = colour("late") as `#${string}`;
  return [
    new TerraDrawRenderMode({ modeName: "view", styles: { lineStringColor: late, lineStringWidth: 4, polygonOutlineColor: late, polygonFillColor: late } }),
    new TerraDrawLineStringMode({ styles: { lineStringColor: late, lineStringWidth: 4 } }),
    new TerraDrawPolygonMode({ styles: { outlineColor: late, fillColor: late, fillOpacity: 0.2 } }),
    new TerraDrawSelectMode({ flags: { polygon: { feature: { draggable: false, coordinates: handles } } } }),
  ];
}

function shown(map: MapLibreMap, { cells, flaws }: Cells): void {
  const set = (id: string, content: unknown): void => void (map.getSource(id) as import("maplibre-gl").GeoJSONSource).setData(content as never);
  const leaves = cells.features.filter(({ properties }) => properties.leaf);
  for (const { properties } of leaves) {
    [properties.n, properties.late] = [(properties as unknown as { changed: boolean }).changed ? 2 : 0, 0];
  }
  set("grids", { type: "FeatureCollection", features: leaves });
  set("flaws", flaws);
  for (const id of ["flaws-fill", "flaws-line", "flaws-strip"]) map.setLayoutProperty(id, "visibility", "visible");
}

async function start(root: HTMLElement): Promise<void> {
  const config = JSON.parse(root.dataset["config"] ?? "{}") as Config;
  const container = root.querySelector<HTMLElement>("[data-boundary-map]");
  const cells = await fetched<Cells>(config.cells);
  if (!container || cells.cells.features.length === 0) return;
  root.hidden = false;
  const map = openMap(container, ground(config.tiles, config.credit), boundsOf(cells.cells), config.words);
  await map.once("style.load");
  shown(map, cells);
  new Drafting(map, root, config, cells);
  await map.once("idle");
  root.dataset["ready"] = "";
}

const root = document.querySelector<HTMLElement>("[data-boundary]");
if (root && mayHaveWebGL()) {
  start(root).catch((fault: unknown) => {
    console.error(fault);
    root.hidden = true;
  });
}
