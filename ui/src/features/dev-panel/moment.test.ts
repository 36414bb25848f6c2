import { describe, expect, it } from "vitest";
import { date, fromNow, timeOfDay } from "./moment";

describe("moments", () => {
  it("gives an event's time of day to the millisecond", () => {
    expect(timeOfDay(1_772_442_900_143)).toMatch(/^\d\d:\d\d:00\.143$/);
  });

  it("says how far a claim is from now, in its largest whole unit", () => {
    const now = 1_772_442_900_000;
    const at = (apart: number) => fromNow(now / 1_000 + apart, now);
    expect([0, 59, 1_499, -360, 7_300, -172_900].map(at)).toEqual([
      "now",
      "in 59 seconds",
      "in 24 minutes",
      "6 minutes ago",
      "in 2 hours",
      "2 days ago",
    ]);
  });

  it("shows no date for a number no calendar holds (P12)", () => {
    expect(date(1e20)).toBe("");
    expect(timeOfDay(Number.MAX_VALUE)).toBe("");
    expect(date(1_772_442_900)).toMatch(/2026/);
  });
});
