// The home view: its calls, its note and the draft. Not in it: how rows are understood (shape.test.ts).
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { all, click, fill, find, open, root, shows, signIn } from "./app";
import { FakeHost, failure, reply, session } from "./fake-host";

const fresh = () => new FakeHost(session({ state: "fresh", route: "/home" }));

describe("the calls of the home view", () => {
  it("R3 are fired in parallel when it opens, each a row with its phases", async () => {
    const host = fresh();
    let release = () => {};
    const refreshed = new Promise<void>((done) => {
      release = done;
    });
    host.api = async (call, progress) => {
      progress({ phase: "waiting", call: 1, why: "due" });
      await refreshed;
      progress({ phase: "sending", call: 1, generation: 2, waitedMs: 143 });
      return reply(call, "[]", { generation: 2, waitedMs: 143 });
    };
    await open();
    await vi.waitFor(() => expect(all('call-row[data-status="waiting"]')).toHaveLength(5));
    release();
    await vi.waitFor(() => expect(all('call-row[data-status="ok"][data-generation="2"][data-waited="143"]')).toHaveLength(5));
    expect(all("call-row").map((row) => row.dataset.path)).toEqual(host.startup.backend.homeCalls);
  });

  it("are drawn before they are sent or counted, and nothing else is asked of the shell before", async () => {
    vi.spyOn(document, "hidden", "get").mockReturnValue(false);
    const frames: FrameRequestCallback[] = [];
    vi.spyOn(window, "requestAnimationFrame").mockImplementation((draw) => frames.push(draw));
    vi.useFakeTimers({ toFake: ["setTimeout"] }); // nothing else says that the window has drawn
    onTestFinished(() => void vi.useRealTimers());
    const host = fresh();
    const summary = () => document.querySelector(".calls-summary")?.textContent;
    await open();
    await Promise.resolve();
    expect(all('call-row[data-status="sending"]')).toHaveLength(5);
    expect(summary()?.trim()).toBe("");
    expect(host.seen.map(({ command }) => command).filter((command) => !command.startsWith("plugin:"))).toEqual([
      "startup",
      "session",
      "watch_calls",
    ]);
    for (const draw of frames) draw(0);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    await vi.waitFor(() => expect(summary()).toContain("5 calls"));
    expect(host.seen.map(({ command }) => command)).toContain("draft");
  });

  it("stand in the page as they are drawn, the figures first", async () => {
    fresh();
    await open();
    await shows("home-view");
    const headings = [...document.querySelectorAll(".home-grid h2")].map((heading) => heading.textContent);
    expect(headings).toEqual(["Stats", "Projects", "Notifications", "Activity", "Notes"]);
  });

  it("tell their times by the demo's clock, as far ahead as it is (R1)", async () => {
    const host = new FakeHost(session({ clockAheadMs: 86_400_000 }));
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    host.api = (call) => reply(call, JSON.stringify([{ title: "Posted three hours ago", created_at: at(86_400_000 - 3 * 3_660_000) }]));
    await open();
    const times = () => [...document.querySelectorAll(".home-grid time")].map((time) => time.textContent);
    await vi.waitFor(() => expect(times()).toEqual(Array(5).fill("3 hours ago")));
    await host.change({ clockAheadMs: 2 * 86_400_000 });
    await vi.waitFor(() => expect(times()).toEqual(Array(5).fill("yesterday")));
  });

  it("fires five hundred more when asked, all of them rows", async () => {
    const host = fresh();
    await open();
    await vi.waitFor(() => expect(all('call-row[data-status="ok"]')).toHaveLength(5));
    await fill("calls-count", "500");
    await click("calls-fire");
    await vi.waitFor(() => expect(all('call-row[data-status="ok"]')).toHaveLength(500), 5_000); // fifty a frame
    expect(host.seen.filter(({ command }) => command === "api_call")).toHaveLength(505);
  });

  it.each(["0", "501", "", "2.5"])("refuses a count of %j and fires none", async (count) => {
    const host = fresh();
    await open();
    await vi.waitFor(() => expect(all('call-row[data-status="ok"]')).toHaveLength(5));
    await fill("calls-count", count);
    await click("calls-fire");
    expect((await shows("calls-count")).getAttribute("aria-invalid")).toBe("true");
    expect(host.seen.filter(({ command }) => command === "api_call")).toHaveLength(5);
  });

  it("show a failure in their row and in their card, and leave the others alone", async () => {
    const host = fresh();
    host.api = (call) => {
      if (call.path.includes("stats")) throw failure("server-unavailable", "The server is down.", { transient: true });
      return reply(call, '[{"title":"A row"}]');
    };
    await open();
    const row = await shows('call-row[data-status="error"]');
    expect(row.textContent).toContain("The server is down or restarting.");
    expect(all('call-row[data-status="ok"]')).toHaveLength(4);
  });
});

