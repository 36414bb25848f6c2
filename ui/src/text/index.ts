// The words that are shown now: `text.login.title()` is a signal, so that another language comes without a reload.
// Not in it: the tables (en.ts, de.ts, ar.ts) and the choice among them (language.ts).
import { chainedTranslator, flatten, translator } from "@solid-primitives/i18n";
import { createSignal } from "solid-js";
import { en, type Text } from "./en";
import { type Formats, formatsOf } from "./formats";

export type Shown = { words: Text; formats: Formats };

const [shown, setShown] = createSignal({ flat: flatten(en), formats: formatsOf("en") });

/** Every sentence, by its place in the table. */
export const text = chainedTranslator(
  en,
  translator(() => shown().flat),
);

/** Numbers, spans and dates, in the language that is shown. */
export const formats = (): Formats => shown().formats;

/** "just now", "3 minutes ago", "in 2 days". */
export const ago = (ms: number, now: number): string => formats().ago(ms, now) ?? text.time.now();

export function show({ words, formats }: Shown): void {
  setShown({ flat: flatten(words), formats });
}

/** A sentence that there may be none of, such as one for a key that only Rust knows. */
export function maybe(table: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const sentence = Object.hasOwn(table, key) ? table[key] : undefined;
  return typeof sentence === "function" ? sentence() : undefined;
}
