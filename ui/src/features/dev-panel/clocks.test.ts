// How often what is shown changes. Not in it: what is shown.
// @vitest-environment jsdom
import { createRoot, createSignal } from "solid-js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createShown } from "./clocks";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** The moments that are shown over so many seconds, from 0. */
function shownOver(seconds: number, closely = () => false, at: (second: number) => void = () => {}): number[] {
  const [now, setNow] = createSignal(0);
  const [shown, dispose] = createRoot((end) => [createShown(now, closely), end] as const);
  const seen = Array.from({ length: seconds }, (_, second) => {
    vi.advanceTimersByTime(1_000);
    at(second + 1);
    setNow((second + 1) * 1_000);
    return shown() / 1_000;
  });
  dispose();
  return seen;
}

describe("what is shown of the time", () => {
  it("changes each second while somebody is there, and each five when they have gone", () => {
    expect(shownOver(27)).toEqual([...Array.from({ length: 14 }, (_, at) => at + 1), 14, 14, 14, 14, 19, 19, 19, 19, 19, 24, 24, 24, 24]);
  });

  it("is to the second again at once when somebody is back", () => {
    const shown = shownOver(32, undefined, (second) => second === 28 && window.dispatchEvent(new Event("pointermove")));
    expect(shown.slice(25)).toEqual([24, 24, 28, 29, 30, 31, 32]);
  });

  it("is to the second near an end, whoever is there", () => {
    const shown = shownOver(40, () => true);
    expect(shown).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
  });
});
