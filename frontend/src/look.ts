/**
 * Looking before filing: `[data-look="/…/"]` inside a form is filled with what the server says of the text so far (a category
 * with its confidence, open cases that look alike). What was chosen stays chosen. Buttons `data-choose="name" data-value="…"`
 * set a field of the form; `data-fill="id" data-text="…"` puts words into a box.
 */
import { token } from "./token";

const WAIT = 600;
const ASKED = ["text", "address", "grid", "category", "lon", "lat", "same"];
const timers = new WeakMap<HTMLElement, number>();
const seen = new WeakMap<HTMLElement, string>();

function told(form: HTMLFormElement): URLSearchParams {
  const data = new FormData(form);
  return new URLSearchParams(ASKED.map((name) => [name, String(data.get(name) ?? "")]));
}

async function look(place: HTMLElement, form: HTMLFormElement): Promise<void> {
  const body = told(form);
  const said = body.toString();
  if (seen.get(place) === said) return;
  seen.set(place, said);
  const answer = await fetch(place.dataset["look"] ?? "", { method: "POST", body, headers: { "X-CSRFToken": token() } });
  if (!answer.ok || seen.get(place) !== said) return;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement;
  if (focused && place.contains(focused)) return; // whoever is choosing is not interrupted
  place.replaceChildren(...parsed.body.childNodes);
}

function wait(form: HTMLFormElement): void {
  const place = form.querySelector<HTMLElement>("[data-look]");
  if (!place) return;
  clearTimeout(timers.get(place));
  timers.set(place, window.setTimeout(() => void look(place, form), WAIT));
}

function choose(button: HTMLElement): void {
  const control = button.closest("form")?.elements.namedItem(button.dataset["choose"] ?? "");
  if (!(control instanceof HTMLSelectElement || control instanceof HTMLInputElement)) return;
  control.value = button.dataset["value"] ?? "";
  button.blur();
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.focus();
}

function fill(button: HTMLElement): void {
  const box = document.getElementById(button.dataset["fill"] ?? "");
  if (!(box instanceof HTMLTextAreaElement)) return;
  const before = box.value.trim();
  box.value = before ? `${before}\n${button.dataset["text"] ?? ""}` : button.dataset["text"] ?? "";
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

export function attachLooks(root: ParentNode): void {
  for (const place of root.querySelectorAll<HTMLElement>("[data-look]")) {
    const form = place.closest("form");
    if (form) wait(form);
  }
}

export function listenForLooks(): void {
  for (const kind of ["input", "change", "gridloop:point"]) {
    document.addEventListener(kind, (event) => {
      const form = (event.target as Element).closest?.("form");
      if (form) wait(form);
    });
  }
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-choose], [data-fill]");
    if (button?.dataset["choose"]) choose(button);
    else if (button?.dataset["fill"]) fill(button);
  });
}
