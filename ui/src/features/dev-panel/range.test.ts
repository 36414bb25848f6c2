import { describe, expect, it } from "vitest";
import { burstsOf } from "./bursts";
import { empty, fold } from "./model";
import { between, LONGEST_MS, moved, SHORTEST_MS, within, zoomed } from "./range";
import { burst, START } from "./samples";

describe("the waterfall's range", () => {
  it("zooms around the pointer: what is under it stays under it", () => {
    const range = { from: 1_000, to: 2_000 };
    const closer = zoomed(range, 0.5, 1_250);
    expect(closer).toEqual({ from: 1_125, to: 1_625 });
    expect((1_250 - closer.from) / (closer.to - closer.from)).toBe(0.25);
    expect(zoomed(closer, 2, 1_250)).toEqual(range);
  });

  it("zooms no closer than can be told apart and no farther than an hour", () => {
    const [near, far] = [zoomed({ from: 0, to: 10 }, 0.001, 5), zoomed({ from: 0, to: 3_000_000 }, 50, 0)];
    expect([near.to - near.from, far.to - far.from]).toEqual([SHORTEST_MS, LONGEST_MS]);
  });

  it("moves by a part of what is seen, and takes two moments in any order", () => {
    expect(moved({ from: 100, to: 300 }, -0.5)).toEqual({ from: 0, to: 200 });
    expect(between(300, 100)).toEqual({ from: 100, to: 300 });
    expect(between(100, 100)).toEqual({ from: 100, to: 100 + SHORTEST_MS });
  });

  it("shows each burst that reaches into it whole, and none that does not", () => {
    const bursts = burstsOf(fold(empty, [...burst(3, 50, 0), ...burst(4, 50, 1), ...burst(5, 50, 2)]));
    const calls = (from: number, to: number) => within(bursts, { from: START + from, to: START + to }).lanes.length;
    expect(calls(20, 30)).toBe(3);
    expect(calls(20, 10_010)).toBe(7);
    expect(calls(20, 25_000)).toBe(12);
    expect(calls(5_000, 6_000)).toBe(0);
  });
});
