// The whole panel on a fake shell: what a person and the end-to-end tests find in it.
// Not in it: the pure parts (tests beside them) and how it looks.
import { render } from "solid-js/web";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeHost, failure, startup, session as view } from "../../../tests/fake-host";
import type { EventBatch, EventRecord, FaultView } from "../../ipc";
import { AppProvider, createSession } from "../../session";
import DevPanel from "./DevPanel";
import { burst, record, START } from "./samples";
import { ROWS, ROWS_IN_A_RUSH } from "./window";

let dispose = () => {};
let host: FakeHost;
let sender: { onmessage: (batch: EventBatch) => void } | undefined;
let faults: FaultView[];

function open(over: Parameters<typeof view>[0] = {}, move?: () => Promise<null>) {
  const shown = view(over);
  host = new FakeHost(shown);
  host.others = {
    watch_events: ({ events }) => {
      sender = events as typeof sender;
      return null;
    },
    faults: () => faults,
    set_fault: ({ name, on }) => {
      faults = faults.map((fault) => (fault.name === name ? { ...fault, on: Boolean(on) } : fault));
      return faults;
    },
    reset_faults: () => {
      faults = faults.map((fault) => ({ ...fault, on: false }));
      return faults;
    },
  };
  const onClose = vi.fn();
  const root = document.body.appendChild(document.createElement("div"));
  dispose = render(
    () => (
      <AppProvider app={{ session: createSession(shown), startup: startup() }}>
        <DevPanel onClose={onClose} {...(move ? { move } : {})} />
      </AppProvider>
    ),
    root,
  );
  return onClose;
}

