/** Django's CSRF token goes with every htmx request that is sent from the page. */

interface RequestEvent extends Event {
  detail: { ctx: { request: { method: string; headers: Record<string, string> } } };
}

/** The token of the first form of the page; empty where the page has no form. */
export function token(): string {
  return document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

export function listenForRequests(): void {
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = (event as RequestEvent).detail.ctx;
    if (request.method.toUpperCase() !== "GET" && token()) request.headers["X-CSRFToken"] = token();
  });
}
