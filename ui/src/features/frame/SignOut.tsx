// Asks before signing out, and whether this device may remember the person. Works offline (R12).
// Not in it: what Rust forgets.
import { createSignal, Show } from "solid-js";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { useSession } from "../../session";
import { text } from "../../text/en";
import "./SignOut.css";

export function SignOut(props: { onClose: () => void }) {
  const session = useSession();
  const [remember, setRemember] = createSignal(false);
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<string | null>(null);

  async function signOut(event: SubmitEvent) {
    event.preventDefault();
    if (busy()) return;
    setBusy(true);
    const error = await session.signOut(remember());
    setBusy(false);
    setProblem(error?.message ?? null);
  }

  return (
    <Dialog title={text.signOut.title} onClose={props.onClose}>
      <form class="sign-out-form" onSubmit={signOut}>
        <p class="muted">{remember() ? text.signOut.wordsRemember : text.signOut.words}</p>
        <label class="check">
          <input
            type="checkbox"
            data-testid="sign-out-remember"
            checked={remember()}
            onChange={(event) => setRemember(event.currentTarget.checked)}
          />
          {text.signOut.remember}
        </label>
        <Show when={problem()}>
          <p class="field-error" role="alert">
            {problem()}
          </p>
        </Show>
        <div class="dialog-actions">
          <Button data-testid="sign-out-cancel" onClick={() => props.onClose()}>
            {text.signOut.cancel}
          </Button>
          <Button type="submit" look="primary" busy={busy()} data-testid="sign-out-confirm" autofocus>
            {text.signOut.confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
