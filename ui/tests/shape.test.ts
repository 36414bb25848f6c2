// Rows of unknown JSON, as a person reads them. Not in it: how they look.
import { expect, describe as group, it } from "vitest";
import { describe, headingOf, rowsOf } from "../src/features/home/shape";

const first = (body: string) => {
  const row = rowsOf(body)?.[0];
  if (!row) throw new Error("no row");
  return describe(row);
};

group("rows are found", () => {
  it.each([
    ["[1,2]", 2],
    ['{"count":2,"results":[{"a":1},{"a":2}]}', 2],
    ['{"users":[{"a":1}]}', 1],
    ['{"status":"ok","uptime":3}', 2],
    ["true", 1],
    ["[]", 0],
  ])("in %s", (body, count) => expect(rowsOf(body)).toHaveLength(count));

  it("not in HTML", () => expect(rowsOf("<html>")).toBeNull());
});

group("a row says", () => {
  it("what it is called, its badge and how far it is", () => {
    const row = first('[{"id":1,"name":"Engine","status":"active","owner":"Ada","progress":0.72}]');
    expect(row).toMatchObject({ title: "Engine", badge: "active", remark: "Ada", progress: 0.72 });
  });

  it("who did what", () => {
    expect(first('[{"actor":"Ada","action":"closed","target":"Note G","project":"BN"}]')).toMatchObject({
      title: "Ada closed Note G",
      remark: "BN",
    });
  });

  it("when it was, from ISO text, seconds or milliseconds", () => {
    for (const at of ['"2026-01-01T00:00:00Z"', "1767225600", "1767225600000"])
      expect(first(`[{"title":"x","created_at":${at}}]`).at).toBe(1_767_225_600_000);
  });

  it("its figure without rounding what is too large for a double", () => {
    expect(first('[{"name":"n","value":25310,"unit":"count"}]').figure?.value).toBe("25,310");
    expect(first('[{"name":"n","value":96.0,"unit":"percent","change":1.5}]').figure).toMatchObject({
      value: "96",
      unit: "%",
      change: "+1.5",
    });
    expect(first('[{"name":"n","value":9007199254740993}]').figure?.value).toBe("9007199254740993");
  });

  it("itself, when nothing in it has a name", () => {
    expect(first('[{"x":[1,2]}]').title).toBe('{"x": [1, 2]}');
    expect(first("[null]").title).toBe("null");
  });
});

it("headings come from paths", () => {
  expect(headingOf("api/open-tasks/?page=2")).toBe("Open tasks");
  expect(headingOf("api/%zz/")).toBe("%zz");
});
