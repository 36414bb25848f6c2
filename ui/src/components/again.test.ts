// Trying again by itself: when, how often, and when not.
// @vitest-environment jsdom
import { createRoot, createSignal } from "solid-js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createAgain } from "./again";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what failed for want of a connection", () => {
  it("is tried again after three seconds, then later each time, and never once it is well", async () => {
    const [failed, setFailed] = createSignal(true);
    const again = vi.fn(() => {
      setFailed(false);
      setFailed(true);
    });
    const dispose = createRoot((dispose) => {
      createAgain(failed, again);
      return dispose;
    });
    const triedAfter = (ms: number) => vi.advanceTimersByTimeAsync(ms).then(() => again.mock.calls.length);
    expect(await triedAfter(2_900)).toBe(0);
    expect(await triedAfter(200)).toBe(1);
    expect(await triedAfter(5_800)).toBe(1);
    expect(await triedAfter(300)).toBe(2);
    setFailed(false);
    expect(await triedAfter(600_000)).toBe(2);
    dispose();
  });
});
