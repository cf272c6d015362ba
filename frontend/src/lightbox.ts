/** `a[data-lightbox]` round a small picture opens the large one over the page; without the script the link opens it by itself. */

import { said } from "./words";

function open(link: HTMLAnchorElement): void {
  const dialog = document.createElement("dialog");
  dialog.className = "gl-lightbox";
  dialog.setAttribute("aria-label", link.querySelector("img")?.alt ?? "");
  const picture = document.createElement("img");
  picture.src = link.href;
  picture.alt = link.querySelector("img")?.alt ?? "";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn";
  close.textContent = said("关闭");
  dialog.append(picture, close);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

export function listenForPictures(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-lightbox]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
}
