import { describe, expect, it } from "vitest";
import { firstAround, ROW_REM, ROWS, rowAt, rowOf, windowFrom } from "./window";

describe("the rows in the page", () => {
  it("are as many from a row on, or the newest, and never more than so many", () => {
    expect(windowFrom(Number.POSITIVE_INFINITY, 10_000)).toEqual({ first: 10_000 - ROWS, end: 10_000 });
    expect(windowFrom(5_000, 10_000)).toEqual({ first: 5_000, end: 5_000 + ROWS });
    expect(windowFrom(9_999, 10_000)).toEqual({ first: 10_000 - ROWS, end: 10_000 });
    expect(windowFrom(2, 3)).toEqual({ first: 0, end: 3 });
    expect(windowFrom(7, 0)).toEqual({ first: 0, end: 0 });
  });

  it("have the row that is asked for in their middle, where there are rows on both sides", () => {
    expect([2, 5_000, 9_999].map((row) => firstAround(row, 10_000))).toEqual([0, 5_000 - ROWS / 2, 10_000 - ROWS]);
    expect(firstAround(1, 3)).toBe(0);
  });

  it("are found again by an event, also when it is forgotten or filtered out", () => {
    const rows = [3, 4, 7, 9].map((seq) => ({ seq }));
    expect([1, 3, 5, 7, 9, 10].map((seq) => rowOf(seq, rows))).toEqual([0, 0, 2, 2, 3, 4]);
    expect(rowOf(1, [])).toBe(0);
  });

  it.each([16, 32])("are found from a place of the scrollbar, in letters of %i pixels", (rem) => {
    const window = { first: 200, end: 300 };
    const row = ROW_REM * rem;
    expect(rowAt(200 * row, window, 200 * row, rem)).toBe(200);
    expect(rowAt(0, window, 200 * row, rem)).toBe(0);
    expect(rowAt(1_000 * row, window, 200 * row, rem)).toBe(1_000);
  });
});
