// One event: a mark in the tone of its kind, its reason in words, and under them when, how long ago and in which generation.
// Not in it: which rows are shown (follow.ts), and what belongs to the selected one (selection.ts).
import { Copy } from "lucide";
import { createSignal, Show } from "solid-js";
import { Icon } from "../../components/Icon";
import type { EventRecord } from "../../ipc";
import { ago } from "./duration";
import { toneOf } from "./kinds";
import { timeOfDay } from "./moment";

type Props = {
  event: EventRecord;
  words: string;
  /** The panel's clock, seldom told. */
  now: number;
  /** Which row of how many it is, from 1, for not all are in the page; -1: of ever more. */
  place: number;
  of: number;
  tabStop: boolean;
  /** Belongs to the call or the refresh that is selected. */
  related: boolean;
  onFocus(): void;
  select(): void;
  copy(): void;
};

export function EventRow(props: Props) {
  const [pointed, setPointed] = createSignal(false);
  return (
    <li
      class={`event event-${toneOf(props.event)}`}
      data-testid="event-row"
      data-kind={props.event.kind}
      data-seq={props.event.seq}
      aria-posinset={props.place}
      aria-setsize={props.of}
      data-related={props.related ? "" : undefined}
      aria-current={props.related ? "true" : undefined}
      tabindex={props.tabStop ? 0 : -1}
      onFocus={() => props.onFocus()}
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onClick={() => props.select()}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget) return;
        if (event.key === "Enter") props.select();
        if (event.key.toLowerCase() === "c" && (event.ctrlKey || event.metaKey) && getSelection()?.isCollapsed !== false) props.copy();
      }}
    >
      <p class="event-words">{props.words}</p>
      <p class="event-when">
        <time datetime={new Date(props.event.atMs).toISOString()}>{timeOfDay(props.event.atMs)}</time>
        <span>{ago(props.now - props.event.atMs)}</span>
        <span>generation {props.event.generation}</span>
        <span class="event-kind">{props.event.kind}</span>
      </p>
      {/* Only where it can be reached: of many hundred rows that come in a second each would else have one. */}
      <Show when={props.tabStop || pointed()}>
        <button
          type="button"
          class="event-copy"
          aria-label="Copy this event"
          title="Copy as JSON (Ctrl+C); account, query and long parts are left out"
          data-testid="event-copy"
          onClick={(event) => {
            event.stopPropagation();
            props.copy();
          }}
        >
          <Icon of={Copy} size={12} />
        </button>
      </Show>
    </li>
  );
}
