/**
 * Choosing photos: `input[type=file][data-photo-preview="id"]` shows what was chosen in the list of that id, small (a sound: to be heard), with name and size,
 * each to be taken out again; files may be dropped on the `.gl-file` around it. Where the form has a map to pick from, a photo that says where it was taken offers that place;
 * without a press nothing is used, and what is sent is cleaned of it by the server.
 */

import { button } from "./button";
import { takenAt } from "./exif";
import type { Point } from "./projection";
import { said } from "./words";

function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function picture(file: File): HTMLImageElement {
  const image = document.createElement("img");
  const address = URL.createObjectURL(file);
  image.alt = "";
  image.addEventListener("load", () => URL.revokeObjectURL(address));
  image.addEventListener("error", () => image.remove());
  image.src = address;
  return image;
}

function player(file: File): HTMLAudioElement {
  const sound = document.createElement("audio");
  sound.controls = true;
  sound.src = URL.createObjectURL(file); // given back with the page: it may be heard as often as one likes
  sound.setAttribute("aria-label", file.name);
  return sound;
}

function line(input: HTMLInputElement, file: File): HTMLLIElement {
  const item = document.createElement("li");
  const name = document.createElement("small");
  name.textContent = `${file.name}(${size(file.size)})`;
  const out = button(said("去掉"), () => keepOnly(input, [...(input.files ?? [])].filter((each) => each !== file)));
  out.setAttribute("aria-label", said("去掉 {0}", file.name));
  if (file.type.startsWith("image/")) item.append(picture(file));
  if (file.type.startsWith("audio/")) {
    item.className = "gl-thumb-wide";
    item.append(player(file));
  }
  item.append(name, out);
  return item;
}

function keepOnly(input: HTMLInputElement, files: File[]): void {
  const kept = new DataTransfer();
  for (const file of input.multiple ? files : files.slice(-1)) kept.items.add(file);
  input.files = kept.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** The file stands among those of the input; where it takes one only, it stands alone. */
export function addFile(input: HTMLInputElement, file: File): void {
  keepOnly(input, [...(input.files ?? []), file]);
}

function listOf(input: HTMLInputElement): HTMLElement | null {
  return document.getElementById(input.dataset["photoPreview"] ?? "");
}

async function offerPlace(input: HTMLInputElement, list: HTMLElement): Promise<void> {
  const map = input.form?.querySelector<SVGSVGElement>("svg[data-point-map]");
  if (!map) return;
  const files = [...(input.files ?? [])];
  const points = (await Promise.all(files.map(takenAt))).filter((point): point is Point => point !== null);
  const point = points[0];
  if (!point || [...(input.files ?? [])].length !== files.length) return;
  const item = document.createElement("li");
  item.className = "gl-thumb-wide";
  item.append(button(said("用照片的拍摄位置作地点"), () => {
    const folded = map.closest("details");
    if (folded) folded.open = true;
    map.dispatchEvent(new CustomEvent("gridloop:choose", { detail: point }));
    map.focus();
  }));
  list.append(item);
}

function show(input: HTMLInputElement): void {
  const list = listOf(input);
  if (!list) return;
  list.replaceChildren(...[...(input.files ?? [])].map((file) => line(input, file)));
  void offerPlace(input, list);
}

function boxOf(event: Event): HTMLInputElement | null {
  const box = event.target instanceof Element ? event.target.closest(".gl-file") : null;
  return box?.querySelector<HTMLInputElement>("input[type=file]") ?? null;
}

export function listenForPhotos(): void {
  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type === "file") show(event.target);
  });
  document.addEventListener("dragover", (event) => {
    if (boxOf(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const input = boxOf(event);
    if (!input || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    keepOnly(input, [...(input.files ?? []), ...event.dataTransfer.files]);
  });
}
