// The countdown to the next attempt, and the button that passes it by (R15).
// Not in it: when attempts are made (the engine).
import { createSignal, Show } from "solid-js";
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
    await commands.retryNow();
    setAsking(false);
  }
  const now = createTick(500, () => degraded() !== null);
  const seconds = () => {
    now();
    const wait = (degraded()?.nextAttemptInMs ?? 0) - (performance.now() - session.receivedAt());
    return Math.max(0, Math.ceil(wait / 1000));
  };
  return (
    <>
      {/* Not live: a screen reader would read out every second. */}
      <span class="muted tabular" aria-live="off">
        <Show when={degraded()}>{seconds() > 0 && !progress() ? text.banner.nextTry(seconds()) : text.banner.trying()}</Show>
      </span>
      <Button size="small" busy={progress()} data-testid="retry-now" onClick={retry}>
        {text.banner.retryNow()}
      </Button>
    </>
  );
}
