// The stories on an engine made of paper: what makes one pass, what makes it fail, and that it leaves no fault behind.
// Not in it: the real engine; end to end each story is played on the demo server.
import { createRoot } from "solid-js";
import { render } from "solid-js/web";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeHost, failure, reply, session } from "../../../../tests/fake-host";
import type { EventRecord, SessionEvent } from "../../../ipc";
import { record } from "../samples";
import { judge } from "./judge";
import { createResults, createRunner, type Runner } from "./runner";
import { Scenarios } from "./Scenarios";
import { STORIES } from "./stories";
import type { Story } from "./story";

const ADA = { username: "ada@example.com", password: "analytical-engine" };
let dispose = () => {};
let host: FakeHost;
let events: EventRecord[];
let watchers: Set<() => void>;
let due: boolean;
let faultsOn: Set<string>;
/** How many refreshes the paper engine sends for one token: one, as it should be. */
let refreshesSent: number;

function tell(...told: SessionEvent[]): void {
  for (const event of told) events.push(record((events.at(-1)?.seq ?? 0) + 1, events.length, event));
  for (const look of [...watchers]) look();
}

let number = 100;
function refresh(callers: number): void {
  for (let sent = 0; sent < refreshesSent; sent++) {
    tell({ kind: "refresh-started", refresh: ++number, trigger: "call", attempt: 1, leftMs: 599_000, lifetimeMs: 1_800_000 });
    tell({
      kind: "refresh-succeeded",
      refresh: number,
      tookMs: 20,
      callers,
      leftMs: 599_000,
      oldLifetimeMs: 1_800_000,
      lifetimeMs: 1_800_000,
      windowMs: 600_000,
      rotated: true,
      oldFingerprint: null,
      fingerprint: "c0ffee12",
    });
  }
  due = false;
}

function begin(stories: readonly Story[] = STORIES, over: Partial<Parameters<typeof createRunner>[0]> = {}): Runner {
  return createRoot((end) => {
    dispose = end;
    return createRunner({
      events: () => events,
      watch: (look) => {
        watchers.add(look);
        return () => void watchers.delete(look);
      },
      reload: () => {},
      paths: ["api/stats/", "api/notes/"],
      ada: ADA,
      stories,
      ...over,
    });
  });
}

const story = (id: string): Story => STORIES.find((each) => each.id === id) ?? raise(id);
const raise = (id: string): never => {
  throw new Error(`there is no story ${id}`);
};
const asked = (command: string) => host.seen.filter((each) => each.command === command).length;

beforeEach(() => {
  localStorage.clear();
  events = [record(1, 0, { kind: "clock-settled" })];
  watchers = new Set();
  faultsOn = new Set();
  due = false;
  refreshesSent = 1;
  host = new FakeHost(session());
  host.api = (call) => {
    if (due) refresh(5);
    const answer = reply(call, "[]", { generation: 2 });
    tell({ kind: "call-finished", call: answer.call, status: 200, tookMs: 1, waitedMs: 0 });
    return answer;
  };
  host.others = {
    reset_faults: () => {
      faultsOn.clear();
      return [];
    },
    set_fault: ({ name, on }) => {
      if (on) faultsOn.add(String(name));
      else faultsOn.delete(String(name));
      return [];
    },
    refresh_now: () => {
      const rest = refreshesSent;
      refreshesSent = 1;
      refresh(0);
      refreshesSent = rest;
      return null;
    },
    pass_time: () => {
      due = true;
      return host.view;
    },
  };
});
afterEach(() => {
  dispose();
  vi.useRealTimers();
});

