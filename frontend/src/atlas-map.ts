/** A MapLibre map in an element of the page: its worker from our own server, its words in the reader's language, no inline code. */
import { Map as MapLibreMap, NavigationControl, Popup, ScaleControl, setWorkerUrl, type LngLatLike, type StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";

export type Words = Record<string, string>;
export type Bounds = [number, number, number, number];

export function openMap(container: HTMLElement, style: StyleSpecification, bounds: Bounds, words: Words): MapLibreMap {
  setWorkerUrl(new URL(workerUrl, import.meta.url).href);
  const map = new MapLibreMap({
    container, style, bounds, fitBoundsOptions: { padding: 24 }, minZoom: 3, maxZoom: 20, dragRotate: false, pitchWithRotate: false,
    touchPitch: false, validateStyle: false, fadeDuration: 0, attributionControl: { compact: true }, renderWorldCopies: false,
    locale: { "Map.Title": words["map"] ?? "", "NavigationControl.ZoomIn": words["zoomIn"] ?? "", "NavigationControl.ZoomOut": words["zoomOut"] ?? "", "Popup.Close": words["close"] ?? "" },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 120 }), "bottom-left");
  return map;
}

export interface Line {
  text: string;
  href?: string;
  strong?: boolean;
  tone?: string;
}

/** A popup whose every word is a text node: nothing that anybody typed is ever read as HTML. */
export function openPopup(map: MapLibreMap, at: LngLatLike, lines: readonly Line[]): Popup {
  const body = document.createElement("div");
  body.className = "gl-atlas-popup";
  for (const line of lines) body.append(paragraph(line));
  return new Popup({ maxWidth: "20rem", focusAfterOpen: true }).setLngLat(at).setDOMContent(body).addTo(map);
}

function paragraph({ text, href, strong, tone }: Line): HTMLParagraphElement {
  const whole = document.createElement("p");
  const holder = document.createElement(href ? "a" : strong ? "strong" : "span");
  holder.textContent = text;
  if (href) holder.setAttribute("href", href);
  if (tone) {
    holder.className = "gl-pill";
    holder.dataset["tone"] = tone;
  }
  whole.append(holder);
  return whole;
}
