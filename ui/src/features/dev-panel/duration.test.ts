import { describe, expect, it } from "vitest";
import { ago, left, span } from "./duration";

describe("durations", () => {
  it("names a span by its two largest units and drops a zero", () => {
    expect([0, 143, 999, 999.6, 1_000, 1_449, 9_949].map(span)).toEqual(["0 ms", "143 ms", "999 ms", "1 s", "1 s", "1.4 s", "9.9 s"]);
    expect([9_999, 42_000, 59_900, 60_000, 492_000, 1_800_000].map(span)).toEqual([
      "10 s",
      "42 s",
      "1 min",
      "1 min",
      "8 min 12 s",
      "30 min",
    ]);
    expect([7_500_000, 86_400_000, 93_600_000].map(span)).toEqual(["2 h 5 min", "1 day", "1 day 2 h"]);
  });

  it("never says more time is left than there is", () => {
    expect([600_000, 599_999, 540_000, 59_999, 999, -5].map(left)).toEqual([
      "10 min 0 s",
      "9 min 59 s",
      "9 min 0 s",
      "59 s",
      "less than 1 s",
      "0 s",
    ]);
  });

  it("says how long ago in one coarse unit, below a minute in steps of five seconds", () => {
    expect([-1, 0, 4_999, 5_000, 49_000, 59_999].map(ago)).toEqual(["just now", "just now", "just now", "5 s ago", "45 s ago", "55 s ago"]);
    expect([60_000, 3_600_000, 90_000_000].map(ago)).toEqual(["1 min ago", "1 h ago", "1 day ago"]);
  });

  it("a span that is not a number of the clock is shown as none", () => {
    expect(span(-3)).toBe("0 ms");
  });
});
