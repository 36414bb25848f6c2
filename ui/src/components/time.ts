// Signals that tick only while someone looks.
// Not in it: time in words (text/formats.ts), and anything about tokens.
import { type Accessor, createEffect, createSignal, on, onCleanup } from "solid-js";
import { useSession } from "../session";
import { createPresence } from "./presence";

/** The wall clock, told every `everyMs` while `active`. */
export function createTick(everyMs: number, active: Accessor<boolean> = () => true): Accessor<number> {
  const [now, setNow] = createSignal(Date.now());
  createEffect(() => {
    if (!active()) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    onCleanup(() => clearInterval(timer));
  });
  return now;
}

/** So often times in words are looked at anew: while somebody is there, and else. */
const WORDS_MS = { there: 30_000, alone: 300_000 };

/**
 * The wall clock for times in words ("3 minutes ago"): at once when somebody is there again, and seldom while nobody is.
 * That somebody has gone changes nothing yet: what they left is drawn.
 */
export function createWordsTick(): Accessor<number> {
  const there = createPresence();
  const [now, setNow] = createSignal(Date.now());
  createEffect(
    on(there, (isThere, wasThere) => {
      if (isThere && wasThere === false) setNow(Date.now());
      const timer = setInterval(() => setNow(Date.now()), isThere ? WORDS_MS.there : WORDS_MS.alone);
      onCleanup(() => clearInterval(timer));
    }),
  );
  return now;
}

/** The same by the clock that the server tells its times by: the demo's may be ahead of this machine's. */
export function createServerTick(): Accessor<number> {
  const session = useSession();
  const now = createWordsTick();
  return () => now() + session.view().clockAheadMs;
}

/** True once `source` has been true for `ms`: short waits show nothing. */
export function createSlow(source: Accessor<boolean>, ms: number): Accessor<boolean> {
  const [slow, setSlow] = createSignal(false);
  createEffect(() => {
    setSlow(false);
    if (!source()) return;
    const timer = setTimeout(() => setSlow(true), ms);
    onCleanup(() => clearTimeout(timer));
  });
  return slow;
}