describe("a scenario", () => {
  it("R3 passes with exactly 5 calls and 1 refresh", async () => {
    const runner = begin();
    await runner.run(story("five-calls"));
    expect(runner.runs()["five-calls"]).toEqual({
      result: "passed",
      why: "5 calls · 1 refresh · 5 waited: begun at 9 min 59 s left, all answered",
    });
    expect(asked("api_call")).toBe(5);
  });

  it("R3 fails at a second refresh, and says how many there were", async () => {
    refreshesSent = 2;
    const runner = begin();
    await runner.run(story("five-calls"));
    expect(runner.runs()["five-calls"]).toEqual({ result: "failed", why: "2 refreshes where 1 should be" });
  });

  it("fails when a call is not answered", async () => {
    const answers = host.api;
    let nth = 0;
    host.api = (call, progress) => {
      nth += 1;
      if (nth === 3) throw failure("server-unavailable", "The server answered 503.");
      return answers(call, progress);
    };
    const runner = begin();
    await runner.run(story("five-calls"));
    expect(runner.runs()["five-calls"]).toEqual({ result: "failed", why: "only 4 of 5 calls were answered" });
  });

  it("R16 fails when a short-lived token is refreshed while it is fresh", async () => {
    let nth = 0;
    const answers = host.api;
    host.api = (call, progress) => {
      nth += 1;
      if (nth === 50) refresh(1);
      return answers(call, progress);
    };
    const runner = begin();
    await runner.run(story("storm"));
    expect(runner.runs().storm).toEqual({ result: "failed", why: "1 refresh while the token was fresh" });
  });

  it("R6 fails a revoked session that ends twice", async () => {
    const over: SessionEvent = { kind: "session-expired", account: "ada@example.com", reason: { code: "rejected", detail: "" } };
    host.api = () => {
      if (due) tell({ kind: "refresh-started", refresh: 7, trigger: "call", attempt: 1, leftMs: 1, lifetimeMs: 1 }, over, over);
      due = false;
      throw failure("session-expired", "Sign in again.");
    };
    const runner = begin();
    await runner.run(story("revoked"));
    expect(runner.runs().revoked).toEqual({ result: "failed", why: "the session ended 2 times" });
  });

  it("leaves no fault on, also when it breaks off", async () => {
    const runner = begin([
      {
        id: "broken",
        title: "Broken",
        about: "",
        run: async (stage) => {
          await stage.fault("offline", true);
          throw new Error("no more");
        },
      },
    ]);
    await runner.run(runner.stories[0] ?? raise("broken"));
    expect(runner.runs().broken).toEqual({ result: "failed", why: "it broke off: Error: no more" });
    expect([...faultsOn]).toEqual([]);
    expect(runner.playing()).toBeNull();
  });

  it("says which event did not come, after twenty seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const runner = begin([
      {
        id: "waits",
        title: "",
        about: "",
        run: async (stage) => {
          await stage.until("the end of the world", () => false);
          return judge("", []);
        },
      },
    ]);
    const run = runner.run(runner.stories[0] ?? raise("waits"));
    await vi.advanceTimersByTimeAsync(19_900);
    expect(runner.runs().waits?.result).toBe("running");
    await vi.advanceTimersByTimeAsync(200);
    await run;
    expect(runner.runs().waits).toEqual({ result: "failed", why: "20 s went by without the end of the world" });
    expect(watchers.size).toBe(0);
  });

  it("plays alone: a second one does not begin beside it", async () => {
    const runner = begin();
    const first = runner.run(story("five-calls"));
    await runner.run(story("clock"));
    await first;
    expect(Object.keys(runner.runs())).toEqual(["five-calls"]);
  });

  it("signs the demo account in where nobody is, or somebody else", async () => {
    host.view = session({ account: "grace@example.com" });
    host.signIn = (account) => {
      tell({ kind: "signed-in", account, lifetimeMs: 1_800_000 });
      return session({ account });
    };
    const runner = begin();
    await runner.run(story("five-calls"));
    expect(runner.runs()["five-calls"]?.result).toBe("passed");
    expect([asked("sign_out"), asked("sign_in")]).toEqual([1, 1]);
    expect(host.seen.find(({ command }) => command === "sign_out")?.args).toEqual({ remember: true });
  });

  it("ends with the panel that plays it: its faults go off at once, and none is turned on any more", async () => {
    let waits = () => {};
    const waiting = new Promise<void>((done) => {
      waits = done;
    });
    const endless: Story = {
      id: "endless",
      title: "Endless",
      about: "It waits for what never comes.",
      run: async (stage) => {
        await stage.fault("slow-refresh", true);
        waits();
        await stage.until("what never comes", () => false);
        return { passed: true, why: "it came" };
      },
    };
    const runner = begin([endless]);
    const ended = runner.run(endless);
    await waiting;
    expect([...faultsOn]).toEqual(["slow-refresh"]);
    dispose();
    await ended;
    expect([...faultsOn]).toEqual([]);
    expect(watchers.size).toBe(0);
  });

  it("F29 goes on after the window began anew, and keeps nothing of the session for it", async () => {
    const reload = vi.fn();
    host.others.refresh_now = () => {
      if (due) tell({ kind: "refresh-started", refresh: 9, trigger: "manual", attempt: 1, leftMs: 1, lifetimeMs: 1 });
      else refresh(0);
      return null;
    };
    void begin(STORIES, { reload }).run(story("restart"));
    await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
    expect(localStorage.getItem("dev-panel-scenario")).toMatch(
      /^\{"id":"restart","since":\d+,"runs":\{"restart":\{"result":"running","why":"[^"]+"\}\}\}$/,
    );
    dispose();
    due = false;
    const before = refreshesSent;
    const after = begin();
    after.resume();
    expect(after.runs().restart?.result).toBe("running");
    refreshesSent = 0; // the one that was in the air ends
    tell({
      kind: "refresh-succeeded",
      refresh: 9,
      tookMs: 3_100,
      callers: 0,
      leftMs: 1,
      oldLifetimeMs: 1,
      lifetimeMs: 1,
      windowMs: 1,
      rotated: true,
      oldFingerprint: null,
      fingerprint: "c0ffee12",
    });
    refreshesSent = before;
    await vi.waitFor(() => expect(after.runs().restart?.result).toBe("passed"));
    expect(localStorage.getItem("dev-panel-scenario")).toBeNull();
    after.resume();
    expect(asked("api_call")).toBe(5);
  });
});

