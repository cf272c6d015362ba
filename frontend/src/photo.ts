/** The chosen photos are named with their sizes beside the button, so that a resident sees they are there. */

function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function line(file: File): HTMLLIElement {
  const item = document.createElement("li");
  item.textContent = `${file.name}(${size(file.size)})`;
  return item;
}

export function listenForPhotos(): void {
  document.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    const list = document.getElementById(input.dataset?.["photoPreview"] ?? "");
    if (list) list.replaceChildren(...[...(input.files ?? [])].map(line));
  });
}
