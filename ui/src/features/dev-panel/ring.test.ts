import { describe, expect, it } from "vitest";
import { arc, dial, placed, point, slice } from "./ring";

describe("the token ring", () => {
  it("goes clockwise from the top", () => {
    expect([0, 0.25, 0.5, 0.75].map((part) => point(part, 40))).toEqual([
      { x: 50, y: 10 },
      { x: 90, y: 50 },
      { x: 50, y: 90 },
      { x: 10, y: 50 },
    ]);
  });

  it("puts the hand at what is used of the life and the window at its end (R2)", () => {
    const token = { lifetimeMs: 1_800_000, windowMs: 600_000, refreshLeftMs: null, refreshLifetimeMs: null };
    expect(dial({ ...token, leftMs: 1_800_000 })?.now).toBe(0);
    expect(dial({ ...token, leftMs: 450_000 })).toEqual({ now: 0.75, windowFrom: 1 - 1 / 3, refresh: null });
    expect(dial({ ...token, leftMs: -5 })?.now).toBe(1);
  });

  it("draws a whole life as one closed line, with none across the face", () => {
    expect(arc(0, 1, 40)).toBe("M50 10 A40 40 0 0 1 50 90 A40 40 0 0 1 50 10 Z");
    expect(arc(0, 1, 40).match(/[ML]/g)).toEqual(["M"]);
  });

  it("draws nothing for a token whose end is not known (R1)", () => {
    const refresh = { refreshLeftMs: 1, refreshLifetimeMs: 2 };
    expect(dial({ leftMs: null, lifetimeMs: 1, windowMs: 1, ...refresh })).toBeNull();
    expect(dial({ leftMs: 1, lifetimeMs: 0, windowMs: 1, ...refresh })).toBeNull();
  });

  it("puts the refresh token's end at the rim's end, or where it comes within the access token's life", () => {
    const token = { leftMs: 900_000, lifetimeMs: 1_800_000, windowMs: 600_000, refreshLifetimeMs: 86_400_000 };
    expect(dial({ ...token, refreshLeftMs: 43_200_000 })?.refresh).toEqual({ now: 0.5, end: 1 });
    expect(dial({ ...token, refreshLeftMs: 450_000 })?.refresh?.end).toBe(0.75);
    expect(dial({ ...token, refreshLeftMs: -5 })?.refresh).toEqual({ now: 1, end: 0.5 - 5 / 1_800_000 });
    expect(dial({ ...token, refreshLeftMs: 5, refreshLifetimeMs: 0 })?.refresh).toBeNull();
  });

  it("has so few places that the hand of half an hour moves once in five seconds", () => {
    const seconds = Array.from({ length: 1_801 }, (_, second) => placed(second / 1_800));
    expect(new Set(seconds).size).toBe(361);
    expect([seconds[0], seconds.at(-1)]).toEqual([0, 1]);
  });

  it("draws no broken path at the ends of a life", () => {
    for (const [from, to] of [
      [0, 0],
      [0, 1],
      [0.2, 0.2],
      [0.999999, 1],
    ] as const)
      expect(arc(from, to, 40) + slice(from, to, 40)).not.toMatch(/NaN|undefined/);
  });
});
