// The waterfall: one burst at a time, the newest followed, with its caption above and the reason of a lane below.
// Not in it: the picture itself (WaterfallChart.tsx).
import { ChevronLeft, ChevronRight } from "lucide";
import { createMemo, createSignal, For, Show } from "solid-js";
import { Icon } from "../../components/Icon";
import { burstsOf, figuresOf } from "./bursts";
import { createFrames } from "./clocks";
import type { Model } from "./model";
import { WaterfallChart } from "./WaterfallChart";
import { captionOf, laneWords, refreshWords } from "./words";
import "./Waterfall.css";

/** A lane whose end is never told (its window was reloaded) stops growing after this. */
const LONGEST_MS = 120_000;

export function Waterfall(props: { model: Model; choose(call: number): void }) {
  const bursts = createMemo(() => burstsOf(props.model));
  // Null: the newest, whichever it is.
  const [chosen, setChosen] = createSignal<string | null>(null);
  const index = createMemo(() => {
    const at = bursts().findIndex(({ key }) => key === chosen());
    return at < 0 ? bursts().length - 1 : at;
  });
  const burst = () => bursts()[index()];
  const now = createFrames(() => running());
  const running = createMemo(() => {
    const shown = burst();
    return shown?.to === null && now() - shown.from < LONGEST_MS;
  });
  const caption = createMemo(() => {
    const shown = burst();
    return shown ? captionOf(figuresOf(shown, shown.to ?? now())) : "Waterfall";
  });
  const go = (to: number) => setChosen(to >= bursts().length - 1 ? null : (bursts()[to]?.key ?? null));

  const [pointed, setPointed] = createSignal<number | null>(null);
  const detail = createMemo(() => {
    const lane = burst()?.lanes.find(({ call }) => call === pointed());
    if (lane) return laneWords(lane);
    const refresh = burst()?.refreshes.at(-1);
    return refresh ? refreshWords(refresh) : "Point at a lane, or go there with the arrow keys, to read its reason.";
  });

  return (
    <section class="dev-column" aria-label="Waterfall">
      <div class="dev-bar">
        <h3 class="waterfall-caption" data-testid="waterfall-caption" title={burst() && caption()}>
          {caption()}
        </h3>
        <Show when={bursts().length > 1}>
          <div class="waterfall-pages">
            <button
              type="button"
              class="dev-chip dev-chip-icon"
              aria-label="Earlier burst"
              title="Earlier burst"
              disabled={index() === 0}
              onClick={() => go(index() - 1)}
            >
              <Icon of={ChevronLeft} size={14} />
            </button>
            <span class="muted" title="Bursts of calls, the newest last">
              {index() + 1}/{bursts().length}
            </span>
            <button
              type="button"
              class="dev-chip dev-chip-icon"
              aria-label="Later burst"
              title="Later burst"
              disabled={index() === bursts().length - 1}
              onClick={() => go(index() + 1)}
            >
              <Icon of={ChevronRight} size={14} />
            </button>
          </div>
        </Show>
      </div>
      <Show when={burst()} fallback={<Empty />}>
        {(shown) => (
          <WaterfallChart burst={shown()} now={shown().to ?? now()} pointed={pointed()} point={setPointed} choose={props.choose} />
        )}
      </Show>
      <p class="waterfall-detail" title={detail()}>
        <span>{detail()}</span>
      </p>
    </section>
  );
}

function Empty() {
  return (
    <div class="dev-empty">
      <svg class="sketch" data-testid="waterfall" width="200" height="66" aria-hidden="true">
        <rect class="sketch-bar" x="0" y="0" width="96" height="10" rx="3" />
        <For each={[58, 84, 40]}>
          {(width, lane) => (
            <>
              <rect class="sketch-wait" x={6 * lane()} y={20 + 16 * lane()} width={96 - 6 * lane()} height="8" />
              <rect class="sketch-sent" x="96" y={20 + 16 * lane()} width={width} height="8" rx="1.5" />
            </>
          )}
        </For>
        <line class="sketch-tie" x1="96" x2="96" y1="4" y2="56" />
      </svg>
      <p>Calls are drawn here, and the one refresh they wait for.</p>
    </div>
  );
}
