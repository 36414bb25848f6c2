// The token's life as a watch: used and left as an arc, the refresh window as a shaded slice, a hand for now. Around it, thin and on
// a scale of its own, what is left of the refresh token, with a tick for its end: at the top, or within the access token's life.
// Not in it: figures; the text beside it says the same, so it is hidden from screen readers.
import { Show } from "solid-js";
import { arc, type Dial, placed, point, slice } from "./ring";

const RIM = 44;
const FACE = 36;
const OUTSIDE = 54;

export function TokenRing(props: { dial: Dial | null; tone: "ok" | "wait" | "danger" }) {
  return (
    <svg class={`token-ring token-ring-${props.tone}`} viewBox="-10 -10 120 120" aria-hidden="true">
      <Show when={props.dial} fallback={<circle class="ring-unknown" cx="50" cy="50" r={RIM} />}>
        {(at) => (
          <>
            <circle class="ring-life" cx="50" cy="50" r={RIM} />
            <path class="ring-window" d={slice(at().windowFrom, 1, FACE)} />
            <path class="ring-left" d={arc(placed(at().now), 1, RIM)} />
            <line class="ring-edge" x1="50" y1="2" x2="50" y2="12" />
            <line class="ring-edge" {...line(at().windowFrom, 48, 38)} />
            <line class="ring-hand" x1="50" y1="50" x2={point(placed(at().now), 38).x} y2={point(placed(at().now), 38).y} />
            <circle class="ring-hub" cx="50" cy="50" r="3.5" />
            <Show when={at().refresh}>
              {(refresh) => (
                <>
                  <path class="ring-refresh" d={arc(placed(refresh().now), 1, OUTSIDE)} />
                  <line
                    class="ring-refresh-end"
                    classList={{ "ring-refresh-soon": refresh().end < 1 }}
                    {...line(placed(refresh().end), 46, 59)}
                  />
                </>
              )}
            </Show>
          </>
        )}
      </Show>
    </svg>
  );
}

function line(part: number, from: number, to: number) {
  const [one, other] = [point(part, from), point(part, to)];
  return { x1: one.x, y1: one.y, x2: other.x, y2: other.y };
}
