// What a story is, and the time that most of them begin with.
// Not in it: the stories (stories.ts), and how they are judged (judge.ts).
import type { Verdict } from "./judge";
import type { Person, Stage } from "./stage";

export type Story = {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  run(stage: Stage, ada: Person): Promise<Verdict>;
  /** Goes on after the window began anew in the middle. */
  resume?(stage: Stage): Promise<Verdict>;
};

/** A demo token lives 30 minutes: after so many seconds it has just come into its window of ten minutes. */
export const UNTIL_DUE = 20 * 60;
