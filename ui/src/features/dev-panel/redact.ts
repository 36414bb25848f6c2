// What may leave the window by the clipboard: as the export of the event log does it in Rust (P1).
// Not in it: tokens, headers and bodies; no event has them in the first place.
import type { EventRecord } from "../../ipc";

/** A part of a path or a word of a sentence that is longer may be a key; it is left out. */
const LONGEST_WORD = 24;
const PLAIN = new Set("kind code trigger verdict freshness source operation without method why oldFingerprint fingerprint".split(" "));

export function redactedPath(text: string): string {
  const [path = "", query] = text.split("?", 2);
  const parts = path.split("/").map((part) => (part.length > LONGEST_WORD || part.includes("@") ? "…" : part));
  return parts.join("/") + (query === undefined ? "" : "?…");
}

export function redactedSentence(text: string): string {
  const isPrivate = (word: string) => word.includes("@") || word.includes("://") || word.length > LONGEST_WORD || word.startsWith("eyJ");
  return text
    .split(/\s+/)
    .map((word) => (isPrivate(word) ? "…" : word))
    .join(" ");
}

/** One event as JSON text that can be shown to others. */
export function redactedEvent(event: EventRecord): string {
  const text = (key: string, value: unknown): unknown => {
    if (typeof value !== "string") return value;
    if (key === "account") return "account";
    if (key === "path") return redactedPath(value);
    return PLAIN.has(key) ? value : redactedSentence(value);
  };
  return JSON.stringify(event, text);
}
