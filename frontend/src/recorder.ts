/**
 * A voice note: `input[type=file][data-record]` gets a button that records one with this device's microphone, three minutes at most, and puts it among
 * the input's files. It is heard and thrown away in the input's list of chosen files (`photo.ts`), and goes nowhere but with the form.
 *
 * Nothing is added where the browser cannot record or the page did not come safely: then a file is chosen, as without a script.
 * In a form with `data-record="keep"` the recording survives a page that comes back with a question, in this tab only.
 */

import { button } from "./button";
import { addFile } from "./photo";
import { said } from "./words";

const LONGEST = 180;
const BITS = 32_000; // a second: a voice stays clear, three minutes are some 700 kB
/** What a browser may record, what plays on most devices first. */
const KINDS = [["audio/mp4;codecs=mp4a.40.2", "m4a"], ["audio/webm;codecs=opus", "webm"], ["audio/ogg;codecs=opus", "ogg"], ["audio/mp4", "m4a"]] as const;
const PREFIX = "gridloop:sound:";

const kind = window.isSecureContext && navigator.mediaDevices && "MediaRecorder" in window
  ? KINDS.find(([type]) => MediaRecorder.isTypeSupported(type))
  : undefined;

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

function nameNow(): string {
  const now = new Date();
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate(), now.getHours(), now.getMinutes(), now.getSeconds()];
  const [year, month, day, ...time] = parts.map((part) => String(part).padStart(2, "0"));
  return `${said("录音")}-${year}${month}${day}-${time.join("")}.${kind?.[1]}`;
}

function why(fault: unknown): string {
  const name = fault instanceof DOMException ? fault.name : "";
  if (name === "NotAllowedError") return said("浏览器没有允许使用麦克风;请在地址栏旁允许,或选一个录音文件。");
  if (name === "NotFoundError") return said("没有找到麦克风;请选一个录音文件。");
  return said("现在录不了音;请选一个录音文件。");
}

class Recorder {
  private readonly start = button(said("录一段话"), () => void this.record());
  private readonly stop = button(said("停止"), () => this.end());
  private readonly drop = button(said("放弃"), () => this.end(said("已放弃这段录音。")));
  private readonly time = document.createElement("span");
  private readonly status = document.createElement("span");
  private running: MediaRecorder | null = null;
  private dropped = "";
  private ticking = 0;
  private before: (() => void) | null = null;

  constructor(private readonly input: HTMLInputElement, after: Element) {
    const box = document.createElement("div");
    box.className = "gl-recorder";
    this.status.setAttribute("role", "status");
    this.time.setAttribute("aria-hidden", "true");
    box.append(this.start, this.stop, this.drop, this.time, this.status);
    after.after(box);
    this.show(false);
    window.addEventListener("pagehide", () => this.end(said("已放弃这段录音。")));
    input.form?.addEventListener("submit", (event) => this.finishFirst(event), { capture: true });
    input.form?.addEventListener("reset", () => setTimeout(() => input.dispatchEvent(new Event("change", { bubbles: true }))));
    this.bringBack();
  }

  private show(isRecording: boolean): void {
    const held = document.activeElement;
    this.start.hidden = isRecording;
    this.stop.hidden = this.drop.hidden = this.time.hidden = !isRecording;
    if (isRecording && held === this.start) this.stop.focus();
    if (!isRecording && (held === this.stop || held === this.drop)) this.start.focus();
  }

  private async record(): Promise<void> {
    this.start.disabled = true;
    this.status.textContent = said("等待允许使用麦克风…");
    try {
      this.listen(await navigator.mediaDevices.getUserMedia({ audio: true }));
    } catch (fault) {
      this.status.textContent = why(fault);
    }
    this.start.disabled = false;
  }

