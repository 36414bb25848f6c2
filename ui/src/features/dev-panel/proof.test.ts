// The profile's fields over refreshes. Not in it: how the proof is drawn.
// @vitest-environment jsdom
import { createRoot, createSignal } from "solid-js";
import { describe, expect, it, vi } from "vitest";
import { FakeHost } from "../../../tests/fake-host";
import type { ProfileView } from "../../ipc";
import { createProof, proofWords, prove } from "./proof";

const profile = (fields: Record<string, string>, account = "ada@example.com"): ProfileView => ({
  account,
  updatedAtMs: 1,
  fields: Object.entries(fields).map(([key, json]) => ({ key, json })),
});

describe("the profile's proof", () => {
  it("R11 says that nothing was lost or changed when nothing was", () => {
    const kept = profile(Object.fromEntries(Array.from({ length: 14 }, (_, nth) => [`f${nth}`, String(nth)])));
    expect(proofWords(prove(kept, kept, 3))).toBe("14 fields · 0 lost · 0 changed");
  });

  it("R11 finds the one field that is lost, the one that changed and the one that came", () => {
    const proof = prove(profile({ a: "1", b: "2", c: "3" }), profile({ a: "1", b: "2.0", d: "4" }), 1);
    expect(Object.fromEntries(proof.fields.map(({ key, fate }) => [key, fate]))).toEqual({
      a: "kept",
      b: "changed",
      c: "lost",
      d: "added",
    });
    expect(proofWords(proof)).toBe("4 fields · 1 lost · 1 changed · 1 added");
  });

  it("compares numbers to the letter, however large", () => {
    expect(prove(profile({ id: "9007199254740993" }), profile({ id: "9007199254740992" }), 1).changed).toBe(1);
  });

  it("reads the profile after each refresh and begins anew with another account", async () => {
    const host = new FakeHost();
    host.profile = profile({ a: "1", b: "2" });
    const [account, setAccount] = createSignal<string | null>("ada@example.com");
    const [refreshes, setRefreshes] = createSignal(4);
    const [{ proof }, dispose] = createRoot((end) => [createProof(account, refreshes), end] as const);
    await vi.waitFor(() => expect(proof()?.refreshes).toBe(0));
    host.profile = profile({ a: "1" });
    setRefreshes(6);
    await vi.waitFor(() => expect(proof()?.lost).toBe(1));
    expect(proof()?.refreshes).toBe(2);
    host.profile = profile({ z: "1" }, "grace@example.com");
    setAccount("grace@example.com");
    await vi.waitFor(() => expect(proof()?.fields.map(({ key, fate }) => [key, fate])).toEqual([["z", "kept"]]));
    setAccount(null);
    expect(proof()).toBeNull();
    dispose();
  });
});
