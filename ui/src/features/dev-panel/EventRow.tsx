// One event: a mark in the tone of its kind, its reason in words, and under them when, how long ago and in which generation.
// Not in it: which rows are shown (EventLog.tsx).
import type { EventRecord } from "../../ipc";
import { ago } from "./duration";
import { toneOf } from "./kinds";
import { timeOfDay } from "./moment";

type Props = { event: EventRecord; words: string; now: number; tabStop: boolean; onFocus(): void };

export function EventRow(props: Props) {
  return (
    <li
      class={`event event-${toneOf(props.event)}`}
      data-testid="event-row"
      data-kind={props.event.kind}
      data-seq={props.event.seq}
      tabindex={props.tabStop ? 0 : -1}
      onFocus={() => props.onFocus()}
    >
      <p class="event-words">{props.words}</p>
      <p class="event-when">
        <time datetime={new Date(props.event.atMs).toISOString()}>{timeOfDay(props.event.atMs)}</time>
        <span>{ago(props.now - props.event.atMs)}</span>
        <span>generation {props.event.generation}</span>
        <span class="event-kind">{props.event.kind}</span>
      </p>
    </li>
  );
}
