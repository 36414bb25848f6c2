// The window: a view above, the developer panel below. The panel stays while the view changes, sign-in and sign-out included.
// Not in it: which view it is (router.tsx), and the panel's own window (PanelWindow).
import { type JSX, lazy, Show, Suspense } from "solid-js";
import { text } from "../../text";
import { createDevPanel, DevPanelContext } from "./devPanel";
import "./Window.css";

// Its code is loaded when it is first opened.
const DevPanel = lazy(() => import("../dev-panel"));

export function Window(props: { children: JSX.Element }) {
  const panel = createDevPanel();
  return (
    <DevPanelContext.Provider value={panel}>
      <div class="window">
        <div class="window-view">{props.children}</div>
        <Show when={panel.inDrawer()}>
          <div class="window-drawer">
            <Suspense fallback={<p class="window-loading muted">{text.dev.loading()}</p>}>
              {/* Its words are English in every language. */}
              <div lang="en" dir="ltr">
                <DevPanel focused={panel.wasPutBack()} move={panel.detach} onClose={panel.close} />
              </div>
            </Suspense>
          </div>
        </Show>
      </div>
    </DevPanelContext.Provider>
  );
}
