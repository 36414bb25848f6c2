// Reads JSON without losing anything: numbers stay the text they were (no doubles), keys keep their order and their doubles.
// Not in it: how it is shown (print.ts). Kept by hand since JSON.parse rounds 9007199254740993 and moves the key "2" before "b".

export type Json =
  | { type: "null" | "boolean" | "number"; text: string }
  /** `text` with quotes and escapes as they came; `value` is what it says. */
  | { type: "string"; text: string; value: string }
  | { type: "array"; items: Json[] }
  | { type: "object"; entries: [key: string, value: Json][] };

/** Nesting past this is refused: nothing a person reads is that deep, and printing it would only fill the window. */
const DEEPEST = 200;

const TOKEN = /[ \t\n\r]*(?:([{}[\],:])|("[^"\\]*(?:\\.[^"\\]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false)|(null)|$)/y;

type Open = { type: "array"; items: Json[] } | { type: "object"; entries: [string, Json][]; key: string | null };

/** The value, or null when the text is no JSON (or too deep to show). */
export function parseJson(text: string): Json | null {
  try {
    JSON.parse(text); // judges the grammar; what it read is thrown away
  } catch {
    return null;
  }
  const token = new RegExp(TOKEN);
  const open: Open[] = [];
  for (;;) {
    const match = token.exec(text);
    if (!match?.[0].trim()) return null;
    const [, mark, string, number, boolean, nothing] = match;
    let value: Json;
    if (mark === "[" || mark === "{") {
      if (open.length >= DEEPEST) return null;
      open.push(mark === "[" ? { type: "array", items: [] } : { type: "object", entries: [], key: null });
      continue;
    }
    if (mark === "," || mark === ":") continue;
    const inner = open.at(-1);
    if (mark) {
      if (!inner) return null;
      open.pop();
      value = inner.type === "array" ? { type: "array", items: inner.items } : { type: "object", entries: inner.entries };
    } else if (string !== undefined) {
      const said = JSON.parse(string) as string;
      if (inner?.type === "object" && inner.key === null) {
        inner.key = said;
        continue;
      }
      value = { type: "string", text: string, value: said };
    } else if (number !== undefined) value = { type: "number", text: number };
    else if (boolean !== undefined) value = { type: "boolean", text: boolean };
    else value = { type: "null", text: nothing ?? "null" };

    const outer = open.at(-1);
    if (!outer) return value;
    if (outer.type === "array") outer.items.push(value);
    else {
      outer.entries.push([outer.key ?? "", value]);
      outer.key = null;
    }
  }
}

/** The member of an object, or undefined. */
export function member(json: Json, key: string): Json | undefined {
  return json.type === "object" ? json.entries.findLast(([name]) => name === key)?.[1] : undefined;
}

/** What a scalar says, without quotes; undefined for null, arrays and objects. */
export function scalar(json: Json | undefined): string | undefined {
  if (json?.type === "string") return json.value;
  return json?.type === "number" || json?.type === "boolean" ? json.text : undefined;
}
