// What the looks of a lane's parts mean: a swatch and a word a phase, and the hatching they share.
// Not in it: lanes (LaneShape.tsx). Screen readers hear the phases in each row's own label instead.
import { createUniqueId, For } from "solid-js";
import { PHASES } from "./words";

export function Legend() {
  const hatch = createUniqueId();
  return (
    <ul class="waterfall-legend" aria-hidden="true" data-testid="waterfall-legend">
      <For each={PHASES}>
        {({ doing, name }) => (
          <li>
            <svg width="0.5625rem" height="0.5625rem" viewBox="0 0 9 9" aria-hidden="true">
              {doing === "waiting" && <Hatch id={hatch} />}
              <rect class={`part part-${doing}`} fill={doing === "waiting" ? `url(#${hatch})` : undefined} width="9" height="9" rx="1.5" />
            </svg>
            {name}
          </li>
        )}
      </For>
    </ul>
  );
}

/** The pattern of waiting, for `fill="url(#id)"`. */
export function Hatch(props: { id: string }) {
  return (
    <defs>
      <pattern id={props.id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="hatch-ground" width="5" height="5" />
        <rect class="hatch-line" width="2" height="5" />
      </pattern>
    </defs>
  );
}
