// Whether the session is safe in the system's keyring, and the way to try again when it is not (P6).
// Not in it: the keyring (Rust).
import { CircleAlert, CircleCheck } from "lucide";
import { createSignal, Show } from "solid-js";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Detail, Said } from "../../components/Said";
import { commands } from "../../ipc";
import { text } from "../../text";
import { type Trouble, troubleOf } from "../../text/trouble";

export function Keyring(props: { trouble: string | null }) {
  const [busy, setBusy] = createSignal(false);
  const [failed, setFailed] = createSignal<Trouble | null>(null);
  async function retry() {
    setBusy(true);
    const result = await commands.retryVault();
    setBusy(false);
    setFailed(result.status === "error" ? troubleOf(result.error) : null);
  }
  return (
    <div class="keyring" data-testid="keyring-state" data-ok={props.trouble === null}>
      <Icon of={props.trouble === null ? CircleCheck : CircleAlert} class="keyring-icon" />
      <div class="keyring-words">
        <Show when={props.trouble} fallback={text.settings.keyringOk()}>
          {(said) => (
            <Show when={failed()} fallback={<KeyringTrouble said={said()} />}>
              {(trouble) => <Said trouble={trouble()} />}
            </Show>
          )}
        </Show>
      </div>
      <Show when={props.trouble !== null}>
        <Button size="small" busy={busy()} data-testid="keyring-retry" onClick={retry}>
          {text.settings.keyringRetry()}
        </Button>
      </Show>
    </div>
  );
}

function KeyringTrouble(props: { said: string }) {
  return (
    <>
      {text.banner.kinds.vault()}
      <Detail of={props.said} />
    </>
  );
}
