/**
 * `/` goes to the search field, `?` opens the list of shortcuts, `j` and `k` go to the next and the last item of a list (on a page
 * without one: the next and the last section); buttons that copy and print.
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

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (event.key === "/") focusSearch(event);
  if (event.key === "?") openShortcuts(event);
  if (event.key === "j") move(1);
  if (event.key === "k") move(-1);
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
