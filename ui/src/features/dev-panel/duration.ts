// Durations in words, the one place of the panel that formats them.
// Not in it: dates and times of day (moment.ts) and sentences (words.ts).
import { unitOf } from "../../text/formats";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Steps of an age below a minute. */
const AGE_STEP = 5 * SECOND;

/** English, as all of the panel's sentences are; the units are those of the app's own words. */
const [millis, seconds, tenths, minutes, hours, days] = [
  unitOf("en", "millisecond"),
  unitOf("en", "second"),
  unitOf("en", "second", 1),
  unitOf("en", "minute"),
  unitOf("en", "hour"),
  unitOf("en", "day"),
];

/** Two neighbouring units at most: "8 min 12 s". With `keepZero` the small one stays: "9 min 0 s". */
function twoUnits(ms: number, keepZero: boolean): string {
  const [big, small, inBig, inSmall] =
    ms >= DAY
      ? ([DAY, HOUR, days, hours] as const)
      : ms >= HOUR
        ? ([HOUR, MINUTE, hours, minutes] as const)
        : ([MINUTE, SECOND, minutes, seconds] as const);
  const whole = inBig(Math.floor(ms / big));
  const rest = Math.floor((ms % big) / small);
  return rest === 0 && !keepZero ? whole : `${whole} ${inSmall(rest)}`;
}

/** How long something took or lasts: "143 ms", "1.4 s", "42 s", "30 min", "8 min 12 s", "2 h 5 min". */
export function span(ms: number): string {
  const size = Math.max(0, ms);
  if (size < 999.5) return millis(Math.round(size));
  if (size < 9_950) return tenths(size / SECOND);
  const whole = Math.round(size / SECOND) * SECOND;
  return whole < MINUTE ? seconds(whole / SECOND) : twoUnits(whole, false);
}

/** What is left of a token, to the second and never rounded up: "9 min 0 s", "42 s", "less than 1 s"; of one that is over "0 s". */
export function left(ms: number): string {
  if (ms > 0 && ms < SECOND) return `less than ${seconds(1)}`;
  const whole = Math.max(0, Math.floor(ms / SECOND)) * SECOND;
  return whole < MINUTE ? seconds(whole / SECOND) : twoUnits(whole, true);
}

/** How long ago, coarse so that a list of them seldom changes: "just now", "45 s ago", "3 min ago", "2 h ago". */
export function ago(ms: number): string {
  if (ms < AGE_STEP) return "just now";
  if (ms < MINUTE) return `${seconds((Math.floor(ms / AGE_STEP) * AGE_STEP) / SECOND)} ago`;
  if (ms < HOUR) return `${minutes(Math.floor(ms / MINUTE))} ago`;
  return `${ms < DAY ? hours(Math.floor(ms / HOUR)) : days(Math.floor(ms / DAY))} ago`;
}
