// How a story is judged: claims on exact counts, and the words for these counts.
// Not in it: what is claimed of which story (crowds.ts, troubles.ts, ends.ts, changes.ts).
import type { Outcome, Stage } from "./stage";

export type Verdict = { readonly passed: boolean; readonly why: string };

/** Passed when all of it holds; else the first that does not is the sentence. */
export function judge(summary: string, claims: readonly (readonly [boolean, string])[]): Verdict {
  const broken = claims.find(([holds]) => !holds);
  return broken ? { passed: false, why: broken[1] } : { passed: true, why: summary };
}

export function allAnswered(outcomes: readonly Outcome[]): readonly [boolean, string] {
  return [answered(outcomes) === outcomes.length, `only ${answered(outcomes)} of ${outcomes.length} calls were answered`];
}

export function exactly(stage: Stage, wanted: number): readonly [boolean, string] {
  const seen = stage.told("refresh-started").length;
  return [seen === wanted, `${refreshes(seen)} where ${wanted} should be`];
}

export function nobodyOut(stage: Stage): readonly [boolean, string] {
  return [stage.told("session-expired").length === 0, "the session ended"];
}

export const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
export const refreshes = (n: number) => count(n, "refresh", "refreshes");
export const answered = (outcomes: readonly Outcome[]) => outcomes.filter((each) => "reply" in each && each.reply.status === 200).length;
export const refused = (outcomes: readonly Outcome[], code: string) =>
  outcomes.filter((each) => "failed" in each && each.failed === code).length;
