import { describe, expect, it } from "vitest";
import type { TokenView } from "../../ipc";
import { tokenNow, toneOf } from "./token";

const token: TokenView = {
  fingerprint: "c0ffee12",
  refreshFingerprint: null,
  opaque: false,
  leftMs: 601_000,
  lifetimeMs: 1_800_000,
  windowMs: 600_000,
  refreshLeftMs: null,
  refreshLifetimeMs: null,
  claims: null,
};

describe("the token now", () => {
  it("is in the window from the moment less than it is left, not at it (R2, F2)", () => {
    expect([0, 1_000, 1_001, 601_001].map((since) => toneOf(tokenNow(token, since)))).toEqual(["ok", "ok", "wait", "danger"]);
  });

  it("counts down past its end and never up when the clock is set back (F27)", () => {
    expect(tokenNow(token, 602_000).leftMs).toBe(-1_000);
    expect(tokenNow(token, -5_000).leftMs).toBe(601_000);
  });

  it("has no time left to show without a token, or without a known end (R1)", () => {
    expect(tokenNow(null, 0)).toMatchObject({ leftMs: null, fingerprint: null });
    expect(toneOf(tokenNow({ ...token, leftMs: null }, 9e9))).toBe("ok");
  });
});