describe("the draft", () => {
  it("is kept when posting fails, with the error beside it", async () => {
    const host = fresh();
    host.api = (call) => {
      if (call.method === "POST") throw failure("too-large", "The note is larger than 4 MiB.");
      return reply(call, "[]");
    };
    await open();
    const note = "x".repeat(10_000_000);
    await fill("draft", note);
    await click("draft-post");
    expect((await shows("draft-error")).textContent).toContain("larger than 4 MiB");
    expect((await shows<HTMLTextAreaElement>("draft")).value).toHaveLength(note.length);
    expect((await shows("draft-large")).textContent).toContain("10,000,000 letters");
  });

  it("is cleared when it is posted, and the note stands in the list", async () => {
    const host = fresh();
    host.draft = "Weave algebraic patterns";
    host.api = (call) =>
      reply(call, call.method === "POST" ? '{"id":9,"text":"Weave algebraic patterns"}' : "[]", {
        status: call.method === "POST" ? 201 : 200,
      });
    await open();
    await vi.waitFor(async () => expect((await shows<HTMLTextAreaElement>("draft")).value).toBe("Weave algebraic patterns"));
    await click("draft-post");
    await vi.waitFor(() => expect(find<HTMLTextAreaElement>("draft")?.value).toBe(""));
    await vi.waitFor(() => expect(find("home-view")?.textContent).toContain("Weave algebraic patterns"));
    expect(host.draft).toBe("");
  });

  it("R13 survives an expiry that comes before it could be saved, for the same person", async () => {
    const host = fresh();
    await open();
    await fill("draft", "half a thought");
    const save = vi.spyOn(host, "saveDraft").mockImplementation(() => {
      throw failure("session-expired", "Sign in.");
    });
    await host.expire();
    await shows("login-form");
    save.mockRestore();
    await signIn("ada@example.com");
    await vi.waitFor(() => expect(find<HTMLTextAreaElement>("draft")?.value).toBe("half a thought"));
  });

  it("R12 of one person is not shown to another", async () => {
    const host = fresh();
    await open();
    await fill("draft", "Ada’s thought");
    vi.spyOn(host, "saveDraft").mockImplementation(() => {
      throw failure("session-expired", "Sign in.");
    });
    await host.expire();
    await signIn("bob@example.com");
    const draft = await shows<HTMLTextAreaElement>("draft");
    await vi.waitFor(() => expect(all('call-row[data-status="ok"]')).toHaveLength(5));
    expect(draft.value).toBe("");
  });
});

