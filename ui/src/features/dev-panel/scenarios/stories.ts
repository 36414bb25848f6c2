// The ten stories, in the order in which they are shown. Each says what it does to the demo server and the clock, and by which exact
// counts it is judged. Not in it: running one (runner.ts), and how the list looks (Scenarios.tsx).
import { CHANGES } from "./changes";
import { CROWDS } from "./crowds";
import { ENDS } from "./ends";
import type { Story } from "./story";
import { TROUBLES } from "./troubles";

export const STORIES: readonly Story[] = [...CROWDS, ...TROUBLES, ...ENDS, ...CHANGES];
