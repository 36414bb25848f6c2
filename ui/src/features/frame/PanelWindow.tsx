// The developer panel alone, in a window of its own: what the page shows there, and the way back.
// Not in it: the window (Rust), and the page in the main one (Window).
import { createEventListener } from "@solid-primitives/event-listener";
import { createEffect, lazy, onCleanup, Suspense } from "solid-js";
import { commands, events } from "../../ipc";
import { useReopen, useSession } from "../../session";
import { text } from "../../text";
import { onShortcut } from "./devPanel";
import "./Window.css";

const DevPanel = lazy(() => import("../dev-panel"));

/** As the window itself is called; the panel's words are English in every language. */
const TITLE = "Session Keeper · Developer panel";

export function PanelWindow() {
  const session = useSession();
  const reopen = useReopen();
  const close = () => void commands.closePanel();
  const putBack = async () => {
    const result = await commands.attachPanel();
    return result.status === "error" ? result.error : null;
  };

  createEventListener(window, "keydown", onShortcut(close));
  const listening = events.programReopened.listen(reopen);
  onCleanup(() => void listening.then((stop) => stop()));
  createEffect(() => {
    const root = document.documentElement;
    root.dataset.route = "dev-panel";
    root.dataset.session = session.state();
    root.dataset.seq = String(session.view().seq);
    document.title = TITLE;
  });

  return (
    <Suspense fallback={<p class="window-loading muted">{text.dev.loading()}</p>}>
      <main class="window-panel" lang="en" dir="ltr">
        <h1 class="visually-hidden">{text.app()}</h1>
        <DevPanel alone move={putBack} onClose={close} />
      </main>
    </Suspense>
  );
}
