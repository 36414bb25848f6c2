// The page in the panel's own window: the panel and nothing else, fed like the main one.
// Not in it: the window (Rust and tests/e2e), and the main window's page (panel.test.ts).
import axe from "axe-core";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { record } from "../src/features/dev-panel/samples";
import type { EventBatch } from "../src/ipc";
import { all, click, find, open, root, shows } from "./app";
import { FakeHost, session, startup } from "./fake-host";

let host: FakeHost;
const seen = (command: string) => host.seen.filter((each) => each.command === command).length;

beforeAll(() => import("../src/features/dev-panel")); // the first time it is translated, which takes longer than a person would wait
beforeEach(() => {
  host = new FakeHost(session());
  host.startup = { ...startup(), window: "dev-panel" };
  host.others = { watch_events: () => null, faults: () => [] };
});

describe("the page of the panel's own window", () => {
  it("shows the panel alone, and watches", async () => {
    await open();
    await shows("dev-panel");
    expect(find("nav-home")).toBeNull();
    expect(document.querySelector(".dev-handle")).toBeNull();
    expect(root.dataset.route).toBe("dev-panel");
    expect(document.title).toBe("Session Keeper · Developer panel");
    expect(find("dev-panel")?.closest("[lang]")?.getAttribute("lang")).toBe("en");
    expect(seen("watch_events")).toBe(1);
  });

  it("has nothing in it that not everybody could use", async () => {
    await open();
    await shows("dev-panel");
    const { violations } = await axe.run(document.documentElement, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } },
    });
    expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).toEqual([]);
  });

  it("shows an event once that came with the black box and by itself", async () => {
    let watcher: { onmessage(batch: EventBatch): void } | undefined;
    host.others.watch_events = ({ events }) => {
      watcher = events as typeof watcher;
      return null;
    };
    await open();
    await shows("dev-panel");
    await vi.waitFor(() => expect(watcher).toBeDefined());
    const counters = { calls: 0, refreshes: 0, shared: 0, failures: 0 };
    const [first, second, third] = [1, 2, 3].map((seq) => record(seq, seq, { kind: "clock-settled" }));
    for (const events of [[first, second], [second, third], [third]]) {
      watcher?.onmessage({ events: events.flatMap((event) => event ?? []), counters });
    }
    await vi.waitFor(() => expect(all("event-row").map(({ dataset }) => dataset.seq)).toEqual(["1", "2", "3"]));
  });

  it("follows the session", async () => {
    await open();
    await shows("dev-panel");
    await host.change({ state: "refreshing" });
    await vi.waitFor(() => expect(root.dataset.session).toBe("refreshing"));
    await host.expire();
    await vi.waitFor(() => expect(root.dataset.session).toBe("expired"));
    expect(find("dev-panel")).not.toBeNull();
  });

  it("goes back by its button, and closes by its other one and by the shortcut", async () => {
    await open();
    await click("dev-attach");
    expect(seen("attach_panel")).toBe(1);
    expect(seen("close_panel")).toBe(0);
    document.querySelector<HTMLElement>("[aria-label='Close the developer panel']")?.click();
    expect(seen("close_panel")).toBe(1);
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "D", ctrlKey: true, shiftKey: true }));
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "D", ctrlKey: true, shiftKey: true, repeat: true }));
    expect(seen("close_panel")).toBe(2);
  });

  it("begins anew when the program was opened with other settings", async () => {
    await open();
    await shows("dev-panel");
    host.startup = { ...startup({ demoAccount: null }), window: "dev-panel" };
    await host.tell("program-reopened");
    await vi.waitFor(() => expect(seen("watch_events")).toBe(2));
    expect(seen("unwatch_events")).toBe(1);
    await vi.waitFor(() => expect(find("pass-time")).toBeNull());
  });

  it("takes theme and language from the main window at once", async () => {
    await open();
    await shows("dev-panel");
    const choose = (key: string, value: string) => {
      localStorage.setItem(key, value);
      window.dispatchEvent(new StorageEvent("storage", { key, newValue: value }));
    };
    choose("theme", "dark");
    expect(root.dataset.theme).toBe("dark");
    choose("language", "ar");
    await vi.waitFor(() => expect(root.dir).toBe("rtl"));
    localStorage.clear();
    window.dispatchEvent(new StorageEvent("storage", { key: null }));
    expect(root.dataset.theme).toBeUndefined();
    await vi.waitFor(() => expect(root.dir).toBe("ltr"));
  });
});
