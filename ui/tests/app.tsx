// The whole UI in jsdom on a fake host, and a person's moves in it.
// Not in it: assertions.
import { onTestFinished, vi } from "vitest";
import { boot } from "../src/boot";

export async function open(): Promise<void> {
  const root = document.body.appendChild(document.createElement("div"));
  const close = await boot(root);
  onTestFinished(close);
}

export function find<T extends HTMLElement = HTMLElement>(handle: string): T | null {
  const [, testid, rest] = /^([\w-]+)(.*)$/.exec(handle) ?? [];
  return document.querySelector<T>(`[data-testid="${testid}"]${rest}`);
}

export function all(handle: string): HTMLElement[] {
  const [, testid, rest] = /^([\w-]+)(.*)$/.exec(handle) ?? [];
  return [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]${rest}`)];
}

/** Waits until something with this handle is there. */
export function shows<T extends HTMLElement = HTMLElement>(handle: string): Promise<T> {
  return vi.waitFor(() => {
    const found = find<T>(handle);
    if (!found) throw new Error(`no ${handle} in: ${document.body.textContent}`);
    return found;
  });
}

export async function click(handle: string): Promise<void> {
  (await shows(handle)).click();
}

export async function fill(handle: string, value: string): Promise<void> {
  const input = await shows<HTMLInputElement>(handle);
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

export async function signIn(username: string, password = "analytical-engine"): Promise<void> {
  await fill("login-username", username);
  await fill("login-password", password);
  await click("login-submit");
}

export const root = document.documentElement;

/** Every route the root element has, from now on; the first is the one it has already. */
export function watchRoutes(): string[] {
  const seen: string[] = [];
  const note = () => root.dataset.route && root.dataset.route !== seen.at(-1) && seen.push(root.dataset.route);
  delete root.dataset.route;
  const observer = new MutationObserver(note);
  observer.observe(root, { attributes: true });
  onTestFinished(() => observer.disconnect());
  return seen;
}