describe("the frame", () => {
  it("R5 says at once that refreshes fail, and offers to try now", async () => {
    const host = fresh();
    await open();
    await shows("home-view");
    expect(find("banner")).toBeNull();
    const degraded = {
      attempts: 1,
      nextAttemptInMs: 9_000,
      sinceMs: 0,
      reason: "refused",
      code: "server-unavailable",
      offersSignIn: false,
    } as const;
    await host.change({ state: "degraded", degraded });
    const banner = await shows('banner[data-kind="offline"]');
    expect(banner.textContent).toContain("doesn’t answer");
    expect(root.dataset.session).toBe("degraded");
    await click("retry-now");
    expect(host.seen.map(({ command }) => command)).toContain("retry_now");
    await host.change({ state: "fresh", degraded: null });
    await vi.waitFor(() => expect(find("banner")).toBeNull());
  });

  it("R5 counts down to when the view tries again by itself, and tries at once when asked", async () => {
    const host = fresh();
    let away = true;
    const answers = host.api;
    host.api = (call, progress) => {
      if (away) throw failure("offline", "No connection.");
      return answers(call, progress);
    };
    await open();
    await host.change({ banners: [{ kind: "offline", message: "No connection." }] });
    const banner = await shows('banner[data-kind="offline"]');
    await vi.waitFor(() => expect(banner.textContent).toMatch(/Next try in [123] s/));
    away = false;
    const before = host.seen.filter(({ command }) => command === "api_call").length;
    await click("retry-now");
    await vi.waitFor(() => expect(host.seen.filter(({ command }) => command === "api_call")).toHaveLength(before + 5));
    await vi.waitFor(() => expect(all('call-row[data-status="ok"]')).toHaveLength(5));
    expect(banner.textContent).not.toContain("Next try");
    find("retry-now")?.focus();
    await host.change({ banners: [] });
    await vi.waitFor(() => expect(document.activeElement).toBe(document.querySelector("main"))); // the button is gone
  });

  it("R5 offers to sign in again where trying on may never help, and keeps who it is and the place", async () => {
    const host = fresh();
    await open();
    await shows("home-view");
    const degraded = {
      attempts: 7,
      nextAttemptInMs: 9_000,
      sinceMs: 30_000,
      reason: "500",
      code: "server-unavailable",
      offersSignIn: false,
    } as const;
    await host.change({ state: "degraded", degraded });
    await shows('banner[data-kind="offline"]');
    expect(find("sign-in-again")).toBeNull();
    await host.change({ degraded: { ...degraded, offersSignIn: true } });
    expect((await shows('banner[data-kind="offline"]')).textContent).toContain("Signing in again may help");
    await fill("draft", "half a thought");
    find("sign-in-again")?.focus();
    await click("sign-in-again");
    await shows("sign-in-dialog");
    expect(find<HTMLInputElement>("login-username")?.value).toBe("ada@example.com");
    await fill("login-password", "analytical-engine");
    await click("login-submit");
    await vi.waitFor(() => expect(find("sign-in-dialog")).toBeNull());
    expect(document.activeElement).toBe(document.querySelector("main")); // the button that opened it is gone
    expect(host.seen.map(({ command }) => command)).not.toContain("sign_out");
    expect(find<HTMLTextAreaElement>("draft")?.value).toBe("half a thought");
  });

  it("P6 says that the keyring is away, and tries again when asked", async () => {
    const host = new FakeHost(session({ banners: [{ kind: "vault", message: "The keyring is locked." }] }));
    await open();
    expect((await shows('banner[data-kind="vault"]')).textContent).toContain("locked");
    await click("retry-vault");
    expect(host.seen.map(({ command }) => command)).toContain("retry_vault");
  });

  it("R2 says nothing of a refresh that takes less than a second", async () => {
    const host = fresh();
    await open();
    const before = (await shows("session-status")).textContent;
    await host.change({ state: "refreshing" });
    expect((await shows("session-status")).textContent).toBe(before);
  });
});

describe("the profile view", () => {
  it("R11 shows every field exactly, custom ones included", async () => {
    const host = new FakeHost(session({ route: "/profile" }));
    const fields = [
      { key: "badge", json: "9007199254740993" },
      { key: "ratio", json: "1.10" },
      { key: "name", json: '"Ada"' },
      { key: "desk", json: '{"floor":3,"plants":["fern",null]}' },
    ];
    host.profile = { account: "ada@example.com", updatedAtMs: Date.now(), fields };
    await open();
    await shows("profile-field");
    const shown = all("profile-field").map((field) => [field.dataset.key, field.textContent?.replaceAll(/\s/g, "")]);
    expect(shown).toEqual(fields.map(({ key, json }) => [key, json]));
  });

  it("stays readable offline from what is kept, and says so", async () => {
    const host = new FakeHost(session({ route: "/profile" }));
    host.profile = { account: "ada@example.com", updatedAtMs: 0, fields: [{ key: "name", json: '"Ada"' }] };
    host.reloadProfile = () => {
      throw failure("offline", "No connection.");
    };
    await open();
    expect((await shows("profile-kept")).textContent).toBe("Shown as kept on this device.");
    expect(find("profile-problem")).toBeNull(); // the lasting banner says the rest: nothing moves
    expect(find("profile-field")?.textContent).toBe('"Ada"');
  });
});
