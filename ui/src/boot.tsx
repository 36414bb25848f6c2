// Pulls what the first paint needs, then mounts: a restored session never shows the login view (R13).
// Not in it: what is shown (App.tsx).
import { render } from "solid-js/web";
import { App } from "./App";
import { Problem } from "./features/problem/Problem";
import { commands, expectOk, type StartupProblem } from "./ipc";
import { applyTheme } from "./styles/theme";
import { text } from "./text/en";

/** Mounts into `root`; resolves to the function that takes it away again. */
export async function boot(root: HTMLElement): Promise<() => void> {
  applyTheme();
  try {
    const [startup, first] = await Promise.all([commands.startup().then(expectOk), commands.session().then(expectOk)]);
    return render(() => <App startup={startup} first={first} />, root);
  } catch (error) {
    const problem: StartupProblem = { title: text.problem.unreachable, file: null, line: null, key: null, message: String(error) };
    return render(() => <Problem problem={problem} />, root);
  }
}
