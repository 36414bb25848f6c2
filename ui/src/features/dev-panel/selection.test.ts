import { describe, expect, it } from "vitest";
import { empty, fold } from "./model";
import { burst, record } from "./samples";
import { isRelated, relatedTo, selectionOf } from "./selection";

const events = [...burst(3, 50, 0), ...burst(4, 50, 1)];
const model = fold(empty, events);
const lit = (selection: Parameters<typeof relatedTo>[1]) => {
  const related = relatedTo(model, selection);
  return events.filter((event) => isRelated(related, event)).map((event) => event.kind);
};

describe("selecting one of a call and its refresh", () => {
  it("lights the refresh that the call waited for, and no other call", () => {
    expect(lit({ call: 13 }).toSorted()).toEqual([
      "call-checked",
      "call-finished",
      "call-sent",
      "call-waiting",
      "refresh-started",
      "refresh-succeeded",
    ]);
  });

  it("lights all that the refresh held, and none of another refresh", () => {
    const related = relatedTo(model, { refresh: 4 });
    expect([...(related?.calls ?? [])].toSorted((a, b) => a - b)).toEqual([16, 17, 18, 19]);
    expect(lit({ refresh: 4 })).toHaveLength(4 * 4 + 2);
  });

  it("selects nothing by an event that belongs to neither, and lights nothing then", () => {
    expect(selectionOf(record(1, 0, { kind: "vault-recovered" }))).toBeNull();
    expect(lit(null)).toEqual([]);
  });
});