  private listen(stream: MediaStream): void {
    const parts: Blob[] = [];
    const running = new MediaRecorder(stream, { mimeType: kind?.[0] ?? "", audioBitsPerSecond: BITS });
    running.addEventListener("dataavailable", (event) => parts.push(event.data));
    running.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      this.ended(parts);
    });
    running.start();
    this.running = running;
    this.dropped = "";
    this.start.disabled = false;
    if (document.activeElement === document.body) this.start.focus(); // the wait took it away; from here it goes to the button that stops
    this.show(true);
    this.status.textContent = said("正在录音");
    this.count(Date.now());
  }

  private count(since: number): void {
    const tick = (): void => {
      const seconds = (Date.now() - since) / 1000;
      this.time.textContent = `${clock(Math.min(seconds, LONGEST))} / ${clock(LONGEST)}`;
      if (seconds >= LONGEST) this.end();
    };
    tick();
    this.ticking = window.setInterval(tick, 250);
  }

  private end(dropped = ""): void {
    if (this.running?.state !== "recording") return;
    this.dropped = dropped;
    clearInterval(this.ticking);
    this.running.stop();
  }

  private ended(parts: Blob[]): void {
    clearInterval(this.ticking);
    this.running = null;
    this.show(false);
    const sound = new Blob(parts, { type: (kind?.[0] ?? "").split(";")[0] ?? "" });
    if (!this.dropped && sound.size) {
      this.put(new File([sound], nameNow(), { type: sound.type }));
      this.status.textContent = said("已录好 {0},可以先听一遍。", (this.time.textContent ?? "").split(" ")[0] ?? "");
    } else {
      this.status.textContent = this.dropped || said("现在录不了音;请选一个录音文件。");
    }
    this.before?.();
    this.before = null;
  }

  private put(file: File): void {
    addFile(this.input, file);
    this.keep(file);
    this.input.addEventListener("change", () => {
      if (![...(this.input.files ?? [])].some((each) => each.name === file.name)) {
        this.status.textContent = "";
        forget(this.key());
      }
    });
  }

  /** Whoever sends the form while it records sends what was said so far along with it. */
  private finishFirst(event: SubmitEvent): void {
    if (!this.running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.before = () => this.input.form?.requestSubmit(event.submitter);
    this.end();
  }

  private key(): string {
    return `${PREFIX}${this.input.form?.dataset["draft"]}:${this.input.name}`;
  }

  private keep(file: File): void {
    if (this.input.dataset["record"] !== "keep") return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      try {
        sessionStorage.setItem(this.key(), JSON.stringify([file.name, file.type, reader.result]));
      } catch {
        forget(this.key()); // no room or no storage: then it simply is not kept
      }
    });
    reader.readAsDataURL(file);
  }

  private bringBack(): void {
    if (this.input.dataset["record"] !== "keep") return;
    try {
      const [name, type, address] = JSON.parse(sessionStorage.getItem(this.key()) ?? "[]") as string[];
      if (!name || !address) return;
      const bytes = Uint8Array.from(atob(address.split(",")[1] ?? ""), (letter) => letter.charCodeAt(0));
      this.put(new File([bytes], name, { type: type ?? "" }));
      this.status.textContent = said("没有提交的录音还在,可以先听一遍。");
    } catch {
      forget(this.key());
    }
  }
}

function forget(key: string): void {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // no storage, nothing kept
  }
}

/** What was recorded in a form that has been sent well, by any of its inputs. */
function forgetForm(draft: string): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(`${PREFIX}${draft}:`)) forget(key);
  } catch {
    // no storage, nothing kept
  }
}

const attached = new WeakSet<HTMLInputElement>();

export function attachRecorders(root: ParentNode): void {
  for (const sign of root.querySelectorAll<HTMLElement>("[data-draft-clear]")) forgetForm(sign.dataset["draftClear"] ?? "");
  if (!kind) return;
  for (const input of root.querySelectorAll<HTMLInputElement>("input[type=file][data-record]")) {
    if (attached.has(input)) continue;
    attached.add(input);
    new Recorder(input, input.closest(".gl-file") ?? input);
  }
}
