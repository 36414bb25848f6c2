import { describe, expect, it } from "vitest";
import { axisLength, besides, pitch, ticks, visible } from "./scale";

describe("the waterfall's scale", () => {
  it("rounds the axis up so that a growing burst moves it seldom", () => {
    expect([0, 4, 49, 143, 160, 1_030, 9_900].map(axisLength)).toEqual([10, 10, 50, 150, 200, 1_500, 15_000]);
  });

  it("never draws ticks closer than asked, wherever the range begins", () => {
    expect(ticks(0, { from: 0, to: 200 }, 400, 80)).toEqual([0, 50, 100, 150, 200]);
    expect(ticks(1_000, { from: 1_090, to: 1_240 }, 400, 80)).toEqual([1_100, 1_150, 1_200]);
    expect(ticks(1_000, { from: 940, to: 1_010 }, 400, 80)).toEqual([940, 960, 980, 1_000]);
    for (const length of [50, 300, 800, 15_000]) {
      const [first = 0, second = length] = ticks(0, { from: 0, to: length }, 380, 70);
      expect(((second - first) / length) * 380).toBeGreaterThanOrEqual(70);
    }
  });

  it("gives few lanes air and keeps many visible as lines", () => {
    expect(pitch(1, 160)).toBe(18);
    expect(pitch(20, 160)).toBe(8);
    expect(pitch(200, 160)).toBe(4);
  });

  it("puts a card under its row or over it, and over other rows only where it would else be cut", () => {
    expect(besides({ above: 60, below: 80 }, 137, 300)).toBe(80);
    expect(besides({ above: 200, below: 220 }, 137, 300)).toBe(63);
    expect(besides({ above: 60, below: 80 }, 137, 160)).toBe(23);
    expect(besides({ above: 60, below: 80 }, 137, 120)).toBe(0);
  });

  it("draws of 10,000 lanes only those in view", () => {
    const { first, last } = visible(10_000, 4, 20_000, 160);
    expect(last - first).toBeLessThan(50);
    expect(first * 4).toBeLessThanOrEqual(20_000);
    expect(last * 4).toBeGreaterThanOrEqual(20_160);
  });
});
