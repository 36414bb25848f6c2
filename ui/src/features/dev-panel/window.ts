// Which rows of a long list are in the page: so many around the reader, all others as room above and below.
// Not in it: elements and their true heights. Pure.

/** So many rows are in the page: more than the tallest panel shows, so that keys and a short scroll meet rows that are there. */
export const ROWS = 100;
/** And so many while many come at once; the rest follows when it is quiet. */
export const ROWS_IN_A_RUSH = 30;
/** What a row that is not in the page is taken to be high, in rem: one of one line (EventLog.css). */
export const ROW_REM = 2.4375;

/** Rows `first` to before `end`. */
export type Window = { readonly first: number; readonly end: number };

/** The window that begins with this row, or as near to it as a whole window can. */
export function windowFrom(row: number, count: number, rows = ROWS): Window {
  const first = Math.max(0, Math.min(row, count - rows));
  return { first, end: Math.min(count, first + rows) };
}

/** The first row of a window that has this one in its middle. */
export function firstAround(row: number, count: number): number {
  return windowFrom(row - ROWS / 2, count).first;
}

/** The first row that is not before this event; rows may have been forgotten, or left out by a filter. */
export function rowOf(seq: number, rows: readonly { readonly seq: number }[]): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The row at this place of the list, by the height that rows are taken to have; `top`: where the first in the page begins, `rem`: in pixels. */
export function rowAt(place: number, window: Window, top: number, rem: number): number {
  return Math.max(0, window.first + Math.floor((place - top) / (ROW_REM * rem)));
}
