/** 深色 and 长者模式: two cookies that the server reads, and two attributes of `<html>` that the style sheet reads. */

interface Preference {
  cookie: string;
  attribute: string;
  off: string;
  on: string;
}

const PREFERENCES: Record<string, Preference> = {
  theme: { cookie: "theme", attribute: "data-bs-theme", off: "light", on: "dark" },
  type: { cookie: "type", attribute: "data-type", off: "normal", on: "large" },
};
const YEAR = 365 * 24 * 3600;

function isOn(preference: Preference): boolean {
  return document.documentElement.getAttribute(preference.attribute) === preference.on;
}

function choose(preference: Preference, value: string): void {
  document.documentElement.setAttribute(preference.attribute, value);
  document.cookie = `${preference.cookie}=${value}; path=/; max-age=${YEAR}; samesite=lax`;
}

const attached = new WeakSet<HTMLElement>();

function attach(button: HTMLElement, preference: Preference): void {
  attached.add(button);
  const show = (): void => button.setAttribute("aria-pressed", String(isOn(preference)));
  button.addEventListener("click", () => {
    choose(preference, isOn(preference) ? preference.off : preference.on);
    show();
  });
  show();
}

export function attachPreferences(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLElement>("[data-toggle]")) {
    const preference = PREFERENCES[button.dataset["toggle"] ?? ""];
    if (preference && !attached.has(button)) attach(button, preference);
  }
}
