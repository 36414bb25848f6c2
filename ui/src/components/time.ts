// Signals that tick only while someone looks.
// Not in it: time in words (text/formats.ts), and anything about tokens.
import { type Accessor, createEffect, createSignal, onCleanup } from "solid-js";
import { useSession } from "../session";

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

/** The clock by which the server tells its times, every `everyMs`: the demo's may be ahead of this machine's. */
export function createServerTick(everyMs: number): Accessor<number> {
  const session = useSession();
  const now = createTick(everyMs);
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
