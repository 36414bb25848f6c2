// Light, dark, or as the system has it: kept in localStorage, told to the sheets by data-theme on the root.
// Not in it: colours (tokens.css).
import { createSignal } from "solid-js";

export type Theme = "system" | "light" | "dark";
export const themes: readonly Theme[] = ["system", "light", "dark"];
const KEY = "theme";

function remembered(): Theme {
  const value = localStorage.getItem(KEY);
  return themes.find((theme) => theme === value) ?? "system";
}

const [theme, set] = createSignal<Theme>(remembered());

export { theme };

export function setTheme(next: Theme): void {
  set(next);
  if (next === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  applyTheme();
}

/** What is chosen in one window is shown in the other at once. */
window.addEventListener("storage", ({ key }) => {
  if (key !== KEY && key !== null) return;
  set(remembered());
  applyTheme();
});

/** Called before the first paint, so that no wrong colour flashes. */
export function applyTheme(): void {
  if (theme() === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme();
}
