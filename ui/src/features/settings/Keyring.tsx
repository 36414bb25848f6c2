// Whether the session is safe in the system's keyring, and the way to try again when it is not (P6).
// Not in it: the keyring (Rust).
import { CircleAlert, CircleCheck } from "lucide";
import { createSignal, Show } from "solid-js";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { commands } from "../../ipc";
import { text } from "../../text/en";

export function Keyring(props: { trouble: string | null }) {
  const [busy, setBusy] = createSignal(false);
  const [failed, setFailed] = createSignal<string | null>(null);
  async function retry() {
    setBusy(true);
    const result = await commands.retryVault();
    setBusy(false);
    setFailed(result.status === "error" ? result.error.message : null);
  }
  return (
    <div class="keyring" data-testid="keyring-state" data-ok={props.trouble === null}>
      <Icon of={props.trouble === null ? CircleCheck : CircleAlert} class="keyring-icon" />
      <p>{props.trouble === null ? text.settings.keyringOk : (failed() ?? props.trouble)}</p>
      <Show when={props.trouble !== null}>
        <Button size="small" busy={busy()} data-testid="keyring-retry" onClick={retry}>
          {text.settings.keyringRetry}
        </Button>
      </Show>
    </div>
  );
}
