// The button that opens and closes the developer panel, or brings its own window to the front.
// Not in it: the shortcut (devPanel).
import { AppWindow, Terminal } from "lucide";
import { createEffect, on, Show } from "solid-js";
import { hasNoFocus } from "../../components/focus";
import { Icon } from "../../components/Icon";
import { text } from "../../text";
import { useDevPanel } from "./devPanel";

export function DevToggle() {
  const panel = useDevPanel();
  let button: HTMLButtonElement | undefined;
  // What had the focus in the drawer is gone with it.
  createEffect(on(panel.inDrawer, (isThere, wasThere) => wasThere && !isThere && hasNoFocus() && button?.focus()));
  return (
    <Show when={panel.allowed}>
      <button
        ref={button}
        type="button"
        class="side-link side-dev"
        data-testid="dev-toggle"
        data-place={panel.inWindow() ? "window" : panel.inDrawer() ? "drawer" : "closed"}
        aria-label={panel.inWindow() ? text.dev.apart() : undefined}
        aria-pressed={panel.inDrawer() || panel.inWindow()}
        aria-keyshortcuts="Control+Shift+D"
        title={panel.inWindow() ? text.dev.apartHint() : text.dev.hint()}
        onClick={panel.toggle}
      >
        <Icon of={Terminal} />
        <span>{text.dev.toggle()}</span>
        <Show when={panel.inWindow()}>
          <Icon of={AppWindow} class="side-dev-apart" size={14} />
        </Show>
      </button>
    </Show>
  );
}
