// Tries the keyring again, and says so when it still does not answer (P6).
// Not in it: the keyring (Rust).
import { createSignal, Show } from "solid-js";
import { Button } from "../../components/Button";
import { commands } from "../../ipc";
import { text } from "../../text";

export function RetryVault() {
  const [busy, setBusy] = createSignal(false);
  const [tried, setTried] = createSignal(false);
  async function retry() {
    setBusy(true);
    await commands.retryVault();
    setBusy(false);
    setTried(true); // when it worked the banner is on its way out
  }
  return (
    <>
      <span class="muted">
        <Show when={tried() && !busy()}>{text.banner.vaultStill()}</Show>
      </span>
      <Button size="small" busy={busy()} data-testid="retry-vault" onClick={retry}>
        {text.banner.retryVault()}
      </Button>
    </>
  );
}
