/** `/` goes to the search field, `?` opens the list of shortcuts; buttons that copy and print. */

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

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (event.key === "/") focusSearch(event);
  if (event.key === "?") openShortcuts(event);
}

async function copy(button: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(button.dataset["copy"] ?? "");
  const before = button.textContent;
  button.textContent = "已复制";
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
