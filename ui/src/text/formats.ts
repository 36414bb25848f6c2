// Numbers, spans, dates and plurals as a language writes them: all by Intl.
// Not in it: sentences (en.ts and its like), and which language is shown (index.ts).

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600_000],
  ["month", 2_629_800_000],
  ["week", 604_800_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

const LENGTHS: [string, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** Units whose symbol stands for their word where a language is written in Latin letters. */
const SYMBOLS: Readonly<Record<string, string>> = { second: "s", hour: "h" };

/** Made when it is first asked for: one such format takes longer than drawing many a view, and few are needed for the first. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Writes an amount of a unit of time: "143 ms", "2.4 s", "5 min", "2 h", "7 days". */
export function unitOf(locale: string, unit: string, digits = 0): (amount: number) => string {
  const format = once(() => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits }));
  const symbol = locale.startsWith("ar") ? undefined : SYMBOLS[unit];
  if (symbol === undefined) return (amount) => format().format(amount);
  return (amount) =>
    format()
      .formatToParts(amount)
      .map(({ type, value }) => (type === "unit" ? symbol : value))
      .join("");
}

export type Formats = ReturnType<typeof formatsOf>;

export function formatsOf(locale: string) {
  const numbers = once(() => new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }));
  const changes = once(() => new Intl.NumberFormat(locale, { maximumFractionDigits: 2, signDisplay: "exceptZero" }));
  const percents = once(() => new Intl.NumberFormat(locale, { style: "percent" }));
  const days = once(() => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }));
  const relative = once(() => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
  const inUnit = (unit: string, digits = 0) => unitOf(locale, unit, digits);
  const millis = inUnit("millisecond");
  const seconds = inUnit("second", 1);
  const minutes = inUnit("minute");
  const lengths = LENGTHS.map(([unit, size]) => ({ size, write: inUnit(unit) }));
  const list = once(() => new Intl.ListFormat(locale, { style: "narrow", type: "unit" }));

  return {
    number: (value: number) => numbers().format(value),
    /** With its sign, above zero too. */
    change: (value: number) => changes().format(value),
    /** 0.72 → "72 %". */
    percent: (share: number) => percents().format(share),
    /** A day without a time, such as "2026-12-12". */
    day: (ms: number) => days().format(ms),
    /** "3 minutes ago", "in 2 days"; null: less than a minute. */
    ago(ms: number, now: number): string | null {
      const distance = ms - now;
      const step = STEPS.find(([, length]) => Math.abs(distance) >= length);
      return step ? relative().format(Math.round(distance / step[1]), step[0]) : null;
    },
    /** To the second, in two units at most: "3 min 20 s", "7 days". */
    length(ms: number): string {
      let rest = Math.round(ms / 1000);
      const parts: string[] = [];
      for (const { size, write } of lengths) {
        const count = Math.floor(rest / size);
        if (count === 0 || parts.length === 2) continue;
        parts.push(write(count));
        rest -= count * size;
      }
      return parts.length > 0 ? list().format(parts) : seconds(0);
    },
    /** "143 ms", "2.4 s", "5 min". */
    span(ms: number): string {
      if (ms < 1000) return millis(ms);
      return ms < 60_000 ? seconds(ms / 1000) : minutes(Math.ceil(ms / 60_000));
    },
  };
}

/** A sentence for each plural a language has; `#` stands for the number. */
type Forms<Category extends Intl.LDMLPluralRule> = Record<Category, string>;

/** Chooses among the plurals of `locale`; a category that is not given is a compile error. */
export function pluralsOf<Category extends Intl.LDMLPluralRule = "one" | "other">(locale: string) {
  const rules = once(() => new Intl.PluralRules(locale));
  const numbers = once(() => new Intl.NumberFormat(locale));
  return (count: number, forms: Forms<Category>): string => {
    const form = (forms as Partial<Forms<Intl.LDMLPluralRule>>)[rules().select(count)] ?? "#";
    return form.replace("#", numbers().format(count));
  };
}
