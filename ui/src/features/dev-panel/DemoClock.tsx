// Lets time pass at a click, for the program and the demo server alike: tokens grow old and nobody waits.
// Not in it: the clock itself; the shell moves it.
import { For, Show } from "solid-js";
import { commands } from "../../ipc";
import { span } from "./duration";

const STEPS = [
  { minutes: 1, label: "+1 min" },
  { minutes: 10, label: "+10 min" },
  { minutes: 1_440, label: "+1 day" },
] as const;

export function DemoClock(props: { aheadMs: number; tell(problem: string | null): void }) {
  const pass = async (minutes: number) => {
    props.tell(null);
    const result = await commands.passTime(minutes * 60);
    if (result.status === "error") props.tell(result.error.message);
  };
  return (
    <section class="dev-part" aria-label="Demo clock">
      <div class="dev-part-head">
        <h3>Demo clock</h3>
        <span
          class="muted"
          data-testid="demo-clock"
          title="Time that has passed does not come back: tokens were issued in it, and the waterfall is drawn by it. Without the demo’s data the program begins with this computer’s time."
        >
          <Show when={props.aheadMs > 0} fallback="as this computer's">{`${span(props.aheadMs)} ahead`}</Show>
        </span>
      </div>
      <div class="faults">
        <For each={STEPS}>
          {({ minutes, label }) => (
            <button type="button" class="fault" data-testid="pass-time" data-minutes={minutes} onClick={() => void pass(minutes)}>
              {label}
            </button>
          )}
        </For>
      </div>
    </section>
  );
}
