// Lays JSON out for reading, as pieces with a kind each, so that a view can colour them. Numbers are printed as they came.
// Not in it: colours (Json.css).
import { type Json, parseJson } from "./parse";

export type Piece = { kind: "key" | "string" | "number" | "word" | "mark" | "plain"; text: string };

/** What fits in this many characters stays on one line. */
const LINE = 56;

/** The pieces of a JSON text; a text that is no JSON comes back as it is, in one plain piece. */
export function printJson(text: string): Piece[] {
  const json = parseJson(text);
  if (!json) return [{ kind: "plain", text }];
  const pieces: Piece[] = [];
  print(json, "\n", pieces);
  return pieces;
}

/** On one line, exact. */
export function compact(json: Json): string {
  const pieces: Piece[] = [];
  print(json, null, pieces);
  return pieces.map((piece) => piece.text).join("");
}

/** `newline` is the line break with its indent, or null to stay on one line. */
function print(json: Json, newline: string | null, out: Piece[]): void {
  if (json.type === "array") {
    const rows = json.items.map((item): Row => ({ before: [], item }));
    printRows("[", "]", rows, newline, out);
  } else if (json.type === "object") {
    const rows = json.entries.map(([key, item]): Row => ({ before: keyPieces(key), item }));
    printRows("{", "}", rows, newline, out);
  } else {
    out.push({ kind: json.type === "string" ? "string" : json.type === "number" ? "number" : "word", text: json.text });
  }
}

type Row = { before: Piece[]; item: Json };

function keyPieces(key: string): Piece[] {
  return [
    { kind: "key", text: JSON.stringify(key) },
    { kind: "mark", text: ": " },
  ];
}

function printRows(open: string, close: string, rows: Row[], newline: string | null, out: Piece[]): void {
  const inner = newline !== null && mustBreak(rows) ? `${newline}  ` : null;
  out.push({ kind: "mark", text: open });
  for (const [index, row] of rows.entries()) {
    const comma = index > 0 ? "," : "";
    out.push({ kind: "mark", text: comma + (inner ?? (comma && " ")) }, ...row.before);
    print(row.item, inner, out);
  }
  out.push({ kind: "mark", text: (inner === null ? "" : newline) + close });
}

function mustBreak(rows: Row[]): boolean {
  if (rows.some((row) => !isScalar(row.item))) return true;
  return rows.reduce((sum, row) => sum + lengthOf(row), 0) > LINE;
}

function lengthOf(row: Row): number {
  const before = row.before.reduce((sum, piece) => sum + piece.text.length, 0);
  return before + (isScalar(row.item) ? row.item.text.length : 0) + 2;
}

function isScalar(json: Json): json is Extract<Json, { text: string }> {
  return json.type !== "array" && json.type !== "object";
}
