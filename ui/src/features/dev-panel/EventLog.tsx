// The event log: every decision as a sentence, newest at the bottom, followed until the reader scrolls up. The rows of the
// selected call and its refresh are lit. Of many thousands only those around the reader are in the page.
// Not in it: which rows these are (follow.ts), one row (EventRow.tsx), the words (words.ts), the bar above (LogBar.tsx).
import { createEffect, createMemo, createSelector, createSignal, For, on, Show, untrack } from "solid-js";
import { copyText } from "./clipboard";
import { EventRow } from "./EventRow";
import { createFollow } from "./follow";
import { type Group, groupOf } from "./kinds";
import { LogBar } from "./LogBar";
import type { Model } from "./model";
import { timeOfDay } from "./moment";
import { redactedEvent } from "./redact";
import { rove } from "./roving";
import { createRush } from "./rush";
import { isRelated, type Related, type Selection, selectionOf } from "./selection";
import { ROW_REM } from "./window";
import { wordsOf } from "./words";
import "./EventLog.css";

/** ARIA's word for a list that grows. */
const UNKNOWN = -1;
/** The ages of the rows are told anew this often: no oftener than the countdown is, while nobody is there. */
const AGES_MS = 5_000;

type Props = {
  model: Model;
  now: number;
  search: string;
  selected: Selection | null;
  related: Related | null;
  setSearch(text: string): void;
  select(row: Selection | null): void;
  clear(): void;
};

export function EventLog(props: Props) {
  const [hidden, setHidden] = createSignal<ReadonlySet<Group>>(new Set());
  const [frozen, setFrozen] = createSignal<Model | null>(null);
  const [active, setActive] = createSignal<number | null>(null);
  const [told, setTold] = createSignal("");
  let list: HTMLOListElement | undefined;
  const rush = createRush(() => props.model.seen);

  const model = () => frozen() ?? props.model;
  const clearedAt = createMemo(() => props.model.clearedAtMs);
  // Cleared by whichever button: what stood still is gone, too.
  createEffect(on(clearedAt, () => setFrozen(null), { defer: true }));
  /** Ages are told in steps of five seconds, so that rows stay as they are from second to second. */
  const ages = createMemo(() => Math.floor(props.now / AGES_MS) * AGES_MS);
  const laneOf = (event: { kind: string; call?: number }) => (event.call === undefined ? undefined : props.model.lanes.get(event.call));
  const found = createMemo(() => {
    const wanted = props.search.trimStart().toLowerCase();
    if (wanted === "" && hidden().size === 0) return model().events;
    return model().events.filter((event) => {
      if (hidden().has(groupOf(event.kind))) return false;
      return wanted === "" || `${event.kind} ${wordsOf(event, laneOf(event))}`.toLowerCase().includes(wanted);
    });
  });
  const { follow, inPage, shown, onScroll, goOn, lookAt } = createFollow({ found, rush, element: () => list });
  const missed = () => props.model.events.filter((event) => event.seq > (frozen()?.seen ?? Number.POSITIVE_INFINITY)).length;
  const tabStop = createMemo(() => (shown().some(({ seq }) => seq === active()) ? active() : (shown().at(-1)?.seq ?? null)));

  const isTabStop = createSelector(tabStop);

  const copy = async (event: Model["events"][number]) =>
    setTold((await copyText(redactedEvent(event))) ? `Event ${event.seq} copied` : "The clipboard cannot be reached");
  const toggle = (group: Group) =>
    setHidden((before) => {
      const after = new Set(before);
      if (!after.delete(group)) after.add(group);
      return after;
    });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && props.selected) {
      event.stopPropagation();
      props.select(null);
      return;
    }
    const from = inPage().first + shown().findIndex(({ seq }) => seq === tabStop());
    const to = rove(event.key, from, found().length, 8);
    if (to === null) return;
    event.preventDefault();
    if (to < inPage().first || to >= inPage().end) lookAt(to);
    list?.querySelector<HTMLElement>(`[aria-posinset="${to + 1}"]`)?.focus();
  };
  // A focused row that leaves the page with the newest coming leaves the focus to the list, whose keys go on from the newest.
  let within = false;
  createEffect(
    on([shown], () => {
      if (within && document.activeElement === document.body) list?.focus({ preventScroll: true });
    }),
  );

  return (
    <section class="dev-column" aria-label="Event log">
      <LogBar
        model={props.model}
        hidden={hidden()}
        toggle={toggle}
        search={props.search}
        setSearch={props.setSearch}
        paused={frozen() !== null}
        pause={() => setFrozen(frozen() ? null : props.model)}
        clear={() => {
          setFrozen(null);
          props.clear();
        }}
      />
      <div class="log-body">
        <ol
          class="log"
          ref={list}
          tabindex="-1"
          aria-label="Events, the newest last"
          onScroll={onScroll}
          onKeyDown={onKeyDown}
          onFocusIn={() => {
            within = true;
          }}
          onFocusOut={() => {
            within = false;
          }}
        >
          <Room rows={inPage().first} />
          <For each={shown()}>
            {(event, index) => (
              <EventRow
                event={event}
                words={untrack(() => wordsOf(event, laneOf(event)))}
                now={ages()}
                place={inPage().first + index() + 1}
                of={follow() && frozen() === null ? UNKNOWN : found().length}
                tabStop={isTabStop(event.seq)}
                related={isRelated(props.related, event)}
                onFocus={() => setActive(event.seq)}
                select={() => props.select(selectionOf(event))}
                copy={() => void copy(event)}
              />
            )}
          </For>
          <Room rows={found().length - inPage().end} />
        </ol>
        <p class="log-told" role="status">
          {told()}
        </p>
        <Show when={shown().length === 0}>
          <p class="dev-empty">{model().events.length === 0 ? nothingIn(model()) : "No event fits the filter."}</p>
        </Show>
        <Show when={frozen() ? missed() > 0 : !follow() && shown().length > 0}>
          <button
            type="button"
            class="log-newest"
            data-testid="event-newest"
            onClick={() => {
              setFrozen(null);
              goOn();
            }}
          >
            {frozen() ? `${missed()} new, go on` : "Newest"}
          </button>
        </Show>
      </div>
    </section>
  );
}

function nothingIn({ clearedAtMs }: Model): string {
  if (clearedAtMs === null) return "Nothing has happened yet. Each decision appears here with its reason.";
  return `Cleared at ${timeOfDay(clearedAtMs).slice(0, 5)}. What happens from now on appears here.`;
}

/** The height of rows that are not in the page. */
function Room(props: { rows: number }) {
  return (
    <Show when={props.rows > 0}>
      <li aria-hidden="true">
        <svg class="log-room" width="1" height={`${props.rows * ROW_REM}rem`} aria-hidden="true" />
      </li>
    </Show>
  );
}
