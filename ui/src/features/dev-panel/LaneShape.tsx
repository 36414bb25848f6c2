// One lane: its name, a tick for the check, hatched while it waits, solid while it is under way.
// Not in it: what it waited for (RefreshShape.tsx draws the tie) and its figures (WaterfallCard.tsx).
import { For, Show } from "solid-js";
import type { Lane, Stretch } from "./model";
import type { Frame } from "./scale";
import { laneWords } from "./words";

type Props = {
  lane: Lane;
  now: number;
  frame: Frame;
  top: number;
  labelled: boolean;
  pointed: boolean;
  tabStop: boolean;
  /** Null: nothing is selected. */
  related: boolean | null;
  point(): void;
  choose(): void;
};

export function LaneShape(props: Props) {
  const thick = () => Math.max(2, Math.min(10, Math.round(props.frame.each * 0.62)));
  const y = () => props.top + (props.frame.each - thick()) / 2;
  const failed = () => props.lane.failure !== null || (props.lane.status ?? 0) >= 400;
  const endOf = (part: Stretch) => part.to ?? Math.max(props.now, part.from);
  /** A part shorter than a pixel is still seen. */
  const width = (part: Stretch) => Math.max(1.5, props.frame.x(endOf(part)) - props.frame.x(part.from));
  return (
    <>
      <g
        class="lane"
        classList={{ "lane-pointed": props.pointed, related: props.related === true, unrelated: props.related === false }}
        data-testid="lane"
        data-phase={props.lane.phase}
        data-call={props.lane.call}
        data-row={`call ${props.lane.call}`}
        role="option"
        aria-selected={props.related === true}
        aria-label={laneWords(props.lane)}
        tabindex={props.tabStop ? 0 : -1}
        onPointerEnter={() => props.point()}
        onFocus={() => props.point()}
        onClick={() => props.choose()}
      >
        <rect class="lane-ground" x="0" y={props.top} width={props.frame.right} height={props.frame.each} />
        <For each={props.lane.stretches}>
          {(part) => (
            <Show when={props.frame.sees(part.from, endOf(part))}>
              <rect
                class={`part part-${part.doing}`}
                fill={part.doing === "waiting" ? `url(#${props.frame.hatch})` : undefined}
                x={props.frame.x(part.from)}
                y={y()}
                width={width(part)}
                height={thick()}
                rx={thick() > 5 ? 1.5 : 0}
              />
            </Show>
          )}
        </For>
        <Show when={failed() && props.lane.to !== null && props.frame.sees(props.lane.to, props.lane.to) && props.lane.to}>
          {(end) => <rect class="part-failed" x={props.frame.x(end()) - 1} y={y() - 1} width="3" height={thick() + 2} />}
        </Show>
      </g>
      {/* Cut to fit, so it stands beside the row and not in it: the row's name is whole. */}
      <Show when={props.labelled}>
        <text
          class="lane-name"
          classList={{ related: props.related === true, unrelated: props.related === false }}
          x="12"
          y={props.top + props.frame.each / 2}
          dy="3.5"
        >
          <tspan class="lane-number">{props.lane.call}</tspan> {shortened(props.lane, props.frame.left)}
        </text>
      </Show>
    </>
  );
}

/** "GET …ks/42": what fits into the gutter, the end of the path being the telling part. */
function shortened({ method, path, call }: Lane, room: number): string {
  const name = path.replace(/\/$/, "");
  const most = Math.floor((room - 18) / 5.2) - String(call).length - method.length - 2;
  return `${method} ${name.length > most ? `…${name.slice(1 - most)}` : name}`;
}
