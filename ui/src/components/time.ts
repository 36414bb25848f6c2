// Time in words, and signals that tick only while someone looks.
// Not in it: anything about tokens.
import { type Accessor, createEffect, createSignal, onCleanup } from "solid-js";

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600_000],
  ["month", 2_629_800_000],
  ["week", 604_800_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** "just now", "3 minutes ago", "in 2 days". */
export function ago(ms: number, now: number): string {
  const distance = ms - now;
  const step = STEPS.find(([, length]) => Math.abs(distance) >= length);
  return step ? relative.format(Math.round(distance / step[1]), step[0]) : "just now";
}

/** "143 ms", "2.4 s", "1 min 5 s". */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

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
