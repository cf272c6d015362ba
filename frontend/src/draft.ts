/**
 * What is typed into `form[data-draft="key"]` stays in this browser until it has been sent.
 *
 * Kept: text, choices and ticks. Never kept: files, passwords, hidden fields, and inputs with `data-no-draft`. Inputs with
 * `data-personal` (a reporter's name and phone) are kept for this tab only and never reach the disk of the browser's profile.
 * The page that follows success carries `data-draft-clear="key"`, which forgets the draft.
 */

import { button } from "./button";
import { said } from "./words";

const PREFIX = "gridloop:draft:";
const LEFT_OUT = new Set(["file", "password", "hidden", "submit", "button", "reset", "image"]);

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Draft = Record<string, string[]>;

function controls(form: HTMLFormElement): Control[] {
  const all = form.querySelectorAll<Control>("input[name], textarea[name], select[name]");
  return [...all].filter((control) => !LEFT_OUT.has(control.type) && !("noDraft" in control.dataset));
}

function isTick(control: Control): control is HTMLInputElement {
  return control.type === "checkbox" || control.type === "radio";
}

function written(form: HTMLFormElement, isPersonal?: boolean): Draft {
  const draft: Draft = {};
  for (const control of controls(form)) {
    if (isPersonal !== undefined && "personal" in control.dataset !== isPersonal) continue;
    if (isTick(control) && !control.checked) continue;
    if (control.value) (draft[control.name] ??= []).push(control.value);
  }
  return draft;
}

function fill(control: Control, values: string[]): void {
  if (isTick(control)) control.checked = values.includes(control.value);
  else control.value = values.shift() ?? control.value;
}

/** The browser may refuse storage (private window, full disk): then there simply is no draft. */
function storage(isPersonal = false): Storage | null {
  try {
    return isPersonal ? window.sessionStorage : window.localStorage;
  } catch {
    return null;
  }
}

function keep(form: HTMLFormElement): void {
  try {
    for (const isPersonal of [false, true]) {
      storage(isPersonal)?.setItem(PREFIX + form.dataset["draft"], JSON.stringify(written(form, isPersonal)));
    }
  } catch {
    forget(form.dataset["draft"] ?? "");
  }
}

function forget(key: string): void {
  for (const isPersonal of [false, true]) storage(isPersonal)?.removeItem(PREFIX + key);
}

function kept(key: string): Draft {
  return { ...read(storage(), key), ...read(storage(true), key) };
}

function read(from: Storage | null, key: string): Draft {
  try {
    return JSON.parse(from?.getItem(PREFIX + key) ?? "{}") as Draft;
  } catch {
    return {};
  }
}

function notice(form: HTMLFormElement): HTMLElement {
  const box = document.createElement("div");
  box.className = "gl-flash";
  box.dataset["tone"] = "info";
  box.setAttribute("role", "status");
  const clear = button(said("清空重填"), () => startAnew(form, box));
  box.append(said("已恢复上次没有提交的内容(照片需要重新选择)。"), clear);
  return box;
}

function startAnew(form: HTMLFormElement, box: HTMLElement): void {
  forget(form.dataset["draft"] ?? "");
  form.reset();
  box.remove();
}

/** A form the server has sent back with values or errors is newer than any draft: it is left alone. */
function isUntouched(form: HTMLFormElement): boolean {
  return !form.querySelector("[data-invalid], [aria-invalid=true]");
}

function restore(form: HTMLFormElement): void {
  const draft = kept(form.dataset["draft"] ?? "");
  if (Object.keys(draft).length === 0 || !isUntouched(form)) return;
  if (JSON.stringify(draft) === JSON.stringify({ ...written(form, false), ...written(form, true) })) return;
  for (const control of controls(form)) {
    const values = draft[control.name];
    if (values) fill(control, values);
  }
  form.prepend(notice(form));
}

const restored = new WeakSet<HTMLFormElement>();

export function attachDrafts(root: ParentNode): void {
  for (const sign of root.querySelectorAll<HTMLElement>("[data-draft-clear]")) forget(sign.dataset["draftClear"] ?? "");
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
    if (restored.has(form)) continue;
    restored.add(form);
    restore(form);
  }
}

export function listenForDrafts(): void {
  document.addEventListener("input", (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>("form[data-draft]");
    if (form) keep(form);
  });
}
