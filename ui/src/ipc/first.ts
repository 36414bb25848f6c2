// What a page asks the Rust side first. The window asks before the page's own script is read (`ASK_FIRST` in windows.rs), so that the
// answers are on their way meanwhile.
// Not in it: what is made of the answers (boot.tsx).
import { expectOk } from "./answer";
import { type CommandError, commands, type SessionView, type StartupView } from "./bindings";

type Answers = [StartupView, SessionView];

declare global {
  interface Window {
    askedFirst?: [Promise<StartupView>, Promise<SessionView>];
  }
}

/** The answers, once each: who asks again asks anew. Fails with what the Rust side says. */
export async function firstAnswers(): Promise<Answers> {
  const asked = window.askedFirst;
  delete window.askedFirst;
  if (!asked) return Promise.all([commands.startup().then(expectOk), commands.session().then(expectOk)]);
  try {
    return await Promise.all(asked);
  } catch (refusal) {
    throw refusal instanceof Error ? refusal : new Error((refusal as CommandError).message);
  }
}
