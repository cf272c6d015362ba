/** Parts that ask again while the page stands open (`.gl-live`, by `hx-trigger="every …"`) sleep while the window is hidden. */

interface RequestEvent extends Event {
  detail: { ctx: { sourceElement: Element } };
}

export function listenForSleep(): void {
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement } = (event as RequestEvent).detail.ctx;
    if (document.hidden && sourceElement.matches(".gl-live")) event.preventDefault();
  });
}
