/** Menus are `<details>`: without a script they open and close; with one they also close by Escape and by a click elsewhere. */

const MENUS = "details.gl-menu[open]";

function closeAllBut(kept: Node | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>(MENUS)) {
    if (!kept || !menu.contains(kept)) menu.open = false;
  }
}

function closeAndReturn(): void {
  const menu = document.activeElement?.closest<HTMLDetailsElement>(MENUS);
  closeAllBut(null);
  menu?.querySelector("summary")?.focus();
}

/** The main navigation is written open, for pages without script; on a narrow screen it starts closed. */
function foldNavigation(): void {
  const narrow = window.matchMedia("(max-width: 61.99rem)");
  const fold = (): void => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.gl-nav-menu")) {
      menu.open = !narrow.matches;
      menu.dataset["folded"] = ""; // from now on the style sheet goes by `open` alone
    }
  };
  narrow.addEventListener("change", fold);
  fold();
}

export function listenForMenus(): void {
  foldNavigation();
  document.addEventListener("click", (event) => closeAllBut(event.target as Node));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeAndReturn();
  });
}
