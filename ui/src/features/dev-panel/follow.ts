// Which rows of the log are in the page: the newest, followed until the reader scrolls up, else those around the reader.
// Not in it: how many these are (window.ts), and which events have a row at all (EventLog.tsx).
import { createEffect, createMemo, createSignal, on } from "solid-js";
import type { EventRecord } from "../../ipc";
import { remNow } from "./rem";
import { firstAround, ROWS_IN_A_RUSH, rowAt, rowOf, windowFrom } from "./window";

/** So near the bottom counts as at the bottom. */
const NEAR = 24;
/** So many pixels before the last row in the page more are brought. */
const AHEAD = 600;

type Log = {
  /** All events that have a row, oldest first. */
  found(): readonly EventRecord[];
  /** Many come at once. */
  rush(): boolean;
  /** What the rows are in. */
  element(): HTMLElement | undefined;
};

export function createFollow({ found, rush, element }: Log) {
  const [follow, setFollow] = createSignal(true);
  // The event whose row is the first in the page; null: the newest rows are, whichever they are.
  const [begin, setBegin] = createSignal<number | null>(null);
  const inPage = createMemo(() => {
    const seq = begin();
    if (seq !== null) return windowFrom(rowOf(seq, found()), found().length);
    return windowFrom(Number.POSITIVE_INFINITY, found().length, rush() ? ROWS_IN_A_RUSH : undefined);
  });
  const shown = createMemo(() => found().slice(inPage().first, inPage().end));

  const toBottom = () => {
    const list = element();
    if (list) list.scrollTop = list.scrollHeight;
  };
  // Twice: rows that come into view get their true height only then.
  createEffect(
    on([shown, follow], () => {
      if (!follow()) return;
      setBegin(null);
      toBottom();
      requestAnimationFrame(toBottom);
    }),
  );
  // Only a scroll upwards ends the following: rows that grow or come leave the place where it was.
  let place = 0;
  const onScroll = () => {
    const list = element();
    if (!list) return;
    if (list.scrollHeight - list.scrollTop - list.clientHeight < NEAR && inPage().end === found().length) setFollow(true);
    else if (list.scrollTop < place - 1) leave();
    if (!follow()) bring();
    place = list.scrollTop;
  };
  /** Stands still from now on. */
  const leave = () => {
    setFollow(false); // first: who follows is put back to the newest by any change of the rows
    if (begin() === null) setBegin(shown()[0]?.seq ?? null);
  };
  const show = (row: number) => setBegin(found()[firstAround(row, found().length)]?.seq ?? null);
  /** Brings rows into the page before the reader is at the end of those that are. A row in view stays where it is. */
  const bring = () => {
    const list = element();
    if (!list) return;
    const rows = rowsOf(list);
    const [first, last] = [rows[0], rows.at(-1)];
    if (!first || !last) return;
    const { scrollTop, clientHeight } = list;
    const lacksAbove = inPage().first > 0 && scrollTop < first.offsetTop + AHEAD;
    const lacksBelow = inPage().end < found().length && scrollTop + clientHeight > last.offsetTop + last.offsetHeight - AHEAD;
    if (!lacksAbove && !lacksBelow) return;
    const seen = rows.find((row) => row.offsetTop + row.offsetHeight > scrollTop && row.offsetTop < scrollTop + clientHeight);
    const was = seen ? seen.offsetTop - scrollTop : 0;
    const at = seen ? Number(seen.getAttribute("aria-posinset")) - 1 : rowAt(scrollTop, inPage(), first.offsetTop, remNow());
    show(at);
    const still = seen?.isConnected ? seen : list.querySelector<HTMLElement>(`[aria-posinset="${at + 1}"]`);
    if (still) list.scrollTop = still.offsetTop - was;
  };

  return {
    follow,
    /** Rows `first` to before `end` of all that are found. */
    inPage,
    /** Their events. */
    shown,
    onScroll,
    /** Goes on with the newest. */
    goOn: () => void setFollow(true),
    /** Stands still with this row in the page. */
    lookAt: (row: number) => {
      setFollow(false);
      show(row);
    },
  };
}

function rowsOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("[aria-posinset]")];
}
