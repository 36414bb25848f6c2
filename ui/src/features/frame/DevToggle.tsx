// The button that opens and closes the developer panel.
// Not in it: the shortcut (devPanel).
import { Terminal } from "lucide";
import { Show } from "solid-js";
import { Icon } from "../../components/Icon";
import { text } from "../../text";
import { useDevPanel } from "./devPanel";

export function DevToggle() {
  const panel = useDevPanel();
  return (
    <Show when={panel.allowed}>
      <button
        type="button"
        class="side-link side-dev"
        data-testid="dev-toggle"
        aria-pressed={panel.open()}
        aria-keyshortcuts="Control+Shift+D"
        title={text.dev.hint()}
        onClick={panel.toggle}
      >
        <Icon of={Terminal} />
        <span>{text.dev.toggle()}</span>
      </button>
    </Show>
  );
}
