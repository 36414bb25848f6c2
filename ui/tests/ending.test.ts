// The warning before a session's certain end, the dialog over the page, and the way back to one's place.
// Not in it: who sees the login view (guard.test.ts).
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { click, fill, find, open, root, shows, signIn } from "./app";
import { FakeHost, failure, session } from "./fake-host";

const token = (leftMs: number, refreshFingerprint: string | null = null, lifetimeMs = 1_800_000) => ({
  fingerprint: "9f2c41d0",
  refreshFingerprint,
  opaque: false,
  leftMs,
  lifetimeMs,
  windowMs: 600_000,
  refreshLeftMs: null,
  refreshLifetimeMs: null,
  claims: null,
});
const degraded = {
  attempts: 3,
  nextAttemptInMs: 60_000,
  sinceMs: 30_000,
  reason: "invalid_client",
  code: "misconfigured",
  offersSignIn: false,
} as const;

beforeEach(() => vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance", "Date"] }));
afterEach(() => vi.useRealTimers());

describe("the warning", () => {
  it("comes five minutes before the end of a session that nothing can renew, and not before", async () => {
    new FakeHost(session({ token: token(302_000) }));
    await open();
    await shows("home-view");
    expect(find("session-ending")).toBeNull();
    vi.advanceTimersByTime(3_000);
    expect((await shows("session-ending")).textContent).toContain("Session ends in 5 min.");
    vi.advanceTimersByTime(120_000);
    expect(find("session-ending")?.textContent).toContain("Session ends in 3 min.");
    vi.advanceTimersByTime(130_000);
    expect(find("session-ending")?.textContent).toContain("in less than a minute");
  });

  it("does not come where a refresh token can renew it, however little is left, nor while the server is only away", async () => {
    const host = new FakeHost(session({ state: "due", token: token(10_000, "77a0b3e5") }));
    await open();
    await shows("home-view");
    vi.advanceTimersByTime(8_000);
    expect(find("session-ending")).toBeNull();
    await host.change({ state: "degraded", degraded: { ...degraded, code: "server-unavailable" } });
    await shows('banner[data-kind="offline"]');
    expect(find("session-ending")).toBeNull();
  });

  it("comes when the server refuses to refresh with these settings, and goes when it does again", async () => {
    const host = new FakeHost(session({ token: token(200_000, "77a0b3e5") }));
    await open();
    await shows("home-view");
    await host.change({ state: "degraded", degraded });
    expect((await shows("session-ending")).textContent).toContain("Session ends in 4 min.");
    await host.change({ state: "fresh", degraded: null, token: token(1_800_000, "77a0b3e5") });
    await vi.waitFor(() => expect(find("session-ending")).toBeNull());
  });

  it("does not stand all the life of a token that lives for a few minutes", async () => {
    new FakeHost(session({ token: token(180_000, null, 180_000) }));
    await open();
    await shows("home-view");
    expect(find("session-ending")).toBeNull();
    vi.advanceTimersByTime(125_000);
    await shows("session-ending");
  });
});

describe("signing in over the page", () => {
  async function opened(): Promise<FakeHost> {
    const host = new FakeHost(session({ token: token(60_000), route: "/home" }));
    await open();
    await fill("draft", "half a thought");
    await click("session-ending-sign-in");
    await shows("sign-in-dialog");
    return host;
  }

  it("asks for the password only, and leaves route, scroll, draft and the very elements in place", async () => {
    const host = await opened();
    const draft = find("draft");
    const content = document.querySelector("main");
    if (content) content.scrollTop = 120;
    expect(root.dataset.route).toBe("home");
    expect(find<HTMLInputElement>("login-username")?.readOnly).toBe(true);
    expect(find<HTMLInputElement>("login-username")?.value).toBe("ada@example.com");
    expect(document.activeElement).toBe(find("login-password"));
    host.signIn = () => {
      throw failure("wrong-credentials", "No.");
    };
    await fill("login-password", "difference-engine");
    await click("login-submit");
    expect((await shows("login-error")).textContent).toContain("That password isn’t right."); // the name cannot be wrong here
    host.signIn = (account) => session({ account, generation: 2, token: token(1_800_000) });
    await fill("login-password", "analytical-engine");
    await click("login-submit");
    await vi.waitFor(() => expect(find("sign-in-dialog")).toBeNull());
    expect(find("session-ending")).toBeNull();
    expect(find("draft")).toBe(draft);
    expect(find<HTMLTextAreaElement>("draft")?.value).toBe("half a thought");
    expect(document.querySelector("main")).toBe(content);
    expect(content?.scrollTop).toBe(120);
  });

  it("stays open with a wrong password, and can be put off", async () => {
    const host = await opened();
    host.signIn = () => {
      throw failure("wrong-credentials", "Wrong.", { fields: [{ field: "password", message: "Wrong." }] });
    };
    await fill("login-password", "difference-engine");
    await click("login-submit");
    await shows('login-error[data-kind="wrong-credentials"]');
    await click("sign-in-later");
    await vi.waitFor(() => expect(find("sign-in-dialog")).toBeNull());
    await shows("session-ending");
    expect(root.dataset.route).toBe("home");
  });

  it("gives way to the login view when the session ends meanwhile", async () => {
    const host = await opened();
    await host.expire("no-refresh-token", "");
    await shows("login-notice");
    expect(find("sign-in-dialog")).toBeNull();
    expect(document.querySelectorAll('[data-testid="login-form"]')).toHaveLength(1);
  });
});

/** Nothing has a size in jsdom: told once, as a browser does on observing. */
class Observer {
  constructor(private readonly told: () => void) {}
  observe(): void {
    queueMicrotask(() => this.told());
  }
  disconnect(): void {}
}

describe("after an expiry", () => {
  it("R13 the same person is as far down the view as before, another at its top", async () => {
    vi.stubGlobal("ResizeObserver", Observer);
    onTestFinished(() => void vi.unstubAllGlobals());
    const host = new FakeHost(session({ route: "/home" }));
    await open();
    await shows("home-view");
    const scrolled = document.querySelector("main");
    if (!scrolled) throw new Error("no content");
    scrolled.scrollTop = 240;
    scrolled.dispatchEvent(new Event("scroll"));
    await host.expire();
    await signIn("ada@example.com");
    await shows("home-view");
    await vi.waitFor(() => expect(document.querySelector("main")?.scrollTop).toBe(240));
    await host.expire();
    await signIn("bob@example.com");
    await shows("home-view");
    await new Promise((done) => setTimeout(done, 50));
    expect(document.querySelector("main")?.scrollTop).toBe(0);
  });
});

describe("a cold start", () => {
  it("R13 shows the kept profile at its route before the server answers, and how old it is", async () => {
    const host = new FakeHost(session({ route: "/profile" }));
    host.profile = { account: "ada@example.com", updatedAtMs: Date.now() - 180_000, fields: [{ key: "name", json: '"Ada"' }] };
    host.reloadProfile = () => new Promise(() => {});
    await open();
    expect((await shows("profile-field")).textContent).toBe('"Ada"');
    expect(document.body.textContent).toContain("Updated 3 minutes ago");
    expect(document.querySelector(".skeleton")).toBeNull();
  });
});

describe("a refresh", () => {
  it("R2 that takes longer than a second is told in the status, and nothing lies over the page", async () => {
    vi.useRealTimers();
    const host = new FakeHost(session());
    await open();
    const status = await shows("session-status");
    await host.change({ state: "refreshing" });
    await new Promise((done) => setTimeout(done, 700));
    expect(status.textContent).toBe("Session active");
    await vi.waitFor(() => expect(status.textContent).toBe("Renewing the session…"), 2000);
    expect(find("banner")).toBeNull();
    expect(document.querySelector(".button-spinner, dialog")).toBeNull();
    await host.change({ state: "fresh" });
    await vi.waitFor(() => expect(status.textContent).toBe("Session active"));
  });
});
