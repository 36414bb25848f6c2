// The keys of the waterfall: from row to row, in time, closer and farther, and what Enter and Escape do to a row.
// Not in it: pointer and wheel (gestures.ts), and what becomes of a range or a row (Waterfall.tsx).
import { createMemo } from "solid-js";
import type { Burst } from "./bursts";
import type { Layout } from "./layout";
import { moved, type Range, zoomed } from "./range";
import { rove } from "./roving";
import { isSame, type Selection } from "./selection";
import type { Viewport } from "./viewport";

type Picture = {
  readonly burst: Burst;
  readonly range: Range;
  readonly pointed: Selection | null;
  point(row: Selection | null): void;
  choose(row: Selection): void;
  look(range: Range): void;
};

/** `focus`: a row, once it is drawn. */
export function createKeys(picture: Picture, viewport: Viewport, layout: Layout, focus: (row: Selection) => void) {
  const { bars, shown, indexOf } = layout;

  // Rows in the order of the keys: the refreshes above, then the lanes.
  const rowAt = (index: number): Selection | undefined => {
    const refresh = bars()[index];
    if (refresh !== undefined) return { refresh };
    const call = picture.burst.lanes[index - bars().length]?.call;
    return call === undefined ? undefined : { call };
  };
  const indexOfRow = (row: Selection | null) => {
    if (row === null) return -1;
    if ("refresh" in row) return bars().indexOf(row.refresh);
    const index = indexOf().get(row.call);
    return index === undefined ? -1 : index + bars().length;
  };
  const tabStop = createMemo((): Selection | null => {
    const { pointed } = picture;
    if (pointed && ("refresh" in pointed ? bars().includes(pointed.refresh) : shown().includes(pointed.call))) return pointed;
    const [first] = shown();
    return first === undefined ? (rowAt(0) ?? null) : { call: first };
  });

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && picture.pointed) {
      event.stopPropagation();
      picture.point(null); // the card goes, the row keeps the focus (WCAG 1.4.13)
      return;
    }
    const middle = (picture.range.from + picture.range.to) / 2;
    const range = {
      "+": zoomed(picture.range, 0.6, middle),
      "=": zoomed(picture.range, 0.6, middle),
      "-": zoomed(picture.range, 1 / 0.6, middle),
      ArrowLeft: moved(picture.range, -0.2),
      ArrowRight: moved(picture.range, 0.2),
    }[event.key];
    if (range && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      picture.look(range);
      return;
    }
    const stop = tabStop();
    if ((event.key === "Enter" || event.key === " ") && stop) {
      event.preventDefault();
      picture.choose(stop);
      return;
    }
    const page = Math.floor(layout.room() / layout.each());
    const to = rove(event.key, indexOfRow(stop), bars().length + picture.burst.lanes.length, page);
    const row = to === null ? undefined : rowAt(to);
    if (row === undefined) return;
    event.preventDefault();
    if ("call" in row) viewport.bring(layout.place(row.call), layout.place(row.call) + layout.each(), layout.room());
    queueMicrotask(() => focus(row));
  };

  return { isTabStop: (row: Selection) => isSame(tabStop(), row), onKeyDown };
}
