// Whether the focus is nowhere, because what had it is gone: a person at the keyboard would begin again at the top.
// Not in it: where it goes then (who took that away knows).

export function hasNoFocus(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}
