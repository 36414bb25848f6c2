// The tokens that the panel was shown, by fingerprint, to hold the last against the one before.
// Not in it: the comparison (compare.ts).
import { createEffect, createSignal } from "solid-js";
import type { TokenView } from "../../ipc";

/** So many are remembered. */
const TOKENS = 8;

export function createSeenTokens(token: () => TokenView | null) {
  const [seen, setSeen] = createSignal<ReadonlyMap<string, TokenView>>(new Map());
  createEffect(() => {
    const now = token();
    if (now === null) return;
    setSeen((before) => new Map([...[...before].filter(([name]) => name !== now.fingerprint).slice(1 - TOKENS), [now.fingerprint, now]]));
  });
  return seen;
}
