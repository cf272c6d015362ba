/**
 * What the map looks like: sources and layers as MapLibre wants them, in the colours of the page's tokens.
 *
 * Nothing is fetched from elsewhere: letters are drawn from the reader's own fonts (no glyph server), icons there are none.
 */
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";

export const EMPTY = { type: "FeatureCollection" as const, features: [] };

/** With more cells than this, their names are shown only when the reader has come nearer. */
export const LABELLED = 300;

/** The layers that a switch of the page turns on and off together. */
export const SWITCHED: Record<string, readonly string[]> = {
  grids: ["grids-fill", "grids-line", "grids-late", "grids-name"],
  cases: ["clusters", "clusters-n", "cases", "cases-late"],
  posts: ["posts", "posts-vacant"],
  flaws: ["flaws-fill", "flaws-line", "flaws-strip"],
  tiles: ["tiles-0", "tiles-1"],
};

export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--gl-map-${name}`).trim() || "#456";

const FONT = ["sans-serif"];

/** The ground: tiles if the installation has chosen any, and the sources that the layers read. */
export function ground(tiles: readonly string[], credit: string): StyleSpecification {
  const sources: StyleSpecification["sources"] = {
    grids: { type: "geojson", data: EMPTY, buffer: 16, tolerance: 0.6 },
    names: { type: "geojson", data: EMPTY },
    flaws: { type: "geojson", data: EMPTY },
    cases: { type: "geojson", data: EMPTY, cluster: true, clusterRadius: 44, clusterMaxZoom: 16, clusterProperties: { late: ["+", ["get", "late"]] } },
  };
  const layers: LayerSpecification[] = []; // no background layer: the page's own shows through, and one shader less is compiled
  tiles.forEach((address, place) => {
    sources[`tiles-${place}`] = { type: "raster", tiles: [address], tileSize: 256, maxzoom: 18, attribution: place ? "" : escaped(credit) };
    layers.push({ id: `tiles-${place}`, type: "raster", source: `tiles-${place}` });
  });
  return { version: 8, sources, layers: [...layers, ...gridLayers(tiles.length > 0), ...flawLayers(), ...postLayers(), ...caseLayers()] };
}

/** The credit line is the one thing that MapLibre takes as HTML. */
function escaped(text: string): string {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}

function gridLayers(hasTiles: boolean): LayerSpecification[] {
  const steps = ["step", ["get", "n"], colour("0"), 1, colour("1"), 3, colour("2"), 10, colour("3"), 30, colour("4")];
  return [
    { id: "grids-fill", type: "fill", source: "grids", paint: { "fill-color": steps as never, "fill-opacity": hasTiles ? 0.55 : 1, "fill-antialias": false } },
    { id: "grids-line", type: "line", source: "grids", paint: { "line-color": colour("line"), "line-width": 0.8 } },
    { id: "grids-late", type: "line", source: "grids", filter: [">", ["get", "late"], 0], paint: { "line-color": colour("late"), "line-width": 2.2, "line-offset": 1.5 } },
    { id: "grids-name", type: "symbol", source: "names", layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 13, "text-padding": 4 }, paint: words(colour("ink")) },
  ];
}

function words(ink: string): { "text-color": string; "text-halo-color": string; "text-halo-width": number } {
  return { "text-color": ink, "text-halo-color": colour("halo"), "text-halo-width": 1.6 };
}

function flawLayers(): LayerSpecification[] {
  const isStrip = ["==", ["get", "kind"], "contested"] as never;
  const hidden = { visibility: "none" as const };
  return [
    { id: "flaws-fill", type: "fill", source: "flaws", layout: hidden, paint: { "fill-color": ["case", isStrip, colour("strip"), colour("late")], "fill-opacity": 0.45 } },
    { id: "flaws-line", type: "line", source: "flaws", layout: hidden, filter: ["!", isStrip], paint: { "line-color": colour("late"), "line-width": 2.5 } },
    { id: "flaws-strip", type: "line", source: "flaws", layout: hidden, filter: isStrip, paint: { "line-color": colour("strip"), "line-width": 2.5, "line-dasharray": [2, 1.5] } },
  ];
}

function postLayers(): LayerSpecification[] {
  const layout = { "text-field": ["get", "posts"] as never, "text-font": FONT, "text-size": 12, "text-offset": [0, 1.3] as [number, number], "text-anchor": "top" as const, visibility: "none" as const };
  return [
    { id: "posts", type: "symbol", source: "names", filter: ["all", ["has", "posts"], ["!", ["get", "vacant"]]], layout, paint: words(colour("ink")) },
    { id: "posts-vacant", type: "symbol", source: "names", filter: ["all", ["has", "posts"], ["get", "vacant"]], layout: { ...layout, "text-allow-overlap": true }, paint: words(colour("late")) },
  ];
}

function caseLayers(): LayerSpecification[] {
  const tone = ["case", [">", ["get", "late"], 0], colour("late"), colour("case")] as never;
  return [
    { id: "clusters", type: "circle", source: "cases", filter: ["has", "point_count"], paint: { "circle-color": colour("halo"), "circle-stroke-color": tone, "circle-stroke-width": 3, "circle-radius": ["step", ["get", "point_count"], 13, 20, 16, 100, 20, 1000, 25] } },
    { id: "clusters-n", type: "symbol", source: "cases", filter: ["has", "point_count"], layout: { "text-field": ["get", "point_count_abbreviated"], "text-font": FONT, "text-size": 12, "text-allow-overlap": true }, paint: { "text-color": colour("ink") } },
    { id: "cases", type: "circle", source: "cases", filter: ["!", ["has", "point_count"]], paint: { "circle-color": tone, "circle-radius": 7, "circle-stroke-color": colour("halo"), "circle-stroke-width": 2 } },
    { id: "cases-late", type: "symbol", source: "cases", filter: ["all", ["!", ["has", "point_count"]], [">", ["get", "late"], 0]], layout: { "text-field": "!", "text-font": FONT, "text-size": 12, "text-allow-overlap": true }, paint: { "text-color": colour("halo") } },
  ];
}
