// How often times in words are looked at anew.
// @vitest-environment jsdom
import { createEffect, createRoot } from "solid-js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWordsTick } from "./time";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("times in words", () => {
  it("are told each half minute while somebody is there, each five minutes else, and at once when somebody is back", async () => {
    const told: number[] = [];
    const start = Date.now();
    const dispose = createRoot((dispose) => {
      const now = createWordsTick();
      createEffect(() => told.push(now() - start));
      return dispose;
    });
    const until = async (ms: number) => {
      while (Date.now() - start < ms) {
        if (ms <= 70_000) dispatchEvent(new Event("pointermove"));
        await vi.advanceTimersByTimeAsync(5_000);
      }
    };
    await until(70_000);
    expect(told).toEqual([0, 30_000, 60_000]);
    await until(590_000);
    expect(told.slice(3)).toEqual([380_000]); // last seen in the 65th second, gone in the 80th, and nothing is drawn for that
    dispatchEvent(new Event("keydown"));
    expect(told.at(-1)).toBe(590_000);
    dispose();
  });
});
