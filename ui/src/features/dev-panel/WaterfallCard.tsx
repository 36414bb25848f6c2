// The card beside the lane or the bar that is pointed at or focused: its reason in a sentence, its phases in figures.
// Not in it: the words themselves (words.ts). Screen readers hear the row's own label instead.
import { For, Show } from "solid-js";
import { span } from "./duration";
import type { Lane, Refresh } from "./model";
import { laneWords, refreshWords } from "./words";

type Figure = { readonly name: string; readonly ms: number; readonly swatch: string | null };

/** How long the lane spent in each phase until now. Under way is sending and receiving: the events tell them as one. */
export function phasesOf(lane: Lane, now: number): Figure[] {
  const sum = (doing: string) =>
    lane.stretches
      .filter((part) => part.doing === doing)
      .reduce((ms, part) => ms + Math.max(0, (part.to ?? Math.max(now, part.from)) - part.from), 0);
  return [
    { name: "Check", ms: sum("checking"), swatch: "checking" },
    { name: "Waiting", ms: sum("waiting"), swatch: "waiting" },
    { name: "Under way", ms: sum("sending"), swatch: "sending" },
    { name: "In all", ms: Math.max(0, (lane.to ?? Math.max(now, lane.from)) - lane.from), swatch: null },
  ];
}

export const CARD = { width: 300, height: 122 };

export function WaterfallCard(props: {
  lane: Lane | undefined;
  refresh: Refresh | undefined;
  now: number;
  x: number;
  y: number;
  hatch: string;
}) {
  const words = () => (props.lane ? laneWords(props.lane) : props.refresh ? refreshWords(props.refresh) : "");
  return (
    <foreignObject class="card-place" x={props.x} y={props.y} width={CARD.width} height={CARD.height}>
      <div class="waterfall-card" data-testid="waterfall-card" aria-hidden="true">
        <p>{words()}</p>
        <Show when={props.lane}>
          {(lane) => (
            <dl>
              <For each={phasesOf(lane(), props.now)}>
                {(figure) => (
                  <div>
                    <dt>
                      <svg width="9" height="9" aria-hidden="true">
                        <Show when={figure.swatch}>
                          <rect
                            class={`part part-${figure.swatch}`}
                            fill={figure.swatch === "waiting" ? `url(#${props.hatch})` : undefined}
                            width="9"
                            height="9"
                            rx="1.5"
                          />
                        </Show>
                      </svg>
                      {figure.name}
                    </dt>
                    <dd>{span(figure.ms)}</dd>
                  </div>
                )}
              </For>
            </dl>
          )}
        </Show>
      </div>
    </foreignObject>
  );
}
