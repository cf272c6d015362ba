/**
 * Ticked cases of `form[data-picks="…"]` stay ticked from page to page of the same list (in this tab), up to `data-most`.
 *
 * `[data-pick-page]` ticks the page, `[data-pick-clear]` unticks everything, `[data-pick-count]` says how many are ticked (its
 * `data-text` holds %n and %m). What is ticked on other pages is sent along. `[data-picks-done]` on a page forgets all.
 */

const PREFIX = "gridloop:picks:";

function storage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

function refOf(pick: string): string {
  return pick.split(":")[0] ?? "";
}

class Picks {
  readonly key: string;
  readonly most: number;
  private kept: Map<string, string>;

  constructor(private readonly form: HTMLFormElement) {
    this.key = PREFIX + (form.dataset["picks"] ?? "");
    this.most = Number(form.dataset["most"] ?? "200");
    const told = JSON.parse(storage()?.getItem(this.key) ?? "[]") as string[];
    this.kept = new Map(told.map((pick) => [refOf(pick), pick]));
  }

  boxes(): HTMLInputElement[] {
    return [...this.form.querySelectorAll<HTMLInputElement>('input[type="checkbox"][name="case"]')];
  }

  show(): void {
    for (const box of this.boxes()) box.checked = this.kept.has(refOf(box.value));
    this.tell();
  }

  note(box: HTMLInputElement): void {
    if (!box.checked) this.kept.delete(refOf(box.value));
    else if (this.kept.size < this.most) this.kept.set(refOf(box.value), box.value);
    else box.checked = false;
    this.save();
  }

  tickPage(on: boolean): void {
    for (const box of this.boxes()) {
      box.checked = on;
      this.note(box);
    }
  }

  clear(): void {
    this.kept.clear();
    this.save();
    this.show();
  }

  /** What is ticked elsewhere goes along as hidden fields. */
  sendAlong(): void {
    this.form.querySelectorAll("[data-pick-along]").forEach((each) => each.remove());
    const here = new Set(this.boxes().map((box) => refOf(box.value)));
    for (const [ref, pick] of this.kept) {
      if (here.has(ref)) continue;
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "case", value: pick });
      field.dataset["pickAlong"] = "";
      this.form.append(field);
    }
  }

  private save(): void {
    storage()?.setItem(this.key, JSON.stringify([...this.kept.values()]));
    this.tell();
  }

  private tell(): void {
    const count = this.form.querySelector<HTMLElement>("[data-pick-count]");
    const text = count?.dataset["text"] ?? "";
    if (count) count.textContent = text.replace("%n", String(this.kept.size)).replace("%m", String(this.most));
    const page = this.form.querySelector<HTMLInputElement>("[data-pick-page]");
    const boxes = this.boxes();
    if (!page) return;
    page.checked = boxes.length > 0 && boxes.every((box) => box.checked);
    page.indeterminate = !page.checked && boxes.some((box) => box.checked);
  }
}

const attached = new WeakMap<HTMLFormElement, Picks>();

function picksOf(target: EventTarget | null): Picks | undefined {
  const form = target instanceof Element ? target.closest<HTMLFormElement>("form[data-picks]") : null;
  return form ? attached.get(form) : undefined;
}

function onChange(event: Event): void {
  const box = event.target;
  const picks = picksOf(box);
  if (!picks || !(box instanceof HTMLInputElement)) return;
  if (box.matches("[data-pick-page]")) picks.tickPage(box.checked);
  else if (box.name === "case") picks.note(box);
}

function onClick(event: Event): void {
  if (event.target instanceof Element && event.target.closest("[data-pick-clear]")) picksOf(event.target)?.clear();
}

export function attachPicks(root: ParentNode): void {
  if (root.querySelector("[data-picks-done]")) {
    const kept = storage();
    for (const key of Object.keys(kept ?? {})) if (key.startsWith(PREFIX)) kept?.removeItem(key);
  }
  root.querySelectorAll<HTMLFormElement>("form[data-picks]").forEach((form) => {
    const picks = new Picks(form);
    attached.set(form, picks);
    picks.show();
  });
}

export function listenForPicks(): void {
  document.addEventListener("change", onChange);
  document.addEventListener("click", onClick);
  document.addEventListener("submit", (event) => picksOf(event.target)?.sendAlong());
  window.addEventListener("pageshow", () => attachPicks(document));
}