const all = (id: string) => [...document.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
const one = (id: string) => all(id)[0] ?? document.body;
const seen = (command: string) => host.seen.filter((each) => each.command === command).length;

async function tell(events: EventRecord[]) {
  await vi.waitFor(() => expect(sender).toBeDefined());
  sender?.onmessage({ events, counters: { calls: 20, refreshes: 1, shared: 19, failures: 0 } });
  await vi.waitFor(() => expect(one("count-calls").textContent).toBe("20"));
}

const sheet = (name: string) =>
  all("dev-tab")
    .find((tab) => tab.dataset.tab === name)
    ?.click();

beforeEach(() => {
  localStorage.clear();
  sender = undefined;
  faults = [
    { name: "slow-refresh", on: false, description: "The refresh takes three seconds." },
    { name: "refresh-503", on: false, description: "Refreshes are answered with 503." },
  ];
});
afterEach(() => dispose());

describe("the developer panel", () => {
  it("shows 20 calls on one refresh as 20 lanes and one bar (R3, F1)", async () => {
    open();
    await tell(burst(20, 143));
    expect(all("lane").map(({ dataset }) => dataset.phase)).toEqual(Array(20).fill("done"));
    expect(all("refresh-bar")).toHaveLength(1);
    expect(one("waterfall-caption").textContent).toBe("20 requests · 1 refresh · 19 shared · longest wait 143 ms");
    expect(["calls", "refreshes", "shared", "failures"].map((key) => one(`count-${key}`).textContent)).toEqual(["20", "1", "19", "0"]);
  });

  it("draws nothing twice when the black box is told again", async () => {
    open();
    const events = burst(5, 143);
    await tell(events);
    await tell(events);
    expect(all("event-row")).toHaveLength(events.length);
    expect(all("event-row").map(({ dataset }) => Number(dataset.seq))).toEqual(events.map(({ seq }) => seq));
    expect(all("lane")).toHaveLength(5);
  });

  it("keeps a lane's element while it goes from waiting to done", async () => {
    open();
    const events = burst(2, 143);
    const until = events.findIndex(({ kind }) => kind === "call-sent");
    await tell(events.slice(0, until));
    const before = all("lane");
    expect(before.map(({ dataset }) => dataset.phase)).toEqual(["waiting", "waiting"]);
    await tell(events);
    await vi.waitFor(() => expect(all("lane").map(({ dataset }) => dataset.phase)).toEqual(["done", "done"]));
    expect(all("lane")).toEqual(before);
  });

  it("tells the token's state in figures and never more of it than a fingerprint (P1)", () => {
    open({ leftMs: 492_000, generation: 4 });
    expect({ ...one("token-state").dataset }).toEqual({
      testid: "token-state",
      state: "due",
      expiresIn: expect.stringMatching(/^49[12]$/),
      window: "600",
      generation: "4",
      fingerprint: "9f2c41d0",
    });
  });

  it("R1 tells of a token that is over for how long, also when the panel was opened late, and that the session is only due", () => {
    open({ state: "due", leftMs: -752_400 });
    expect(one("token-state").dataset).toMatchObject({ state: "due", expiresIn: "-753" });
    expect(document.querySelector(".token-left")?.textContent).toBe("Over for 12 min 32 s Due");
    expect(document.querySelector(".token-left + p")?.textContent).toBe("The next call refreshes it.");
    dispose();
    open({ state: "refreshing", leftMs: -752_400 });
    expect(document.querySelector(".token-left + p")?.textContent).toBe("of 30 min, due below 10 min");
  });

  it.each([
    ["Refresh token: 6 days 22 h left", "at the rim's end", { refreshLeftMs: 600_000_000, refreshLifetimeMs: 604_800_000 }],
    ["Refresh token: 1 min 0 s left", "within the access token's life", { refreshLeftMs: 60_900, refreshLifetimeMs: 604_800_000 }],
    ["Refresh token’s end not known", null, {}],
    ["No refresh token", null, { refreshFingerprint: null }],
  ])("says '%s' of the refresh token and has its tick %s (R6)", (words, tick, over) => {
    const { token } = view({ leftMs: 1_500_000 });
    open({ token: token && { ...token, ...over } });
    expect(one("refresh-end").textContent).toBe(words);
    expect(document.querySelectorAll(".ring-refresh-end")).toHaveLength(tick === null ? 0 : 1);
    expect(document.querySelectorAll(".ring-refresh-soon")).toHaveLength(tick === "within the access token's life" ? 1 : 0);
  });

  it("shows no figures of a token when there is none", () => {
    open({ state: "signed-out" });
    expect(one("token-state").dataset.state).toBe("signed-out");
    expect(one("token-state").dataset.expiresIn).toBeUndefined();
    expect(all("refresh-now")).toEqual([]);
  });

  it("says why nothing can be refreshed where the server gave no refresh token (R6)", () => {
    const { token } = view({ leftMs: 1_500_000 });
    open({ token: token && { ...token, refreshFingerprint: null } });
    one("refresh-now").click();
    expect(document.querySelector(".dev-told")?.textContent).toContain("gave no refresh token");
    expect(seen("refresh_now")).toBe(0);
  });

  it("switches faults, and asks again after each refresh because a fault may have switched itself off", async () => {
    open();
    await vi.waitFor(() => expect(all("fault")).toHaveLength(2));
    one("fault").click();
    await vi.waitFor(() => expect(one("fault").getAttribute("aria-pressed")).toBe("true"));
    faults = faults.map((fault) => ({ ...fault, on: false }));
    await tell(burst(1, 143));
    await vi.waitFor(() => expect(one("fault").getAttribute("aria-pressed")).toBe("false"));
    expect(one("fault").title).toBe("The refresh takes three seconds.");
  });

  it("says how many faults are on, also while another sheet is shown, and turns all off at one click", async () => {
    open();
    await vi.waitFor(() => expect(all("fault")).toHaveLength(2));
    expect(all("faults-on")).toEqual([]);
    for (const fault of all("fault")) fault.click();
    await vi.waitFor(() => expect(one("faults-on").textContent).toBe("2 on"));
    sheet("scenarios");
    expect(document.querySelector(".dev-head")?.textContent).toContain("2 faults on");
    one("faults-reset").click();
    await vi.waitFor(() => expect(all("faults-on")).toEqual([]));
    expect(document.querySelector(".dev-head")?.textContent).not.toContain("on");
    expect(seen("reset_faults")).toBe(1);
  });

  it("remembers which sheet was open, and goes through them by arrow keys", () => {
    open();
    const shown = () => all("dev-tab").find((tab) => tab.getAttribute("aria-selected") === "true")?.dataset.tab;
    expect(shown()).toBe("token");
    one("dev-tab").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
    expect(shown()).toBe("scenarios");
    expect(document.activeElement).toBe(all("dev-tab")[2]);
    dispose();
    open();
    expect(shown()).toBe("scenarios");
    expect(all("dev-tab").map((tab) => tab.tabIndex)).toEqual([-1, -1, 0]);
    expect(one("token-state").closest("[hidden]")).not.toBeNull();
  });

  it("lights the state and tells its last cause", async () => {
    open({ leftMs: 1_500_000 });
    await tell(burst(5, 143));
    expect(one("state-machine").dataset.from).toBe("refreshing");
    expect(one("state-machine").textContent).toContain("Refreshing → Fresh: refresh 3 gave a new token in 143 ms");
    const lit = [...one("state-machine").querySelectorAll("[data-on]")].map((state) => state.textContent);
    expect(lit).toEqual(["Fresh"]);
  });

  it("P1 holds the last refresh against the token before, by fingerprint", async () => {
    open();
    expect(one("last-refresh").textContent).toContain("None has been seen yet");
    await tell(burst(5, 143));
    const rows = [...one("last-refresh").querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows[0]).toEqual(["access", "5e1f00aa", "c0ffee12"]);
    expect(rows[2]).toEqual(["left", "8 min 12 s", "30 min 0 s"]);
  });

  it("lets time pass for the demo at a click, and says how far its clock is ahead", async () => {
    open({ clockAheadMs: 1_200_000 });
    expect(one("demo-clock").textContent).toBe("20 min ahead");
    all("pass-time")[1]?.click();
    await vi.waitFor(() => expect(seen("pass_time")).toBe(1));
    expect(host.seen.find(({ command }) => command === "pass_time")?.args).toEqual({ seconds: 600 });
  });

  it("lets a lane grow while the demo's clock is ahead of this machine's", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: START });
    open({ clockAheadMs: 1_200_000 });
    const events = burst(1, 143).map((event) => ({ ...event, atMs: event.atMs + 1_200_000 }));
    const until = events.findIndex(({ kind }) => kind === "call-sent");
    await tell(events.slice(0, until));
    vi.setSystemTime(START + 2_000);
    await vi.waitFor(() => expect(one("waterfall-caption").textContent).toContain("longest wait 2 s"));
    vi.useRealTimers();
  });

  it("R11 shows the profile field by field, and that none is lost", async () => {
    open();
    host.profile = { account: "ada@example.com", updatedAtMs: START, fields: [{ key: "first_name", json: '"Ada"' }] };
    await tell(burst(5, 143));
    sheet("profile");
    await vi.waitFor(() => expect(one("proof").textContent).toBe("1 field · 0 lost · 0 changed"));
    expect(one("proof-field").dataset).toMatchObject({ key: "first_name", fate: "kept" });
    expect(one("proof-slot").textContent).toBe("no whole slot on the disk");
    host.others.profile_slot = () => ({ slot: "B", generation: 17, writtenAtMs: START });
    sheet("token");
    sheet("profile");
    await vi.waitFor(() => expect(one("proof-slot").textContent).toBe("slot B · generation 17 · checksum ok"));
    expect(one("proof").nextElementSibling?.textContent).toMatch(/^across \d+ refresh(es)? seen here, written at \d\d:15:00$/);
  });

  it("offers no faults when a real server is set (P10)", async () => {
    faults = [];
    open();
    await vi.waitFor(() => expect(document.body.textContent).toContain("A real server is set"));
    expect(all("faults-reset")).toEqual([]);
  });

  it("filters the log by group and by words", async () => {
    open();
    await tell(burst(5, 143));
    const calls = [...document.querySelectorAll<HTMLElement>("[data-group]")].find(({ dataset }) => dataset.group === "calls");
    calls?.click();
    expect(all("event-row").map(({ dataset }) => dataset.kind)).toEqual(["refresh-started", "refresh-succeeded"]);
    calls?.click();
    const search = one("event-search") as HTMLInputElement;
    search.value = "call 14 ";
    search.dispatchEvent(new InputEvent("input", { bubbles: true }));
    expect(all("event-row")).toHaveLength(4);
  });

  it("stands still while paused and loses nothing", async () => {
    open();
    const events = burst(2, 143);
    await tell(events.slice(0, 3));
    one("events-pause").click();
    await tell(events);
    await vi.waitFor(() => expect(all("lane").map(({ dataset }) => dataset.phase)).toEqual(["done", "done"]));
    expect(all("event-row")).toHaveLength(3);
    one("events-pause").click();
    expect(all("event-row")).toHaveLength(events.length);
  });

  it("stands still no longer when it is cleared from the waterfall", async () => {
    open();
    await tell(burst(2, 143));
    one("events-pause").click();
    one("waterfall-clear").click();
    expect(all("event-row")).toEqual([]);
    expect(one("events-pause").getAttribute("aria-pressed")).toBe("false");
  });

  it("forgets what it shows when cleared, and shows what comes next", async () => {
    open();
    await tell(burst(2, 143));
    one("events-clear").click();
    expect([all("event-row").length, all("lane").length]).toEqual([0, 0]);
    await tell(burst(2, 143));
    expect(all("event-row")).toEqual([]);
    await tell(burst(3, 143, 1));
    await vi.waitFor(() => expect(all("lane")).toHaveLength(3));
  });

  it("keeps what it knows of the session when log and waterfall are cleared, and says when that was (R11)", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: START });
    open({ leftMs: 1_500_000, clockAheadMs: 60_000 });
    host.profile = { account: "ada@example.com", updatedAtMs: START, fields: [{ key: "first_name", json: '"Ada"' }] };
    sheet("profile");
    await vi.waitFor(() => expect(one("proof").textContent).toBe("1 field · 0 lost · 0 changed"));
    await tell(burst(5, 143));
    const facts = () => [one("state-machine").textContent, one("last-refresh").textContent, one("proof").nextElementSibling?.textContent];
    await vi.waitFor(() => expect(facts()[2]).toContain("across 1 refresh seen here"));
    const before = facts();
    expect(before[0]).toContain("refresh 3 gave a new token");
    expect(before[1]).toContain("number 3");
    one("waterfall-clear").click();
    expect(all("event-row")).toEqual([]);
    expect(facts()).toEqual(before);
    expect(document.querySelector(".log-body")?.textContent).toMatch(/^Cleared at \d\d:16\. What happens from now on/);
    vi.useRealTimers();
  });

  it("finds the events of the lane that is chosen", async () => {
    open();
    await tell(burst(5, 143));
    all("lane")[2]?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    expect(all("event-row").map(({ dataset }) => dataset.kind)).toEqual(["call-checked", "call-waiting", "call-sent", "call-finished"]);
  });

  it("lights up the refresh and all of its calls when one is selected, and nothing when it is let go", async () => {
    open();
    await tell([...burst(3, 143), ...burst(4, 143, 1)]);
    const lit = () => all("event-row").filter(({ dataset }) => dataset.related !== undefined).length;
    const succeeded = all("event-row")
      .filter(({ dataset }) => dataset.kind === "refresh-succeeded")
      .at(-1);
    succeeded?.click();
    expect(lit()).toBe(4 * 4 + 2);
    expect(document.querySelectorAll("g.lane.related")).toHaveLength(4);
    expect(document.querySelectorAll("g.refresh.related")).toHaveLength(1);
    succeeded?.click();
    expect([lit(), document.querySelectorAll(".related, .unrelated").length]).toEqual([0, 0]);
  });

  it("shows the reason and the figures of the row that has the focus, and moves by keys from the refresh to the last lane", async () => {
    open();
    await tell(burst(5, 143));
    const row = () => document.activeElement?.getAttribute("data-row");
    const press = async (key: string) => {
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      await Promise.resolve();
    };
    all("lane")[0]?.focus();
    expect(row()).toBe("call 12");
    const card = one("waterfall-card").textContent ?? "";
    one("lane").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    expect(all("waterfall-card")).toEqual([]); // WCAG 1.4.13
    for (const words of ["Call 12 GET api/projects/ found the token due", "waited 143 ms for refresh 3 (its own)", "Waiting144 ms"])
      expect(card).toContain(words);
    await press("ArrowUp");
    expect(row()).toBe("refresh 3");
    expect(one("waterfall-card").textContent).toBe("Refresh 3, started by a call, succeeded in 143 ms, 5 callers waited");
    await press("End");
    expect(row()).toBe(all("lane").at(-1)?.dataset.row);
    expect(all("lane").at(-1)?.dataset.row).toBe("call 15"); // the order of their beginnings
    expect(all("lane").filter((lane) => lane.tabIndex === 0)).toHaveLength(1);
  });

  it("stays at a pinned range while calls come, and follows the newest again when it is let go", async () => {
    open();
    await tell(burst(2, 143));
    one("waterfall-pin").click();
    await tell([...burst(2, 143), ...burst(7, 143, 1)]);
    await vi.waitFor(() => expect(all("event-row").length).toBeGreaterThan(10));
    expect([one("waterfall-pin").getAttribute("aria-pressed"), all("lane").length]).toEqual(["true", 2]);
    one("waterfall-pin").click();
    await vi.waitFor(() => expect(all("lane")).toHaveLength(7));
  });

  it("stands still while the waterfall is paused and loses nothing", async () => {
    open();
    const events = burst(2, 143);
    const until = events.findIndex(({ kind }) => kind === "call-sent");
    await tell(events.slice(0, until));
    one("waterfall-pause").click();
    await tell(events);
    await vi.waitFor(() => expect(all("event-row")).toHaveLength(events.length));
    expect(all("lane").map(({ dataset }) => dataset.phase)).toEqual(["waiting", "waiting"]);
    one("waterfall-pause").click();
    expect(all("lane").map(({ dataset }) => dataset.phase)).toEqual(["done", "done"]);
  });

  it("has a table as the picture's twin, with the same rows", async () => {
    open();
    await tell(burst(20, 143));
    one("waterfall-as-table").click();
    expect(all("waterfall")).toEqual([]);
    const rows = [...one("waterfall-table").querySelectorAll("tbody tr")].map((row) => row.textContent);
    expect(rows).toHaveLength(21);
    expect(rows[0]).toBe("Refresh 3, started by a call, succeeded in 143 ms, 20 callers waited");
    expect(rows.filter((row) => row?.includes("refresh 3, shared"))).toHaveLength(19);
    expect(one("waterfall-table").querySelector("caption")?.textContent).toBe(one("waterfall-caption").textContent);
  });

  it("P1 copies one event as JSON without the account", async () => {
    const writeText = vi.fn(async (_: string) => {});
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText } });
    open();
    await tell([record(1, 0, { kind: "signed-in", account: "ada@example.com", lifetimeMs: 1_800_000 })]);
    one("event-copy").click();
    await vi.waitFor(() => expect(document.querySelector(".log-told")?.textContent).toBe("Event 1 copied"));
    expect(JSON.parse(writeText.mock.calls[0]?.[0] ?? "")).toEqual({
      seq: 1,
      atMs: START,
      generation: 3,
      kind: "signed-in",
      account: "account",
      lifetimeMs: 1_800_000,
    });
    vi.unstubAllGlobals();
  });

  it("draws of 10,000 events only what is in view", async () => {
    open();
    await tell(Array.from({ length: 122 }, (_, nth) => burst(20, 143, nth)).flat());
    await vi.waitFor(() => expect(all("lane").length).toBeGreaterThan(0));
    expect(all("lane").length).toBeLessThan(100);
    expect(all("event-row")).toHaveLength(ROWS_IN_A_RUSH);
    await vi.waitFor(() => expect(all("event-row")).toHaveLength(ROWS));
    // Everything in the page together: 10,000 rows alone would be more than 50,000 elements.
    expect(document.querySelectorAll("*").length).toBeLessThan(2_500);
  });

  it("reaches by keys every event of 10,000, tells its place, and follows again at the newest", async () => {
    open();
    const events = Array.from({ length: 122 }, (_, nth) => burst(20, 143, nth)).flat();
    await tell(events);
    await vi.waitFor(() => expect(all("event-row")).toHaveLength(ROWS));
    const place = () => Number(document.activeElement?.getAttribute("aria-posinset"));
    const press = (key: string) =>
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    all("event-row").at(-1)?.focus();
    const last = place();
    expect(last).toBe(Math.min(events.length, 10_000));
    expect(document.activeElement?.getAttribute("aria-setsize")).toBe("-1");
    press("Home");
    expect([place(), all("event-row").length]).toEqual([1, ROWS]);
    expect(document.activeElement?.getAttribute("aria-setsize")).toBe(String(last));
    for (let page = 0; page < 20; page++) press("PageDown"); // eight rows each, and out of the first rows in the page
    press("ArrowDown");
    expect([place(), all("event-row").length]).toEqual([162, ROWS]);
    press("End");
    expect(place()).toBe(last);
  });

  it("is resized by keys and remembers its height", () => {
    open();
    const handle = document.querySelector<HTMLElement>(".dev-handle");
    const before = Number(handle?.getAttribute("aria-valuenow"));
    handle?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true }));
    expect(handle?.getAttribute("aria-valuenow")).toBe(String(before + 16));
    dispose();
    open();
    expect(document.querySelector(".dev-handle")?.getAttribute("aria-valuenow")).toBe(String(before + 16));
  });

  it("P1 exports the events, and says where to and what is left out", async () => {
    open();
    host.others.export_events = () => ({
      file: "/data/exports/events-1.jsonl",
      archive: "/data/exports/calls-1.har",
      events: 42,
      forgotten: 7,
      leftOut: ["account names", "tokens"],
    });
    one("events-export").click();
    await vi.waitFor(() => expect(one("export-file").textContent).toBe("/data/exports/events-1.jsonl"));
    const sent = host.seen.find(({ command }) => command === "export_events")?.args.archive;
    expect(JSON.parse(String(sent))).toMatchObject({ log: { version: "1.2" } });
    expect(one("export-archive").textContent).toBe("/data/exports/calls-1.har");
    const dialog = document.querySelector("dialog")?.textContent ?? "";
    for (const words of ["42 events", "The 7 that came before them are not kept.", "account names", "tokens"])
      expect(dialog).toContain(words);
  });

  it("stays where it is while a story plays, and says why when asked to move", async () => {
    const move = vi.fn(async () => null);
    open({}, move);
    let end = (_: unknown) => {};
    host.others.reset_faults = () => new Promise((done) => (end = done));
    sheet("scenarios");
    one("scenario").click();
    await vi.waitFor(() => expect(one("dev-detach").getAttribute("aria-disabled")).toBe("true"));
    const why = "A scenario is playing. The panel can be moved when it has ended.";
    expect(one("dev-detach").title).toBe(why);
    one("dev-detach").click();
    expect(document.querySelector(".dev-told")?.textContent).toBe(why);
    expect(move).not.toHaveBeenCalled();

    host.others.refresh_now = () => {
      throw failure("internal", "No.");
    };
    host.others.reset_faults = () => faults;
    end(faults);
    await vi.waitFor(() => expect(one("scenario").dataset.result).toBe("failed"));
    expect(document.querySelector(".dev-told")?.textContent).toBe("");
    one("dev-detach").click();
    expect(move).toHaveBeenCalledOnce();
  });

  it("watches while it is open only, and uses no style attribute (P9)", async () => {
    const onClose = open();
    await tell(burst(20, 143));
    expect(document.querySelectorAll("[style]")).toHaveLength(0);
    document.querySelector<HTMLElement>('[aria-label="Close the developer panel"]')?.click();
    expect(onClose).toHaveBeenCalledOnce();
    expect([seen("watch_events"), seen("unwatch_events")]).toEqual([1, 0]);
    dispose();
    expect(seen("unwatch_events")).toBe(1);
  });
});
