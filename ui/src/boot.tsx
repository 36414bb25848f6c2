// Pulls what the first paint needs, then mounts: a restored session never shows the login view (R13).
// Not in it: what is shown (App.tsx).
import type { JSX } from "solid-js";
import { render } from "solid-js/web";
import { App } from "./App";
import { Problem } from "./features/problem/Problem";
import { firstAnswers, type StartupProblem } from "./ipc";
import { applyTheme } from "./styles/theme";
import { text } from "./text";
import { startLanguage } from "./text/language";

/** Mounts into `root`; resolves to the function that takes it away again. */
export async function boot(root: HTMLElement): Promise<() => void> {
  applyTheme();
  const language = startLanguage();
  let close = () => {};
  async function show(): Promise<void> {
    const [view] = await Promise.all([pull(() => void show()), language]);
    close();
    close = render(view, root);
  }
  await show();
  return () => close();
}

/** What to show; `reopen` shows everything anew, after other settings were saved. */
async function pull(reopen: () => void): Promise<() => JSX.Element> {
  try {
    const [startup, first] = await firstAnswers();
    return () => <App startup={startup} first={first} reopen={reopen} />;
  } catch (error) {
    const problem: StartupProblem = { title: text.problem.unreachable(), file: null, line: null, key: null, message: String(error) };
    return () => <Problem problem={problem} />;
  }
}
