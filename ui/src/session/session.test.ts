// The session signal: what it takes, what it ignores, what it finds out by the clock.
// Not in it: the views that read it.
// @vitest-environment jsdom
import { createRoot } from "solid-js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeHost, session as view } from "../../tests/fake-host";
import { createSession, type Session } from "./session";

let dispose = () => {};
function begin(host: FakeHost): Session {
  return createRoot((stop) => {
    dispose = stop;
    return createSession(host.view);
  });
}
beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => {
  dispose();
  vi.useRealTimers();
});

describe("the session signal", () => {
  it("ignores a view that is older than the one it has", () => {
    const session = begin(new FakeHost(view({ seq: 5, state: "fresh" })));
    session.apply(view({ seq: 4, state: "signed-out" }));
    expect(session.state()).toBe("fresh");
    session.apply(view({ seq: 6, state: "signed-out" }));
    expect(session.state()).toBe("signed-out");
  });

  it("F30 learns by its pull what an event said before it listened", async () => {
    const host = new FakeHost(view({ seq: 1, state: "fresh" }));
    const session = begin(host);
    host.view = view({ seq: 2, state: "expired" }); // nobody was listening
    await session.start();
    expect(session.state()).toBe("expired");
  });

  it("follows the events after its start", async () => {
    const host = new FakeHost(view({ seq: 1, state: "fresh" }));
    const session = begin(host);
    await session.start();
    await host.change({ state: "refreshing" });
    expect(session.state()).toBe("refreshing");
    expect(session.view().seq).toBe(2);
  });

  it("hears nothing more once it is gone, before it listened or meanwhile", async () => {
    const host = new FakeHost(view({ seq: 1, state: "fresh" }));
    const gone = begin(host);
    dispose();
    await gone.start();
    expect(host.seen).toEqual([]);

    const going = begin(host);
    const started = going.start();
    dispose();
    await started;
    await host.change({ state: "refreshing" });
    expect(going.state()).toBe("fresh");
    expect(host.seen).toEqual([]);
  });

  it("R6 ends at once with session-expired, reason and name kept", async () => {
    const host = new FakeHost(view({ seq: 1, state: "fresh", account: "ada@example.com" }));
    const session = begin(host);
    await session.start();
    await host.expire("rejected");
    expect(session.state()).toBe("expired");
    expect(session.view().reason?.code).toBe("rejected");
    expect(session.view().account).toBe("ada@example.com");
  });

  it("R2 turns from fresh to due by the clock, without an event", () => {
    const session = begin(new FakeHost(view({ state: "fresh", leftMs: 600_500, windowMs: 600_000 })));
    expect(session.state()).toBe("fresh");
    vi.advanceTimersByTime(490);
    expect(session.state()).toBe("fresh");
    vi.advanceTimersByTime(20);
    expect(session.state()).toBe("due");
  });

  it("R2 needs no timer longer than half a minute to find a token due", () => {
    const session = begin(new FakeHost(view({ state: "fresh", leftMs: 3_600_000, windowMs: 600_000 })));
    vi.advanceTimersByTime(2_999_000);
    expect(session.state()).toBe("fresh");
    vi.advanceTimersByTime(1_100);
    expect(session.state()).toBe("due");
  });

  it("an opaque token without a lifetime stays fresh", () => {
    const session = begin(new FakeHost(view({ state: "fresh", leftMs: null, windowMs: null })));
    vi.advanceTimersByTime(86_400_000);
    expect(session.state()).toBe("fresh");
  });
});
