import { describe, expect, it } from "vitest";
import type { SessionEvent } from "../../ipc";
import { harOf } from "./har";
import { empty, fold } from "./model";
import { redactedEvent, redactedPath } from "./redact";
import { burst, record } from "./samples";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

describe("what leaves the window by the clipboard", () => {
  it("is an HTTP archive with an entry a call and a refresh, whose wait stands as blocked", () => {
    const { lanes, refreshes } = fold(empty, burst(20, 143));
    const { log } = JSON.parse(harOf(lanes.values(), refreshes.values(), "0.1.0"));
    expect([log.version, log.entries.length]).toEqual(["1.2", 21]);
    for (const entry of log.entries) {
      expect(Object.keys(entry)).toEqual(expect.arrayContaining(["startedDateTime", "time", "request", "response", "cache", "timings"]));
      const { blocked, send, wait, receive } = entry.timings;
      expect(Math.max(0, blocked) + send + wait + receive).toBe(entry.time);
    }
    const shared = log.entries.filter((entry: { _session: { shared?: boolean } }) => entry._session.shared);
    expect(shared).toHaveLength(19);
    expect(log.entries[0].timings.blocked).toBe(145);
    const received = log.entries.map((entry: { timings: { receive: number } }) => entry.timings.receive);
    expect(received.filter((ms: number) => ms === 30)).toHaveLength(4); // those of api/activity/ come in pieces
    expect(received.filter((ms: number) => ms === 0)).toHaveLength(17);
  });

  it("P1 has no header, no body, no address, no query, no long part of a path and no account", () => {
    const path = `people/ada@example.com/1f0c9d57-52c1-4e4f-9a47-08d1f2a6c9b1/?key=s3cret`;
    const checked = { kind: "call-checked", call: 1, method: "GET", path, freshness: "fresh", leftMs: 1, windowMs: 1 } as const;
    const message = `http://127.0.0.1:41873/ refused ${JWT} of ada@example.com`;
    const failed = { kind: "call-failed", call: 1, code: "offline", message, tookMs: 9, waitedMs: 0 } as const;
    const { lanes } = fold(empty, [record(1, 0, checked), record(2, 9, failed)]);
    const har = harOf(lanes.values(), [], "0.1.0");
    for (const secret of ["ada@", "1f0c9d57", "s3cret", "eyJ", "127.0.0.1", "Authorization"]) expect(har).not.toContain(secret);
    const { log } = JSON.parse(har);
    expect(log.entries[0].request).toMatchObject({ url: "https://api.invalid/people/…/…/?…", headers: [], cookies: [], queryString: [] });
    expect(log.entries[0].request.postData).toBeUndefined();
  });

  it("says why a refresh failed, without what may be a key (P1)", () => {
    const started = { kind: "refresh-started", refresh: 1, trigger: "call", attempt: 1, leftMs: 1, lifetimeMs: 1 } as const;
    const reason = `the server answered 503 at http://127.0.0.1:41873/ ${JWT}`;
    const over = { kind: "refresh-failed", refresh: 1, verdict: "transient", reason, tookMs: 9, callers: 0, retryInMs: 1 } as const;
    const { refreshes } = fold(empty, [record(1, 0, started), record(2, 9, over)]);
    const { log } = JSON.parse(harOf([], refreshes.values(), "0.1.0"));
    expect(log.entries[0]._session).toMatchObject({ outcome: "failed", reason: "the server answered 503 at … …" });
  });

  it("P1 copies one event without its account and what may be a key", () => {
    const ended: SessionEvent = {
      kind: "session-expired",
      account: "ada@example.com",
      reason: { code: "rejected", detail: `see https://api.example.com/why ${JWT}` },
    };
    expect(JSON.parse(redactedEvent(record(7, 0, ended)))).toMatchObject({
      seq: 7,
      kind: "session-expired",
      account: "account",
      reason: { code: "rejected", detail: "see … …" },
    });
    expect(redactedPath("api/notes/?q=1")).toBe("api/notes/?…");
  });
});
