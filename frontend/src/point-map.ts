/**
 * Picking a place on the map that the server drew.
 *
 * `svg[data-point-map]` says with `data-west`, `data-east`, `data-south`, `data-north` (degrees) what its viewBox shows; the
 * drawing is linear in both directions. A click, a tap or the keyboard puts the marker, and the point goes into the two
 * hidden inputs named by `data-lon-input` and `data-lat-input`. Arrow keys move by 1/50 of the map, with Shift by 1/500.
 * An event `gridloop:choose` on the svg (detail: lon, lat) chooses a point, too.
 * Example: on a map of 113.60…113.64 the middle of the viewBox is lon 113.62.
 */
import { said } from "./words";
import { place, project, unproject, type Frame, type Point } from "./projection";

const SVG = "http://www.w3.org/2000/svg";
const STEPS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

interface Inputs {
  lon: HTMLInputElement;
  lat: HTMLInputElement;
}

function frameOf(svg: SVGSVGElement): Frame {
  const degrees = (name: string): number => Number(svg.dataset[name]);
  const { x, y, width, height } = svg.viewBox.baseVal;
  return {
    west: degrees("west"), east: degrees("east"), south: degrees("south"), north: degrees("north"),
    x, y, width, height,
  };
}

function inputOf(svg: SVGSVGElement, attribute: string): HTMLInputElement | null {
  const scope = svg.closest("form") ?? document;
  return scope.querySelector<HTMLInputElement>(`input[name="${CSS.escape(svg.dataset[attribute] ?? "")}"]`);
}

function makeMarker(frame: Frame): SVGGElement {
  const marker = document.createElementNS(SVG, "g");
  const scale = Math.min(frame.width, frame.height) / 400;
  marker.setAttribute("class", "gl-marker");
  marker.setAttribute("aria-hidden", "true");
  const pin = document.createElementNS(SVG, "path");
  pin.setAttribute("d", "M0 0C-4-8-11-13-11-21a11 11 0 1 1 22 0c0 8-7 13-11 21z");
  pin.setAttribute("transform", `scale(${scale})`);
  const hole = document.createElementNS(SVG, "circle");
  hole.setAttribute("r", String(4 * scale));
  hole.setAttribute("cy", String(-21 * scale));
  marker.append(pin, hole);
  return marker;
}

class PointMap {
  private readonly frame: Frame;
  private readonly marker: SVGGElement;

  constructor(
    private readonly svg: SVGSVGElement,
    private readonly inputs: Inputs,
  ) {
    this.frame = frameOf(svg);
    this.marker = makeMarker(this.frame);
    this.makeFocusable();
    svg.addEventListener("click", (event) => this.onClick(event));
    svg.addEventListener("keydown", (event) => this.onKey(event));
    svg.addEventListener("gridloop:choose", (event) => this.onChosen((event as CustomEvent<Point>).detail));
    if (this.point()) this.show(this.point());
  }

  /** Chosen elsewhere (by a photo): taken when it lies on the map, else said. */
  private onChosen(point: Point): void {
    const nearest = place(this.frame, point);
    if (nearest.lon === point.lon && nearest.lat === point.lat) return this.choose(point);
    const status = document.getElementById(this.svg.dataset["pointStatus"] ?? "");
    if (status) status.textContent = said("拍摄位置不在图上");
  }

  private makeFocusable(): void {
    if (!this.svg.hasAttribute("tabindex")) this.svg.setAttribute("tabindex", "0");
    this.svg.setAttribute("role", "application");
    if (!this.svg.hasAttribute("aria-label")) {
      this.svg.setAttribute("aria-label", said("地图选点:方向键移动,按住 Shift 细调,回车放到中间,删除键取消"));
    }
  }

  private point(): Point | null {
    const { lon, lat } = this.inputs;
    return lon.value && lat.value ? { lon: Number(lon.value), lat: Number(lat.value) } : null;
  }

  private onClick(event: MouseEvent): void {
    const matrix = this.svg.getScreenCTM();
    if (!matrix) return;
    event.preventDefault(); // A cell may be a link to its own page: here the click means the place.
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    this.choose(unproject(this.frame, x, y));
  }

  private onKey(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    if (step) this.move(step, event.shiftKey ? 500 : 50);
    else if (event.key === "Enter") this.choose(this.middle());
    else if (event.key === "Delete" || event.key === "Backspace") this.choose(null);
    else return;
    event.preventDefault();
  }

  private middle(): Point {
    const { west, east, south, north } = this.frame;
    return { lon: (west + east) / 2, lat: (south + north) / 2 };
  }

  private move([right, up]: readonly [number, number], parts: number): void {
    const { west, east, south, north } = this.frame;
    const { lon, lat } = this.point() ?? this.middle();
    this.choose({ lon: lon + (right * (east - west)) / parts, lat: lat + (up * (north - south)) / parts });
  }

  /** Writes the point (or its absence) into the form, draws it, says it, and tells the page. */
  private choose(wanted: Point | null): void {
    const point = wanted && place(this.frame, wanted);
    this.inputs.lon.value = point ? point.lon.toFixed(6) : "";
    this.inputs.lat.value = point ? point.lat.toFixed(6) : "";
    this.show(point);
    this.svg.dispatchEvent(new CustomEvent("gridloop:point", { bubbles: true, detail: point }));
  }

  private show(point: Point | null): void {
    const status = document.getElementById(this.svg.dataset["pointStatus"] ?? "");
    if (status) status.textContent = point ? said("已选位置:东经 {0}°,北纬 {1}°", point.lon.toFixed(5), point.lat.toFixed(5)) : said("还没有选位置");
    if (!point) return this.marker.remove();
    const { x, y } = project(this.frame, point);
    this.marker.setAttribute("transform", `translate(${x} ${y})`);
    this.svg.append(this.marker);
  }
}

const attached = new WeakSet<SVGSVGElement>();

export function attachPointMaps(root: ParentNode): void {
  for (const svg of root.querySelectorAll<SVGSVGElement>("svg[data-point-map]")) {
    const lon = inputOf(svg, "lonInput");
    const lat = inputOf(svg, "latInput");
    if (!lon || !lat || attached.has(svg)) continue;
    attached.add(svg);
    new PointMap(svg, { lon, lat });
  }
}
