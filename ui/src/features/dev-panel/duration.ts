// Durations in words, the one place of the panel that formats them.
// Not in it: dates and times of day (moment.ts) and sentences (words.ts).
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Two neighbouring units at most: "8 min 12 s". With `keepZero` the small one stays: "9 min 0 s". */
function twoUnits(ms: number, keepZero: boolean): string {
  const [big, small, bigName, smallName] =
    ms >= DAY ? [DAY, HOUR, "d", "h"] : ms >= HOUR ? [HOUR, MINUTE, "h", "min"] : [MINUTE, SECOND, "min", "s"];
  const whole = Math.floor(ms / Number(big));
  const rest = Math.floor((ms % Number(big)) / Number(small));
  return rest === 0 && !keepZero ? `${whole} ${bigName}` : `${whole} ${bigName} ${rest} ${smallName}`;
}

/** How long something took or lasts: "143 ms", "1.4 s", "42 s", "30 min", "8 min 12 s", "2 h 5 min". */
export function span(ms: number): string {
  const size = Math.max(0, ms);
  if (size < 999.5) return `${Math.round(size)} ms`;
  if (size < 9_950) return `${(size / SECOND).toFixed(1).replace(/\.0$/, "")} s`;
  const seconds = Math.round(size / SECOND) * SECOND;
  return seconds < MINUTE ? `${seconds / SECOND} s` : twoUnits(seconds, false);
}

/** What is left of a token, to the second and never rounded up: "9 min 0 s", "42 s", "0 s". */
export function left(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND)) * SECOND;
  return seconds < MINUTE ? `${seconds / SECOND} s` : twoUnits(seconds, true);
}

/** How long ago, coarse so that a list of them seldom changes: "just now", "3 min ago", "2 h ago". */
export function ago(ms: number): string {
  if (ms < MINUTE) return "just now";
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  return `${Math.floor(ms / DAY)} d ago`;
}
