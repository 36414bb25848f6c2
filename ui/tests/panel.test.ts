// Where there is a developer panel and where there is none. Not in it: what the panel shows (features/dev-panel).
import { describe, expect, it } from "vitest";
import { find, open, shows } from "./app";
import { FakeHost, session, startup } from "./fake-host";

const press = (key: string) => window.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey: true, shiftKey: true, cancelable: true }));

describe("the developer panel", () => {
  it("opens by its shortcut where the program has one", async () => {
    const host = new FakeHost(session());
    host.others = { watch_events: () => null, faults: () => [] };
    await open();
    await shows("dev-toggle");
    press("D");
    expect(document.querySelector(".window-drawer")).not.toBeNull();
    await shows("dev-panel");
  });

  it("P10 has no button, no shortcut and no memory where the program has none", async () => {
    localStorage.setItem("dev-panel", "open");
    const host = new FakeHost(session());
    host.startup = startup({ devPanel: false });
    await open();
    await shows("home-view");
    press("D");
    expect(find("dev-toggle")).toBeNull();
    expect(document.querySelector(".window-drawer")).toBeNull(); // stands there as soon as the panel is to open
    expect(host.seen.map(({ command }) => command)).not.toContain("watch_events");
  });
});
