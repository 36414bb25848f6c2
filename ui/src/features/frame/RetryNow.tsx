// The countdown to the next attempt, and the button that passes it by (R15).
// Not in it: when attempts are made: the engine's of a refresh, and the view's of what it could not load (again.ts).
import { createSignal, Show } from "solid-js";
import { pending } from "../../components/again";
import { Button } from "../../components/Button";
import { createSlow, createTick } from "../../components/time";
import { commands } from "../../ipc";
import { useSession } from "../../session";
import { text } from "../../text";

const PROGRESS_AFTER_MS = 250;

export function RetryNow() {
  const session = useSession();
  const degraded = () => session.view().degraded;
  const [asking, setAsking] = createSignal(false);
  const progress = createSlow(asking, PROGRESS_AFTER_MS);
  async function retry() {
    setAsking(true);
    pending()?.now();
    await commands.retryNow();
    setAsking(false);
  }
  /** By `performance.now()`; null: nothing is tried by itself. */
  const nextAt = () => {
    const trouble = degraded();
    return trouble === null ? (pending()?.at ?? null) : session.receivedAt() + trouble.nextAttemptInMs;
  };
  const now = createTick(500, () => nextAt() !== null);
  const seconds = () => {
    now();
    return Math.max(0, Math.ceil(((nextAt() ?? 0) - performance.now()) / 1000));
  };
  return (
    <>
      {/* Not live: a screen reader would read out every second. */}
      <span class="muted tabular" aria-live="off">
        <Show when={nextAt() !== null}>{seconds() > 0 && !progress() ? text.banner.nextTry(seconds()) : text.banner.trying()}</Show>
      </span>
      <Button size="small" busy={progress()} data-testid="retry-now" onClick={retry}>
        {text.banner.retryNow()}
      </Button>
    </>
  );
}
