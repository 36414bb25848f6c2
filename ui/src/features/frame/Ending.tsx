// The warning that the session ends, only when it will for certain: five minutes before, with the way to go on.
// Not in it: how that is known (session/).
import { Hourglass } from "lucide";
import { createMemo, Show } from "solid-js";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import { createTick } from "../../components/time";
import { useSession } from "../../session";
import { text } from "../../text";

const MINUTE_MS = 60_000;
const WARN_MS = 5 * MINUTE_MS;
/** A token that lives for a few minutes only would warn all its life: it warns in the last third. */
const WARN_SHARE = 1 / 3;

export function Ending(props: { signIn: () => void }) {
  const session = useSession();
  const now = createTick(1000, () => session.endsInMs() !== null);
  /** Whole minutes left, rounded up; null: nothing to warn of. */
  const minutes = createMemo(() => {
    now();
    const left = session.endsInMs();
    const lifetime = session.view().token?.lifetimeMs ?? Number.POSITIVE_INFINITY;
    return left === null || left > Math.min(WARN_MS, lifetime * WARN_SHARE) ? null : Math.max(0, Math.ceil(left / MINUTE_MS));
  });
  return (
    <Show when={minutes() !== null}>
      <Banner
        tone="wait"
        icon={Hourglass}
        testid="session-ending"
        action={
          <Button size="small" data-testid="session-ending-sign-in" onClick={() => props.signIn()}>
            {text.banner.signInAgain()}
          </Button>
        }
      >
        {(minutes() ?? 0) > 1 ? text.banner.ending(minutes() ?? 0) : text.banner.endingNow()}
      </Banner>
    </Show>
  );
}
