/**
 * The grid map itself: choropleth of open cases, case points, posts, and what the ground lacks.
 *
 * A switch of the page turns a layer on and fetches what it needs the first time. Keys: arrows move, + and - zoom, Enter opens what is in the middle, Escape closes.
 */
import type { GeoJSONSource, Map as MapLibreMap, MapGeoJSONFeature, MapMouseEvent, Popup } from "maplibre-gl";
import { boundsOf, cellsOf, drawnOf, namesOf, pointsOf, withAbove, type Cases, type GridFeature, type Grids, type Posts } from "./atlas-facts";
import { openMap, openPopup, type Line, type Words } from "./atlas-map";
import { fetched } from "./atlas-fetch";
import { EMPTY, ground, LABELLED, SWITCHED } from "./atlas-style";

export interface Config {
  grids: string;
  cases: string;
  posts: string;
  flaws: string;
  list: string;
  sheet: string;
  level: number;
  tiles: string[];
  credit: string;
  words: Words;
}

class Atlas {
  private posts: Posts | null = null;
  private hasFlaws = false;
  private popup: Popup | null = null;
  private readonly cells: Grids;

  constructor(
    private readonly map: MapLibreMap,
    private readonly config: Config,
    grids: Grids,
    private readonly cases: Cases,
  ) {
    this.cells = cellsOf(grids, config.level, withAbove(cases.counts));
    this.fill("grids", drawnOf(this.cells));
    if (this.cells.features.length > LABELLED) map.setLayerZoomRange("grids-name", map.getZoom() + 2, 24);
    map.on("click", (event) => this.onClick(event));
    map.getCanvas().addEventListener("keydown", (event) => this.onKey(event));
    for (const id of ["cases", "clusters", "grids-fill"]) {
      map.on("mouseenter", id, () => (map.getCanvas().style.cursor = "pointer"));
      map.on("mouseleave", id, () => (map.getCanvas().style.cursor = ""));
    }
  }

  /** Names and points, after the cells are on the screen: in the same worker they would keep the cells waiting. */
  showRest(): void {
    this.fill("names", namesOf(this.cells, this.posts, this.config.words["vacant"] ?? ""));
    this.fill("cases", pointsOf(this.cases));
  }

  /** A switch of the page: the layer is shown or not; posts and flaws are fetched when first wanted. */
  async turn(name: string, isOn: boolean): Promise<void> {
    if (isOn && name === "posts" && !this.posts) {
      this.posts = await fetched<Posts>(this.config.posts);
      this.fill("names", namesOf(this.cells, this.posts, this.config.words["vacant"] ?? ""));
    }
    if (isOn && name === "flaws" && !this.hasFlaws) {
      this.fill("flaws", await fetched<object>(this.config.flaws));
      this.hasFlaws = true;
    }
    for (const id of SWITCHED[name] ?? []) {
      if (this.map.getLayer(id)) this.map.setLayoutProperty(id, "visibility", isOn ? "visible" : "none");
    }
  }

  private fill(source: string, content: object): void {
    void (this.map.getSource(source) as GeoJSONSource).setData((content as never) ?? EMPTY);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") return void this.popup?.remove();
    if (event.key !== "Enter") return;
    event.preventDefault();
    this.open(this.map.project(this.map.getCenter()));
  }

  private onClick(event: MapMouseEvent): void {
    this.open(event.point);
  }

  private open(point: { x: number; y: number }): void {
    const box: [[number, number], [number, number]] = [[point.x - 4, point.y - 4], [point.x + 4, point.y + 4]];
    const layers = ["cases", "clusters", "flaws-fill", "grids-fill"].filter((id) => this.map.getLayer(id));
    const found = this.map.queryRenderedFeatures(box, { layers });
    const first = layers.map((id) => found.find((each) => each.layer.id === id)).find((each) => each !== undefined);
    if (!first) return;
    if (first.layer.id === "clusters") return void this.spread(first);
    this.popup?.remove();
    this.popup = openPopup(this.map, this.map.unproject([point.x, point.y]), this.linesOf(first));
  }

  private async spread(cluster: MapGeoJSONFeature): Promise<void> {
    const zoom = await (this.map.getSource("cases") as GeoJSONSource).getClusterExpansionZoom(Number(cluster.properties["cluster_id"]));
    if (cluster.geometry.type !== "Point") return;
    this.map.easeTo({ center: cluster.geometry.coordinates as [number, number], zoom: Math.min(zoom, 19), duration: 300 });
  }

  private linesOf(found: MapGeoJSONFeature): Line[] {
    if (found.layer.id === "cases") return this.caseLines(Number(found.properties["place"]));
    if (found.layer.id === "flaws-fill") return this.flawLines(found.properties);
    return this.gridLines(this.cells.features[Number(found.properties["place"])]?.properties);
  }

  private caseLines(place: number): Line[] {
    const point = this.cases.points[place];
    if (!point) return [];
    const [, , state, late, category, number] = point;
    const lines: Line[] = [
      { text: number, strong: true },
      { text: (this.cases.categories[category] ?? "").replaceAll("/", " › ") },
      { text: this.cases.states[state]?.[1] ?? "" },
    ];
    if (late) lines.push({ text: this.say("isLate"), tone: "bad" });
    return [...lines, { text: this.say("case"), href: this.cases.address.replace("0", encodeURIComponent(number)) }];
  }

  private flawLines(properties: Record<string, unknown>): Line[] {
    return [
      { text: String(properties["label"]), strong: true },
      { text: String(properties["where"]) },
      { text: this.say("area", Number(properties["area"])) },
    ];
  }

  private gridLines(grid: GridFeature["properties"] | undefined): Line[] {
    if (!grid) return [];
    const { name, path, n = 0, late = 0 } = grid;
    const lines: Line[] = [{ text: name, strong: true }, { text: this.say("open", n) }];
    if (late) lines.push({ text: this.say("late", late), tone: "bad" });
    for (const { title, people, vacant } of this.posts?.[path] ?? []) {
      lines.push(vacant ? { text: `${title}:${this.say("vacant")}`, tone: "bad" } : { text: `${title}:${people.join("、")}` });
    }
    return [...lines, { text: this.say("see"), href: `${this.config.list}${encodeURIComponent(path)}` }];
  }

  private say(name: string, n?: number): string {
    return (this.config.words[name] ?? "").replace("{n}", n === undefined ? "" : n.toLocaleString());
  }
}

/** The map stands in the page with everything on it; `uncover` is called when the cells are painted, the promise is kept when it is idle. */
export async function show(root: HTMLElement, container: HTMLElement, config: Config, layers: [Grids, Cases], uncover: () => void): Promise<void> {
  const [grids, cases] = layers;
  const map = openMap(container, ground(config.tiles, config.credit), boundsOf(grids), config.words);
  await map.once("style.load");
  const atlas = new Atlas(map, config, grids, cases);
  const shown = painted(map);
  for (const control of root.querySelectorAll<HTMLInputElement>("[data-layer]")) {
    control.addEventListener("change", () => void atlas.turn(control.dataset["layer"] ?? "", control.checked));
    if (control.checked !== control.defaultChecked) void atlas.turn(control.dataset["layer"] ?? "", control.checked);
  }
  await shown;
  uncover();
  atlas.showRest();
  await map.once("idle");
  root.dataset["ready"] = "";
  performance.mark("atlas-ready");
}

/** The moment at which the cells are first on the screen. */
async function painted(map: MapLibreMap): Promise<void> {
  while (!map.isSourceLoaded("grids")) await map.once("sourcedata");
  await map.once("render");
  performance.mark("atlas-painted");
}
