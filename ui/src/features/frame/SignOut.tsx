// Asks before signing out, and whether this device may remember the person. Works offline (R12).
// Not in it: what Rust forgets.
import { createSignal, Show } from "solid-js";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Said } from "../../components/Said";
import { useSession } from "../../session";
import { text } from "../../text";
import { type Trouble, troubleOf } from "../../text/trouble";
import "./SignOut.css";

export function SignOut(props: { onClose: () => void }) {
  const session = useSession();
  const [remember, setRemember] = createSignal(false);
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<Trouble | null>(null);

  async function signOut(event: SubmitEvent) {
    event.preventDefault();
    if (busy()) return;
    setBusy(true);
    const error = await session.signOut(remember());
    setBusy(false);
    setProblem(error && troubleOf(error));
  }

  return (
    <Dialog title={text.signOut.title()} onClose={props.onClose}>
      <form class="sign-out-form" onSubmit={signOut}>
        <p class="muted">{remember() ? text.signOut.wordsRemember() : text.signOut.words()}</p>
        <label class="check">
          <input
            type="checkbox"
            data-testid="sign-out-remember"
            checked={remember()}
            onChange={(event) => setRemember(event.currentTarget.checked)}
          />
          {text.signOut.remember()}
        </label>
        <Show when={problem()}>
          {(trouble) => (
            <div class="field-error" role="alert">
              <Said trouble={trouble()} />
            </div>
          )}
        </Show>
        <div class="dialog-actions">
          {/* The focus begins where Enter does no harm. */}
          <Button data-testid="sign-out-cancel" autofocus onClick={() => props.onClose()}>
            {text.signOut.cancel()}
          </Button>
          <Button type="submit" look="primary" busy={busy()} data-testid="sign-out-confirm">
            {text.signOut.confirm()}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
