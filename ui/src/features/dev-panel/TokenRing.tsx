// The token's life as a watch: used and left as an arc, the refresh window as a shaded slice, a hand for now.
// Not in it: figures; the text beside it says the same, so it is hidden from screen readers.
import { Show } from "solid-js";
import { arc, type Dial, point, slice } from "./ring";

const RIM = 44;
const FACE = 36;

export function TokenRing(props: { dial: Dial | null; tone: "ok" | "wait" | "danger" }) {
  return (
    <svg class={`token-ring token-ring-${props.tone}`} width="76" height="76" viewBox="0 0 100 100" aria-hidden="true">
      <Show when={props.dial} fallback={<circle class="ring-unknown" cx="50" cy="50" r={RIM} />}>
        {(at) => (
          <>
            <circle class="ring-life" cx="50" cy="50" r={RIM} />
            <path class="ring-window" d={slice(at().windowFrom, 1, FACE)} />
            <path class="ring-left" d={arc(at().now, 1, RIM)} />
            <line class="ring-edge" x1="50" y1="2" x2="50" y2="12" />
            <line class="ring-edge" {...edge(at().windowFrom)} />
            <line class="ring-hand" x1="50" y1="50" x2={point(at().now, 38).x} y2={point(at().now, 38).y} />
            <circle class="ring-hub" cx="50" cy="50" r="3.5" />
          </>
        )}
      </Show>
    </svg>
  );
}

function edge(part: number) {
  const [outer, inner] = [point(part, 48), point(part, 38)];
  return { x1: outer.x, y1: outer.y, x2: inner.x, y2: inner.y };
}