/** One that does nothing; `restarts`: in whose middle the window begins anew. */
function still(id: string, restarts = false): Story {
  const passed = { passed: true, why: `${id} is as it should be` };
  return {
    id,
    title: id,
    about: id,
    run: async (stage) => {
      if (!restarts) return passed;
      stage.reload();
      return new Promise(() => {});
    },
    ...(restarts && { resume: async () => passed }),
  };
}

describe("all scenarios in a row", () => {
  it("F29 ends with the one that begins the window anew, and the results of the others are there after it", async () => {
    const reload = vi.fn();
    const stories = [still("restart", true), still("one"), still("two")];
    const first = begin(stories, { reload });
    void first.runAll();
    await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
    expect(Object.keys(first.runs())).toEqual(["one", "two", "restart"]);
    dispose();
    const after = begin(stories);
    after.resume();
    await vi.waitFor(() => expect(after.playing()).toBeNull());
    expect(Object.values(after.runs()).map(({ result }) => result)).toEqual(["passed", "passed", "passed"]);
  });

  it("are still there when the panel was closed meanwhile, with what broke off", async () => {
    const results = createResults();
    const endless: Story = {
      ...still("endless"),
      run: async (stage) => {
        await stage.until("what never comes", () => false);
        return { passed: true, why: "it came" };
      },
    };
    const first = begin([still("one"), endless, still("two")], { results });
    const round = first.runAll();
    await vi.waitFor(() => expect(first.playing()).toBe("endless"));
    dispose();
    await round;
    const after = begin([still("one"), endless, still("two")], { results });
    expect(after.runs()).toEqual({
      one: { result: "passed", why: "one is as it should be" },
      endless: { result: "failed", why: "the panel was closed" },
    });
  });

  it("counts no result of an earlier round", async () => {
    const runner = begin([still("one"), still("two")]);
    await runner.runAll();
    const second = runner.runAll();
    expect(Object.keys(runner.runs())).toEqual(["one"]);
    await second;
    expect(Object.keys(runner.runs())).toEqual(["one", "two"]);
  });
});

describe("the list of scenarios", () => {
  const rows = () => [...document.querySelectorAll<HTMLButtonElement>('[data-testid="scenario"]')];
  const show = (runner: Runner, offered = true) => {
    const root = document.body.appendChild(document.createElement("div"));
    const end = render(() => <Scenarios runner={runner} offered={offered} />, root);
    const before = dispose;
    dispose = () => {
      end();
      before();
    };
  };

  it("has ten stories, each by its name, and ends one with a tick and a sentence", async () => {
    show(begin());
    expect(new Set(rows().map(({ dataset }) => dataset.scenario)).size).toBe(10);
    expect(rows()[0]?.dataset.result).toBeUndefined();
    rows()[0]?.click();
    await vi.waitFor(() => expect(rows()[0]?.dataset.result).toBe("passed"));
    expect(rows()[0]?.textContent).toContain("passed");
    expect(rows()[0]?.textContent).toContain("5 calls · 1 refresh");
  });

  it("is not offered with a real server (P10)", async () => {
    const runner = begin(STORIES, { ada: null });
    show(runner, false);
    expect(rows()).toEqual([]);
    await runner.run(story("five-calls"));
    expect(host.seen.filter(({ command }) => !command.startsWith("plugin:"))).toEqual([]);
  });
});
