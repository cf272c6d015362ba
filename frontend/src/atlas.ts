/**
 * The entry of /atlas/. The page is complete without it: a drawing and a list. Whoever opens the map gets it in the drawing's place, and on later
 * visits at once; nothing of the map is fetched before. When anything fails (no WebGL after all, no network) the drawing stays and the page says so.
 */
import type { Cases, Grids } from "./atlas-facts";
import { fetched, mayHaveWebGL } from "./atlas-fetch";
import type { Config } from "./atlas-view";

const REMEMBERED = "gridloop.atlas";

type View = typeof import("./atlas-view");

/** The page around the map: its button, its switches, the drawing that the map covers. */
class Stage {
  private view: Promise<View> | null = null;
  private isShown = false;
  private readonly config: Config;
  private readonly door: HTMLButtonElement | null;
  private readonly container: HTMLElement | null;

  constructor(private readonly root: HTMLElement) {
    this.config = JSON.parse(root.dataset["config"] ?? "{}") as Config;
    this.door = root.querySelector("[data-atlas-open]");
    this.container = root.querySelector("[data-atlas-map]");
  }

  begin(): void {
    this.toggle("[data-atlas-open]", true);
    this.door?.addEventListener("pointerenter", () => void this.code());
    this.door?.addEventListener("click", () => void this.open().then(() => this.root.querySelector("canvas")?.focus()));
    this.root.querySelector("[data-atlas-close]")?.addEventListener("click", () => this.close());
    if (remembered() === "open") void this.open();
  }

  /** The map's code, on its way as soon as somebody reaches for the button. */
  private code(): Promise<View> {
    return (this.view ??= import("./atlas-view"));
  }

  private async open(): Promise<void> {
    if (this.isShown) return this.uncover();
    if (this.door) this.door.disabled = true;
    this.say("opening");
    try {
      await this.fill();
    } catch (fault) {
      this.fail(fault);
    }
  }

  private async fill(): Promise<void> {
    if (!this.container) return;
    const layers = Promise.all([fetched<Grids>(this.config.grids), fetched<Cases>(this.config.cases)]);
    const [{ show }, told] = await Promise.all([this.code(), layers, sheet(this.config.sheet)]);
    this.toggle("[data-atlas-map]", true);
    await show(this.root, this.container, this.config, told, () => this.uncover());
    this.say("ready");
  }

  /** The map is on the screen: the drawing below it and the button go, the switches and the legend come. */
  private uncover(): void {
    this.isShown = true;
    this.arrange(true);
    remember("open");
  }

  private close(): void {
    this.arrange(false);
    remember("");
    this.door?.focus();
  }

  private fail(fault: unknown): void {
    console.error(fault);
    this.arrange(false);
    remember("");
    this.say("failed");
  }

  private arrange(isOpen: boolean): void {
    if (this.door) this.door.disabled = false;
    this.toggle("[data-atlas-open], [data-atlas-drawing]", !isOpen);
    this.toggle("[data-atlas-tools], [data-atlas-map]", isOpen);
  }

  private toggle(selector: string, isShown: boolean): void {
    for (const each of this.root.querySelectorAll(selector)) each.toggleAttribute("hidden", !isShown);
  }

  private say(word: string): void {
    const status = this.root.querySelector("[data-atlas-status]");
    if (status) status.textContent = this.config.words[word] ?? "";
  }
}

/** The map's own style sheet stands in the page. */
async function sheet(address: string): Promise<void> {
  const link = document.createElement("link");
  [link.rel, link.href] = ["stylesheet", address];
  const loaded = new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
  });
  document.head.prepend(link);
  await loaded;
}

/** What the reader chose last time; a browser that keeps nothing is asked again. */
function remembered(): string {
  try {
    return localStorage.getItem(REMEMBERED) ?? "";
  } catch {
    return "";
  }
}

function remember(choice: string): void {
  try {
    localStorage.setItem(REMEMBERED, choice);
  } catch {
    return; // storage is switched off: the map is opened by its button every time
  }
}

function begin(): void {
  const root = document.querySelector<HTMLElement>("[data-atlas]");
  if (root && mayHaveWebGL()) new Stage(root).begin();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
