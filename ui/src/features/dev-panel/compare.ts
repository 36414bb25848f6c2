// The last refresh as pairs of before and after: what the events told, and the claims where both tokens were seen.
// Not in it: any token; of one there is a fingerprint. What was not seen is not guessed.
import type { EventRecord, TokenView } from "../../ipc";
import { claimsOf } from "./claims";
import { left, span } from "./duration";
import { timeOfDay } from "./moment";

/** `after` is null for what only the old one has, `before` for what only the new one has. */
export type Pair = { readonly name: string; readonly before: string | null; readonly after: string | null };

export type Comparison = {
  readonly refresh: number;
  readonly pairs: readonly Pair[];
  /** How many claims are equal in both; null when the two payloads were not both seen. */
  readonly equalClaims: number | null;
};

/** Instead of what only the old token had, where this panel was not shown it. */
export const NOT_SEEN = "not seen";

type Succeeded = Extract<EventRecord, { kind: "refresh-succeeded" }>;
type Seen = ReadonlyMap<string, Pick<TokenView, "claims" | "refreshFingerprint" | "windowMs">>;

/** `seen`: the tokens the panel was shown so far, by fingerprint. */
export function lastRefresh(events: readonly EventRecord[], seen: Seen): Comparison | null {
  const event = events.findLast((each): each is Succeeded => each.kind === "refresh-succeeded");
  if (event === undefined) return null;
  const before = event.oldFingerprint === null ? undefined : seen.get(event.oldFingerprint);
  const after = seen.get(event.fingerprint);
  const claims = before?.claims && after?.claims ? claimPairs(before.claims, after.claims) : null;
  const changed = claims?.filter(({ before, after }) => before !== after) ?? [];
  const pairs: Pair[] = [
    { name: "access", before: event.oldFingerprint, after: event.fingerprint },
    {
      name: "refresh",
      before: before?.refreshFingerprint ?? NOT_SEEN,
      after: event.rotated ? (after?.refreshFingerprint ?? "rotated") : "the same",
    },
    { name: "left", before: remaining(event.leftMs), after: remaining(event.lifetimeMs) },
    { name: "lifetime", before: length(event.oldLifetimeMs), after: length(event.lifetimeMs) },
    { name: "due below", before: before ? length(before.windowMs) : NOT_SEEN, after: length(event.windowMs) },
    ...changed,
  ];
  return { refresh: event.refresh, pairs, equalClaims: claims === null ? null : claims.length - changed.length };
}

function remaining(ms: number | null): string {
  if (ms === null) return "not known";
  return ms < 0 ? `over for ${left(-ms)}` : left(ms);
}

function length(ms: number | null): string {
  return ms === null ? "not known" : span(ms);
}

function claimPairs(before: string, after: string): Pair[] {
  const [old, now] = [claimsOf(before), claimsOf(after)];
  const text = (claim: (typeof old)[number] | undefined) =>
    claim === undefined ? null : claim.seconds === null ? claim.text : timeOfDay(claim.seconds * 1_000).slice(0, 8) || claim.text;
  const names = new Set([...old, ...now].map(({ name }) => name));
  return [...names].map((name) => {
    const [one, other] = [old.find((claim) => claim.name === name), now.find((claim) => claim.name === name)];
    // Two days apart the time of day is the same: equal is what is equal to the letter.
    if (one && other && one.text !== other.text && text(one) === text(other)) return { name, before: one.text, after: other.text };
    return { name, before: text(one), after: text(other) };
  });
}
