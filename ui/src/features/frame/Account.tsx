// Who is signed in, how the session is in two quiet words, and the way out.
// Not in it: banners for conditions that last.
import { LogOut } from "lucide";
import { createSignal, Show } from "solid-js";
import { Button } from "../../components/Button";
import { createSlow } from "../../components/time";
import { useSession } from "../../session";
import { text } from "../../text";
import { SignOut } from "./SignOut";

/** A refresh that is done within this time is not worth a word. */
const QUIET_MS = 1000;

export function Account() {
  const session = useSession();
  const [asking, setAsking] = createSignal(false);
  const slow = createSlow(() => session.state() === "refreshing", QUIET_MS);
  const status = () => {
    if (session.view().degraded) return text.status.reconnecting();
    return slow() ? text.status.renewing() : text.status.active();
  };
  return (
    <div class="account">
      <div class="account-who">
        <div class="account-name selectable" title={session.view().account ?? ""} data-testid="account-name">
          {session.view().account}
        </div>
        <div class="account-status" role="status" data-testid="session-status" title={status()}>
          <span class="account-dot" data-tone={status() === text.status.active() ? "ok" : "wait"} />
          <span class="account-words">{status()}</span>
        </div>
      </div>
      <Button
        look="quiet"
        icon={LogOut}
        class="account-out"
        aria-label={text.signOut.open()}
        title={text.signOut.open()}
        data-testid="sign-out"
        onClick={() => setAsking(true)}
      />
      <Show when={asking()}>
        <SignOut onClose={() => setAsking(false)} />
      </Show>
    </div>
  );
}
