// The card beside the lane or the bar that is pointed at or focused: its reason in a sentence, its phases in figures.
// Not in it: the words themselves (words.ts). Screen readers hear the row's own label instead.
import { createEffect, For, Show } from "solid-js";
import { span } from "./duration";
import { durationOf, type Lane, type Refresh, type Stretch } from "./model";
import { laneWords, PHASES, refreshWords } from "./words";

type Figure = { readonly name: string; readonly ms: number; readonly swatch: Stretch["doing"] | null };

/** How long the lane spent in each phase until now; a reply that came in one piece took no time to receive. */
export function phasesOf(lane: Lane, now: number): Figure[] {
  const phases = PHASES.map(({ doing, name }) => ({ name, ms: durationOf(lane, doing, now), swatch: doing }));
  return [...phases, { name: "In all", ms: Math.max(0, (lane.to ?? Math.max(now, lane.from)) - lane.from), swatch: null }];
}

/** `height`: until its words are there. */
export const CARD = { width: 300, height: 137 };

export function WaterfallCard(props: {
  lane: Lane | undefined;
  refresh: Refresh | undefined;
  now: number;
  x: number;
  y: number;
  hatch: string;
  /** How high its words make it. */
  tell(height: number): void;
}) {
  let sheet: HTMLDivElement | undefined;
  const words = () => (props.lane ? laneWords(props.lane) : props.refresh ? refreshWords(props.refresh) : "");
  createEffect(() => {
    words();
    if (sheet?.offsetHeight) props.tell(sheet.offsetHeight);
  });
  return (
    <foreignObject class="card-place" x={props.x} y={props.y} width={CARD.width} height={CARD.height}>
      <div class="waterfall-card" ref={sheet} data-testid="waterfall-card" aria-hidden="true">
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
