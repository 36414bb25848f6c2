// A language nobody speaks: every sentence of the table in brackets, accented and 40 % longer.
// Not in it: what is checked with it (words.test.ts). `ui/dev` shows it with ?language=pseudo.
import type { Shown } from "../src/text";
import { en, type Text } from "../src/text/en";
import { type Formats, formatsOf } from "../src/text/formats";

const ACCENTS: Record<string, string> = { a: "á", e: "ë", i: "î", o: "ö", u: "ü", c: "ç", n: "ñ", y: "ý", A: "Å", E: "É", S: "Š" };

function drawnOut(sentence: string): string {
  const accented = sentence.replace(/[aeioucnyAES]/g, (letter) => ACCENTS[letter] ?? letter);
  return `⟦${accented}${" ~~~~".repeat(Math.ceil((sentence.length * 0.4) / 5))}⟧`;
}

type Table = { [key: string]: string | ((...args: never[]) => string) | Table };

function drawnOutAll(table: Table): Table {
  const draw = (value: Table[string]): Table[string] => {
    if (typeof value === "string") return drawnOut(value);
    return typeof value === "function" ? (...args: never[]) => drawnOut(value(...args)) : drawnOutAll(value);
  };
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, draw(value)]));
}

function bracketed(formats: Formats): Formats {
  const wrap =
    (format: (...args: never[]) => string | null) =>
    (...args: never[]) => {
      const said = format(...args);
      return said === null ? null : `⟦${said}⟧`;
    };
  return Object.fromEntries(Object.entries(formats).map(([name, format]) => [name, wrap(format)])) as unknown as Formats;
}

export const pseudo: Shown = { words: drawnOutAll(en as unknown as Table) as unknown as Text, formats: bracketed(formatsOf("en")) };

/** What stands outside all brackets. */
export function outside(said: string): string {
  const less = said.replace(/⟦[^⟦⟧]*⟧/g, "");
  return less === said ? less : outside(less);
}
