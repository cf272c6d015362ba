/**
 * `/` goes to the search field, `?` opens the list of shortcuts, `j` and `k` go to the next and the last item of a list (on a page
 * without one: the next and the last section), `x` ticks it, `[` and `]` turn pages. `g` and a letter follow `a[data-go]`. On a case `1` to `9`
 * open the steps (`[data-digit]`, which show their digit), `0` unfolds the others. Ctrl+Enter sends the form one writes in. Buttons that copy and print.
 */

import { said } from "./words";

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

function focusSearch(event: KeyboardEvent): void {
  const search = document.querySelector<HTMLInputElement>("[data-search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
}

function openShortcuts(event: KeyboardEvent): void {
  const dialog = document.querySelector<HTMLDialogElement>("dialog#shortcuts");
  if (!dialog || dialog.open) return;
  event.preventDefault();
  dialog.showModal();
}

const ITEMS = "main .gl-item-title, main tbody a.gl-item-title, main tbody th[scope=row] a[href]";

function places(): HTMLElement[] {
  const items = [...document.querySelectorAll<HTMLElement>(ITEMS)];
  const found = items.length > 0 ? items : [...document.querySelectorAll<HTMLElement>("main h2")];
  return found.filter((place) => place.offsetParent !== null);
}

/** The place after (or before) the focused one; the first or the last when none of them has the focus. */
function move(step: 1 | -1): void {
  const found = places();
  const at = found.findIndex((place) => place === document.activeElement);
  const next = at < 0 ? found.at(step === 1 ? 0 : -1) : found[at + step];
  if (!next) return;
  if (!next.matches("a[href]")) next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function tick(): void {
  const row = document.activeElement?.closest("tr");
  row?.querySelector<HTMLInputElement>('input[type="checkbox"][name="case"]')?.click();
}

/** The steps of a case in the order of the page; a digit opens one that has words to fill in, and goes to one that is a button. */
function steps(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-digit]")].filter(isUnfolded);
}

/** Told from the page's structure alone: asking the browser what is visible would have it lay out every folded form. */
function isUnfolded(step: HTMLElement): boolean {
  const around = step.matches("summary") ? step.parentElement?.parentElement : step;
  return !around?.closest("details:not([open])");
}

function openStep(digit: number): void {
  const more = document.querySelector<HTMLElement>("[data-more-steps]");
  const step = digit === 0 ? more : steps()[digit - 1];
  if (!step) return;
  const folded = step.closest("details");
  if (step.matches("summary") && folded && !folded.open) folded.open = true;
  step.focus();
  step.scrollIntoView({ block: "nearest" });
}

const SOON = 1500; // milliseconds within which the letter must follow `g`
let goingUntil = 0;

function go(key: string): boolean {
  const isGoing = Date.now() < goingUntil;
  goingUntil = key === "g" && !isGoing ? Date.now() + SOON : 0;
  if (isGoing) document.querySelector<HTMLAnchorElement>(`a[data-go="${CSS.escape(key)}"]`)?.click();
  return isGoing || key === "g";
}

function turnPage(to: "first" | "next"): void {
  document.querySelector<HTMLAnchorElement>(`main a[rel="${to}"]`)?.click();
}

function sendForm(event: KeyboardEvent): void {
  const form = event.target instanceof HTMLElement ? event.target.closest<HTMLFormElement>("main form") : null;
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

function onKey(event: KeyboardEvent): void {
  if (event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return sendForm(event);
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") || go(event.key)) return;
  if (event.key === "/") focusSearch(event);
  if (event.key === "?") openShortcuts(event);
  if (event.key === "j") move(1);
  if (event.key === "k") move(-1);
  if (event.key === "x") tick();
  if (event.key === "[") turnPage("first");
  if (event.key === "]") turnPage("next");
  if (/^[0-9]$/.test(event.key)) openStep(Number(event.key));
}

/** The first nine steps show their digit. */
export function attachSteps(): void {
  if (!matchMedia("(hover: hover)").matches) return;
  for (const [index, step] of steps().slice(0, 9).entries()) step.dataset["digit"] = String(index + 1);
}

async function copy(button: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(button.dataset["copy"] ?? "");
  const before = button.textContent;
  button.textContent = said("已复制");
  setTimeout(() => (button.textContent = before), 2000);
}

function onClick(event: MouseEvent): void {
  const button = (event.target as Element).closest<HTMLElement>("[data-copy], [data-print], [data-open-shortcuts]");
  if (!button) return;
  if (button.dataset["copy"] !== undefined) void copy(button);
  else if (button.dataset["print"] !== undefined) window.print();
  else document.querySelector<HTMLDialogElement>("dialog#shortcuts")?.showModal();
}

export function listenForShortcuts(): void {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
}
