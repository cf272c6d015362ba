/**
 * 已有几人反映: when the place of a report changes, `[data-nearby="address"]` asks that address what others told of there.
 *
 * Only the place is sent (list, address, point), by POST so that it stands in no log. Without script a button of the form does it.
 * A choice ("me too") is kept when the answer still offers it.
 */

const PLACE = ["grid", "address", "lon", "lat"];
const PAUSE = 400;

let asked = 0;

function placeOf(form: HTMLFormElement): FormData {
  const all = new FormData(form);
  const sent = new FormData();
  for (const name of [...PLACE, "csrfmiddlewaretoken"]) sent.set(name, String(all.get(name) ?? ""));
  return sent;
}

async function look(box: HTMLElement, form: HTMLFormElement): Promise<void> {
  const turn = ++asked;
  const chosen = new FormData(form).get("join");
  const answer = await fetch(box.dataset["nearby"] ?? "", { method: "POST", body: placeOf(form) }).catch(() => null);
  if (!answer?.ok || turn !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  box.replaceChildren(...page.body.childNodes);
  for (const radio of box.querySelectorAll<HTMLInputElement>("input[name=join]")) radio.checked ||= radio.value === chosen;
}

export function listenForPlaces(): void {
  let waiting = 0;
  const changed = (event: Event): void => {
    const form = (event.target as Element).closest<HTMLFormElement>("form");
    const box = form?.querySelector<HTMLElement>("[data-nearby]");
    if (!form || !box || (event.target as HTMLInputElement).name === "join") return;
    if (event.type === "change" && !PLACE.includes((event.target as HTMLInputElement).name)) return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => void look(box, form), PAUSE);
  };
  document.addEventListener("change", changed);
  document.addEventListener("gridloop:point", changed);
}
