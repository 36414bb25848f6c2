// Moments in words: the time of day of an event, the absolute and relative time of a claim. Made by Intl.
// Not in it: durations (duration.ts).
const LOCALE = "en-GB"; // the language of the panel's sentences; the time zone is the system's

const ofDay = new Intl.DateTimeFormat(LOCALE, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
});
const full = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** A Date holds ±100 million days; a claim may say anything. */
function isDate(ms: number): boolean {
  return Math.abs(ms) <= 8.64e15;
}

/** "11:15:00.143" */
export function timeOfDay(ms: number): string {
  return isDate(ms) ? ofDay.format(ms) : "";
}

/** "2 Mar 2026, 11:15:00", or nothing for a number no calendar holds. */
export function date(seconds: number): string {
  return isDate(seconds * 1_000) ? full.format(seconds * 1_000) : "";
}

/** "in 24 minutes", "6 minutes ago", "now". */
export function fromNow(seconds: number, nowMs: number): string {
  const apart = seconds - nowMs / 1_000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(apart) >= size) ?? ["second", 1];
  return relative.format(Math.trunc(apart / size), unit);
}
