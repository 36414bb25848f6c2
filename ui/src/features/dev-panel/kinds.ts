// The groups the event log is filtered by, and the tone an event is marked with.
// Not in it: words (words.ts).
import type { EventRecord } from "../../ipc";

export type Group = "calls" | "refreshes" | "session" | "storage";
export type Tone = "plain" | "accent" | "ok" | "wait" | "danger";

export const GROUPS: readonly { group: Group; label: string }[] = [
  { group: "calls", label: "Calls" },
  { group: "refreshes", label: "Refreshes" },
  { group: "session", label: "Session" },
  { group: "storage", label: "Storage" },
];

export function groupOf(kind: EventRecord["kind"]): Group {
  if (kind.startsWith("call-")) return "calls";
  if (kind.startsWith("refresh-")) return "refreshes";
  if (kind === "profile-kept" || kind.startsWith("vault-") || kind.startsWith("store-")) return "storage";
  return "session";
}

export function toneOf(event: EventRecord): Tone {
  switch (event.kind) {
    case "call-waiting":
    case "session-degraded":
    case "clock-suspect":
    case "clock-jumped":
    case "refresh-interrupted":
    case "network-lost":
    case "refresh-discarded":
      return "wait";
    case "call-failed":
    case "session-expired":
    case "vault-failed":
    case "store-failed":
      return "danger";
    case "refresh-replayed":
      return "wait";
    case "refresh-failed":
      return event.verdict === "transient" ? "wait" : "danger";
    case "call-finished":
      return event.status >= 400 ? "danger" : "plain";
    case "refresh-started":
    case "refresh-succeeded":
      return "accent";
    case "call-checked":
    case "call-sent":
    case "call-answered":
    case "signed-out":
    case "revoked":
      return "plain";
    default:
      return "ok";
  }
}
