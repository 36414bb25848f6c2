// Before and after of a refresh. Not in it: the table it is shown in.
import { describe, expect, it } from "vitest";
import { lastRefresh } from "./compare";
import { burst } from "./samples";

const token = (claims: string | null, refreshFingerprint: string) => ({ claims, refreshFingerprint, windowMs: 600_000 });
const before = token('{"iat":1772442000,"exp":1772443800,"sub":"7","scope":"a"}', "77a0b3e5");
const after = token('{"iat":1772442900,"exp":1772444700,"sub":"7","jti":"x"}', "08c1d2aa");
const both = new Map([
  ["5e1f00aa", before],
  ["c0ffee12", after],
]);
const named = (seen: typeof both) => Object.fromEntries((lastRefresh(burst(3, 143), seen)?.pairs ?? []).map((pair) => [pair.name, pair]));

describe("the last refresh", () => {
  it("P1 stands side by side by fingerprint, time left and claims that changed", () => {
    const pairs = named(both);
    expect(pairs.access).toEqual({ name: "access", before: "5e1f00aa", after: "c0ffee12" });
    expect(pairs.refresh).toEqual({ name: "refresh", before: "77a0b3e5", after: "08c1d2aa" });
    expect(pairs.left).toEqual({ name: "left", before: "8 min 12 s", after: "30 min 0 s" });
    expect(pairs.iat?.before).not.toBe(pairs.iat?.after);
    expect(pairs.scope).toEqual({ name: "scope", before: "a", after: null });
    expect(pairs.jti).toEqual({ name: "jti", before: null, after: "x" });
    expect(pairs.sub).toBeUndefined();
    expect(lastRefresh(burst(3, 143), both)?.equalClaims).toBe(1);
  });

  it("guesses nothing of a token that was not seen", () => {
    const pairs = named(new Map([["c0ffee12", after]]));
    expect(pairs.refresh?.before).toBe("not seen");
    expect(pairs["due below"]?.before).toBe("not seen");
    expect(pairs.iat).toBeUndefined();
    expect(lastRefresh(burst(3, 143), new Map())?.equalClaims).toBeNull();
  });

  it("is none before the first and is not a failed one", () => {
    expect(lastRefresh([], both)).toBeNull();
    expect(lastRefresh(burst(3, 143, 0, "fails"), both)).toBeNull();
  });

  it("shows two moments a day apart as two, though their time of day is one", () => {
    const next = token('{"iat":1772528400}', "08c1d2aa");
    const seen = new Map([
      ["5e1f00aa", token('{"iat":1772442000}', "77a0b3e5")],
      ["c0ffee12", next],
    ]);
    expect(named(seen).iat).toEqual({ name: "iat", before: "1772442000", after: "1772528400" });
  });
});
