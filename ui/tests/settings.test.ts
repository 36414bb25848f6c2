// The server's form: what it sends, what it shows of a test, and that saving goes on with the new server.
// Not in it: what a value means (Rust).
import { describe, expect, it, vi } from "vitest";
import type { Report, SettingsDraft, Step } from "../src/ipc";
import { all, click, fill, find, open, shows } from "./app";
import { FakeHost, failure, session, settings, startup } from "./fake-host";

const step = (over: Partial<Step>): Step => ({
  name: "sign-in",
  status: "passed",
  summary: "Access token … (9f2c41d0).",
  tookMs: 3,
  exchanges: [],
  ...over,
});

const report = (over: Partial<Report> = {}): Report => ({
  baseUrl: "https://example.com/",
  healthy: false,
  steps: [step({}), step({ name: "refresh", status: "failed", summary: "No new token." })],
  facts: {} as Report["facts"],
  errorBodies: [],
  findings: [{ code: "wrong-path", severity: "problem", sentence: "Correct refresh.path.", settings: [] }],
  toml: 'backend = "custom"\n',
  ...over,
});

async function choose(handle: string, value: string): Promise<void> {
  const select = await shows<HTMLSelectElement>(handle);
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

function opened(): FakeHost {
  return new FakeHost(session({ route: "/settings" }));
}

describe("the server's form", () => {
  it("shows the fields that the chosen preset leaves open, the rest under More settings", async () => {
    opened();
    await open();
    await choose("settings-preset", "custom");
    const path = await shows<HTMLInputElement>('settings-field[data-key="login.path"]');
    expect(path.closest("details")).toBeNull();
    expect(path.required).toBe(true);
    await choose("settings-preset", "simplejwt");
    await vi.waitFor(() => expect(find('settings-field[data-key="login.path"]')?.closest("details")).not.toBeNull());
    expect(find<HTMLInputElement>('settings-field[data-key="login.path"]')?.placeholder).toBe("api/token/");
  });

  it("keeps the file's own values for the file's preset only", async () => {
    const host = opened();
    host.settings = settings({ backend: "simplejwt", values: [{ key: "login.path", value: "auth/" }] });
    await open();
    const path = () => find<HTMLInputElement>('settings-field[data-key="login.path"]')?.value;
    await vi.waitFor(() => expect(path()).toBe("auth/"));
    await choose("settings-preset", "custom");
    await vi.waitFor(() => expect(path()).toBe(""));
    await choose("settings-preset", "simplejwt");
    await vi.waitFor(() => expect(path()).toBe("auth/"));
  });

  it("tells a mistake at its field, and one of a key without a field above the test", async () => {
    const host = opened();
    const refuse = (key: string) => {
      host.others.save_settings = () => {
        throw failure("invalid-input", "Paths are relative.", { fields: [{ field: key, message: "Paths are relative." }] });
      };
    };
    refuse("base_url");
    await open();
    await click("settings-save");
    await vi.waitFor(() => expect(find("settings-base-url")?.getAttribute("aria-invalid")).toBe("true"));
    expect(find("settings-error")).toBeNull();
    refuse("policy.refresh_window");
    await click("settings-save");
    expect((await shows("settings-error")).textContent).toContain("policy.refresh_window");
  });

  it("P1 shows each step as it goes, then findings and the TOML, and forgets the password", async () => {
    const host = opened();
    let tell: (step: Step) => void = () => {};
    let finish: (report: Report) => void = () => {};
    host.others.test_settings = (args) => {
      tell = (args.steps as { onmessage: (step: Step) => void }).onmessage;
      return new Promise((done) => {
        finish = done;
      });
    };
    await open();
    await fill("settings-username", "ada");
    await fill("settings-password", "analytical-engine");
    await click("settings-test");
    await vi.waitFor(() => expect(host.seen.at(-1)?.command).toBe("test_settings"));
    expect(host.seen.at(-1)?.args).toMatchObject({ username: "ada", password: "analytical-engine", reuse: false });
    tell(step({ status: "running" }));
    await shows('settings-step[data-step="sign-in"][data-status="running"]');
    tell(step({}));
    await shows('settings-step[data-step="sign-in"][data-status="passed"]');
    expect(all("settings-step")).toHaveLength(1);
    finish(report());
    const finding = await shows("settings-finding");
    expect(finding.textContent).toContain("A path is wrong.");
    expect(finding.querySelector('[lang="en"]')?.textContent).toBe("Correct refresh.path.");
    expect(find("settings-toml")?.textContent).toContain('backend = "custom"');
    expect(find('settings-step[data-step="refresh"]')?.dataset.status).toBe("failed");
    expect(find<HTMLInputElement>("settings-password")?.value).toBe("");
  });

  it("saves what was filled in, and goes on with what the new server starts with", async () => {
    const host = opened();
    host.others.save_settings = () => {
      host.startup = startup({ name: "custom", baseUrl: "https://example.com/", demoAccount: null });
      host.view = session({ state: "signed-out", seq: host.view.seq + 1 });
      return host.startup;
    };
    await open();
    await choose("settings-preset", "custom");
    await fill("settings-base-url", "https://example.com/");
    await fill('settings-field[data-key="login.path"]', "auth/login");
    await click("settings-save");
    await shows("login-form");
    const sent = host.seen.find(({ command }) => command === "save_settings")?.args.draft as SettingsDraft;
    expect(sent.backend).toBe("custom");
    expect(sent.values).toContainEqual({ key: "login.path", value: "auth/login" });
    expect(sent.values).toContainEqual({ key: "login.encoding", value: "" });
    expect(document.body.textContent).toContain("example.com");
    expect(all("login-form")).toHaveLength(1);
  });

  it("shows the folder of the logs, and says so in words of its own when nothing can", async () => {
    const host = opened();
    await open();
    await click("open-logs");
    await vi.waitFor(() => expect(host.seen.at(-1)).toEqual({ command: "open_logs", args: {} }));
    await vi.waitFor(() => expect(find("open-logs")?.hasAttribute("aria-busy")).toBe(false));
    expect(find("open-logs-error")).toBeNull();
    host.others.open_logs = () => {
      throw failure("internal", "/home/ada/logs cannot be shown.");
    };
    await click("open-logs");
    const error = await shows("open-logs-error");
    expect(error.textContent).toContain("The folder could not be shown.");
    expect(error.querySelector('[lang="en"]')?.textContent).toContain("/home/ada/logs");
  });

  it("is reached from the login view, where a server that was set wrongly leaves one", async () => {
    new FakeHost(session({ state: "signed-out" }));
    await open();
    await click("login-setup");
    await shows("settings-save");
    expect(find("login-form")).toBeNull();
    await click("login-setup");
    await shows("login-form");
  });
});
