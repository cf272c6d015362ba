/** One click, one submission: `form[data-once]` refuses the second and says so on its button. */

import { said } from "./words";

const sent = new WeakMap<HTMLFormElement, HTMLElement | null>();
const words = new WeakMap<HTMLElement, string>();

function buttonOf(event: SubmitEvent, form: HTMLFormElement): HTMLElement | null {
  return event.submitter ?? form.querySelector<HTMLElement>("button[type=submit], button:not([type])");
}

function announce(button: HTMLElement): void {
  words.set(button, button.textContent ?? "");
  button.textContent = said("正在提交…");
  button.setAttribute("aria-busy", "true");
  // The browser reads the clicked button's own value after this event: disable it only then.
  setTimeout(() => button.setAttribute("disabled", ""));
}

function release(form: HTMLFormElement): void {
  const button = sent.get(form);
  sent.delete(form);
  if (!button) return;
  button.textContent = words.get(button) ?? button.textContent;
  button.removeAttribute("aria-busy");
  button.removeAttribute("disabled");
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (!form.matches("form[data-once]")) return;
  if (sent.has(form)) return event.preventDefault();
  const button = buttonOf(event, form);
  sent.set(form, button);
  if (button) announce(button);
}

/** Coming back by the browser's back button, or an htmx answer that left the form in place, opens the form again. */
function releaseAll(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-once]")) if (sent.has(form)) release(form);
}

export function listenForSubmissions(): void {
  document.addEventListener("submit", onSubmit);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) releaseAll();
  });
  document.addEventListener("htmx:finally:request", releaseAll);
}
