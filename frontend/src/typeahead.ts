/**
 * Choosing by typing (the ARIA combobox pattern: arrows move, Enter takes, Escape closes).
 *
 * `select[data-filter]`      gets a text box in front of it; what is typed is looked for among its own options, or with an
 *                            address (`data-filter="/…/"`) the server is asked, which knows pinyin initials and synonyms.
 * `input[data-typeahead]`    is a text box whose address offers `<li role=option data-value data-grid>`; what is taken
 *                            becomes its value, and `data-grid` is chosen in the form's select named `grid`.
 *
 * Without the script both stay what they are: a list to choose from and a line to write on.
 */
import { said as inWords } from "./words";
import { token } from "./token";

const WAIT = 180;
const MOST = 12;
const HIDDEN_CHARACTERS = /[\s\u3000]+/g;

interface Choice {
  value: string;
  grid: string;
  nodes: Node[];
}

type Find = (asked: string) => Promise<Choice[]>;
type Take = (choice: Choice) => void;

let numbered = 0;

function element<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Record<string, string>): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Asks the server; what it answers is parsed as a document that runs nothing, and only its options are taken over. */
async function ask(address: string, asked: string): Promise<Choice[]> {
  const body = new URLSearchParams({ asked });
  const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token() } });
  if (!answer.ok) return [];
  const parsed = new DOMParser().parseFromString(`<ul>${await answer.text()}</ul>`, "text/html");
  return [...parsed.querySelectorAll<HTMLElement>("li[role=option]")].map((item) => ({
    value: item.dataset["value"] ?? "",
    grid: item.dataset["grid"] ?? "",
    nodes: [...item.childNodes],
  }));
}

function own(select: HTMLSelectElement, asked: string): Choice[] {
  const plain = asked.replace(HIDDEN_CHARACTERS, "").toLowerCase();
  return [...select.options]
    .filter((option) => option.value && option.text.replace(HIDDEN_CHARACTERS, "").toLowerCase().includes(plain))
    .slice(0, MOST)
    .map((option) => ({ value: option.value, grid: "", nodes: [document.createTextNode(option.text.trim())] }));
}

class Box {
  private readonly list: HTMLUListElement;
  private choices: Choice[] = [];
  private at = -1;
  private asked = 0;
  private timer = 0;

  constructor(
    private readonly input: HTMLInputElement,
    private readonly find: Find,
    private readonly take: Take,
  ) {
    this.list = element("ul", { class: "gl-options", role: "listbox", id: `options-${++numbered}`, "aria-label": input.getAttribute("aria-label") ?? "" });
    this.list.hidden = true;
    for (const [key, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id })) input.setAttribute(key, value);
    input.after(this.list);
    input.addEventListener("input", () => this.wait());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("pointerdown", (event) => this.press(event));
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.look(), WAIT);
  }

  private async look(): Promise<void> {
    const mine = ++this.asked;
    const typed = this.input.value.trim();
    const found = typed ? await this.find(typed) : [];
    if (mine !== this.asked) return;
    this.show(found);
  }

  private show(found: Choice[]): void {
    this.choices = found;
    this.at = -1;
    this.list.replaceChildren(...found.map((choice, place) => this.item(choice, place)));
    this.list.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.input.removeAttribute("aria-activedescendant");
  }

  private item(choice: Choice, place: number): HTMLLIElement {
    const item = element("li", { role: "option", id: `${this.list.id}-${place}`, "aria-selected": "false" });
    item.append(...choice.nodes);
    return item;
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && this.list.hidden) void this.look();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && !this.list.hidden) this.choose(Math.max(this.at, 0));
    else if (event.key === "Escape" && !this.list.hidden) this.close();
    else return;
    event.preventDefault();
  }

  private move(by: number): void {
    if (this.choices.length === 0) return;
    this.at = (this.at + by + this.choices.length) % this.choices.length;
    [...this.list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === this.at)));
    const active = this.list.children[this.at];
    active?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", active?.id ?? "");
  }

  private press(event: Event): void {
    const item = (event.target as Element).closest("li");
    if (!item) return;
    event.preventDefault();
    this.choose([...this.list.children].indexOf(item));
  }

  private choose(place: number): void {
    const choice = this.choices[place];
    if (!choice) return;
    this.take(choice);
    clearTimeout(this.timer); // what was taken is not asked for again
    this.asked++;
    this.show([]);
  }

  private close(): void {
    this.asked++;
    this.show([]);
  }
}

function said(control: HTMLInputElement | HTMLSelectElement): void {
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

/** The select stays where it is and keeps the value; the box before it only helps to find the option. */
function filterSelect(select: HTMLSelectElement): void {
  const address = select.dataset["filter"] ?? "";
  const label = select.labels?.[0]?.firstChild?.textContent?.trim() ?? "";
  const input = element("input", { class: "form-control gl-filter", type: "text", autocomplete: "off", "aria-label": inWords("筛选:{0}", label), placeholder: inWords("输入文字或拼音首字母筛选"), "data-no-draft": "" });
  select.before(input);
  const find: Find = address ? (asked) => ask(address, asked) : (asked) => Promise.resolve(own(select, asked));
  new Box(input, find, (choice) => {
    select.value = choice.value;
    input.value = "";
    said(select);
    select.focus();
  });
}

function offerPlaces(input: HTMLInputElement): void {
  new Box(input, (asked) => ask(input.dataset["typeahead"] ?? "", asked), (choice) => {
    input.value = choice.value || input.value;
    const grid = input.form?.elements.namedItem("grid");
    if (choice.grid && grid instanceof HTMLSelectElement) {
      if (!choice.value) input.value = "";
      grid.value = choice.grid;
      said(grid);
    }
    said(input);
  });
}

const attached = new WeakSet<Element>();

export function attachTypeaheads(root: ParentNode): void {
  for (const select of root.querySelectorAll<HTMLSelectElement>("select[data-filter]")) once(select, () => filterSelect(select));
  for (const input of root.querySelectorAll<HTMLInputElement>("input[data-typeahead]")) once(input, () => offerPlaces(input));
}

function once(found: Element, attach: () => void): void {
  if (attached.has(found)) return;
  attached.add(found);
  attach();
}
