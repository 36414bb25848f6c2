// Arrow keys in a long list of which one row at a time can be reached by Tab.
// Not in it: moving the focus itself; the list does that once the row is drawn.
/** Where a key leads from `index`; null when the key is not one of these. */
export function rove(key: string, index: number, count: number, page: number): number | null {
  const to = { ArrowDown: index + 1, ArrowUp: index - 1, PageDown: index + page, PageUp: index - page, Home: 0, End: count - 1 }[key];
  return to === undefined || count === 0 ? null : Math.max(0, Math.min(count - 1, to));
}
