// What the window shows: the app, the developer panel alone, or the problem that kept the program from starting.
// Not in it: how the two views are pulled (main.tsx).
import { createRenderEffect, Show } from "solid-js";
import { nextFrame } from "./components/frame";
import { PanelWindow } from "./features/frame/PanelWindow";
import { Problem } from "./features/problem/Problem";
import type { SessionView, StartupView } from "./ipc";
import { AppRouter } from "./router";
import { AppProvider, createSession } from "./session";

export function App(props: { startup: StartupView; first: SessionView; reopen: () => void }) {
  return (
    <Show when={props.startup.problem} fallback={<Running startup={props.startup} first={props.first} reopen={props.reopen} />}>
      {(problem) => {
        createRenderEffect(() => {
          document.documentElement.dataset.route = "problem";
        });
        return <Problem problem={problem()} />;
      }}
    </Show>
  );
}

function Running(props: { startup: StartupView; first: SessionView; reopen: () => void }) {
  const session = createSession(props.first);
  void nextFrame().then(session.start); // the view is drawn first: it was pulled a moment ago, and is pulled anew then
  return (
    <AppProvider app={{ session, startup: props.startup, reopen: props.reopen }}>
      <Show when={props.startup.window === "dev-panel"} fallback={<AppRouter />}>
        <PanelWindow />
      </Show>
    </AppProvider>
  );
}
