// Where there is a developer panel, where it stands, and what is remembered of it. Not in it: what the panel shows (features/dev-panel).
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { all, click, find, open, shows } from "./app";
import { FakeHost, failure, session, startup } from "./fake-host";

const press = (over: KeyboardEventInit = {}) =>
  window.dispatchEvent(new KeyboardEvent("keydown", { key: "D", ctrlKey: true, shiftKey: true, cancelable: true, ...over }));

let host: FakeHost;
const seen = (command: string) => host.seen.filter((each) => each.command === command).map(({ args }) => args);
const drawer = () => document.querySelector(".window-drawer");
const place = () => find("dev-toggle")?.dataset.place;

function begin(others: FakeHost["others"] = {}): void {
  host = new FakeHost(session());
  host.others = { watch_events: () => null, faults: () => [], ...others };
}
const refuse = () => {
  throw failure("internal", "The window cannot be opened.");
};

beforeAll(() => import("../src/features/dev-panel")); // the first time it is translated, which takes longer than a person would wait
beforeEach(() => begin());

describe("the developer panel", () => {
  it("opens by its shortcut where the program has one", async () => {
    await open();
    await shows("dev-toggle");
    press();
    expect(drawer()).not.toBeNull();
    await shows("dev-panel");
  });

  it("P10 has no button, no shortcut and no memory where the program has none", async () => {
    localStorage.setItem("dev-panel", "open");
    localStorage.setItem("dev-panel-place", "window");
    host.startup = startup({ devPanel: false });
    await open();
    await shows("home-view");
    press();
    expect(find("dev-toggle")).toBeNull();
    expect(drawer()).toBeNull(); // stands there as soon as the panel is to open
    expect(seen("watch_events")).toEqual([]);
    expect(seen("detach_panel")).toEqual([]);
  });
});

describe("the panel's own window", () => {
  /** As the program is found by who left the panel in its own window. */
  function leftApart(): void {
    localStorage.setItem("dev-panel", "open");
    localStorage.setItem("dev-panel-place", "window");
  }

  it("takes the panel out of the drawer, and the toggle says where it is", async () => {
    await open();
    await click("dev-toggle");
    await shows("dev-panel");
    expect(place()).toBe("drawer");
    await click("dev-detach");
    await vi.waitFor(() => expect(drawer()).toBeNull());
    expect(seen("detach_panel")).toEqual([{ front: true }]);
    expect(seen("unwatch_events")).toHaveLength(1);
    expect(place()).toBe("window");
    expect(find("dev-toggle")?.ariaPressed).toBe("true");
    expect(find("dev-toggle")?.ariaLabel).toBe("Developer panel, in its own window");
  });

  it("leaves the focus on the toggle when it takes the drawer with it, and brings it to the panel that is put back", async () => {
    await open();
    await click("dev-toggle");
    (await shows("dev-detach")).focus();
    await click("dev-detach");
    await vi.waitFor(() => expect(drawer()).toBeNull());
    expect(document.activeElement).toBe(find("dev-toggle"));
    await host.tell("panel-left", { back: true });
    await shows("dev-panel");
    expect(document.activeElement?.textContent).toBe("Developer panel");
    expect(document.activeElement?.localName).toBe("h2");
    await click("dev-toggle");
    find("dev-toggle")?.focus();
    await click("dev-toggle"); // opened by hand: the focus stays where the hand was
    await shows("dev-panel");
    expect(document.activeElement).toBe(find("dev-toggle"));
  });

  it("leaves the panel in the drawer, with the reason, where there can be none", async () => {
    begin({ detach_panel: refuse });
    await open();
    press();
    await click("dev-detach");
    await vi.waitFor(() => expect(document.querySelector(".dev-told")?.textContent).toBe("The window cannot be opened."));
    expect(drawer()).not.toBeNull();
    expect(localStorage.getItem("dev-panel-place")).toBeNull();
  });

  it("is there again after a restart, behind the main one; and the drawer, for this time, where it cannot be", async () => {
    leftApart();
    await open();
    await shows("home-view");
    await vi.waitFor(() => expect(seen("detach_panel")).toEqual([{ front: false }]));
    expect(drawer()).toBeNull();
    expect(seen("watch_events")).toEqual([]);

    begin({ detach_panel: refuse });
    leftApart();
    await open();
    await vi.waitFor(() => expect(drawer()).not.toBeNull());
    expect(localStorage.getItem("dev-panel-place")).toBe("window");
  });

  it("comes to the front by the toggle, as a browser's does, and goes by the shortcut", async () => {
    leftApart();
    await open();
    await click("dev-toggle");
    await vi.waitFor(() => expect(seen("detach_panel")).toEqual([{ front: false }, { front: true }]));
    expect(seen("close_panel")).toEqual([]);
    press();
    await vi.waitFor(() => expect(seen("close_panel")).toHaveLength(1));
    expect(place()).toBe("closed");
    expect(localStorage.getItem("dev-panel")).toBeNull();
    press(); // where it was last
    await vi.waitFor(() => expect(seen("detach_panel")).toHaveLength(3));
    expect(seen("detach_panel").at(-1)).toEqual({ front: true });
    expect(place()).toBe("window");
    expect(drawer()).toBeNull();
  });

  it("is asked for one thing after the other by who presses faster than windows come and go, and the last word counts", async () => {
    const order: string[] = [];
    /** A shell that takes its time, and tells of a window that has gone. */
    const slowly = async (what: string) => {
      order.push(`${what} begins`);
      await new Promise((done) => setTimeout(done, 20));
      if (what === "close") await host.tell("panel-left", { back: false });
      order.push(`${what} ends`);
      return null;
    };
    begin({ detach_panel: () => slowly("open"), close_panel: () => slowly("close") });
    localStorage.setItem("dev-panel-place", "window");
    await open();
    await shows("dev-toggle");
    for (let presses = 0; presses < 3; presses++) press();
    await vi.waitFor(() => expect(order).toHaveLength(6));
    expect(order).toEqual(["open begins", "open ends", "close begins", "close ends", "open begins", "open ends"]);
    expect(place()).toBe("window");
    press();
    await vi.waitFor(() => expect(order.at(-1)).toBe("close ends"));
    expect(place()).toBe("closed");
  });

  it("closes the panel with it, or gives it back to the drawer", async () => {
    leftApart();
    await open();
    await shows("dev-toggle");
    await vi.waitFor(() => expect(seen("detach_panel")).toHaveLength(1));
    await new Promise((done) => setTimeout(done)); // it is there
    await host.tell("panel-left", { back: false });
    expect(place()).toBe("closed");
    expect(localStorage.getItem("dev-panel")).toBeNull();
    expect(localStorage.getItem("dev-panel-place")).toBe("window");

    await click("dev-toggle");
    await host.tell("panel-left", { back: true });
    await shows("dev-panel");
    expect(drawer()).not.toBeNull();
    expect(localStorage.getItem("dev-panel")).toBe("open");
    expect(localStorage.getItem("dev-panel-place")).toBeNull();
  });

  it("P10 keeps what was remembered when other settings take it away", async () => {
    leftApart();
    host.startup = startup({ devPanel: false });
    await open();
    await shows("home-view");
    await host.tell("panel-left", { back: false });
    expect(localStorage.getItem("dev-panel")).toBe("open");
    expect(all("dev-toggle")).toEqual([]);
  });
});
