// Who sees the login view, and where one is after it. Not in it: what stands in the views.
import { describe, expect, it, vi } from "vitest";
import { needsLogin, placeAfterSignIn } from "../src/router";
import { click, fill, find, open, root, shows, signIn, watchRoutes } from "./app";
import { FakeHost, failure, session, startup } from "./fake-host";

describe("the router's guard", () => {
  it.each([
    ["signed-out", true],
    ["expired", true],
    ["fresh", false],
    ["due", false],
    ["refreshing", false],
    ["degraded", false],
  ] as const)("of a session that is %s wants the login view: %s", (state, wanted) => {
    expect(needsLogin(state)).toBe(wanted);
  });

  it("sends the same person back to where they were, and another to their own last place", () => {
    const left = { account: "ada", path: "/profile" };
    expect(placeAfterSignIn("ada", left, "/settings")).toBe("/profile");
    expect(placeAfterSignIn("bob", left, "/settings")).toBe("/settings");
    expect(placeAfterSignIn("bob", left, null)).toBe("/home");
    expect(placeAfterSignIn("bob", left, "/no-such-view")).toBe("/home");
  });

  it("shows the login view when nobody is signed in, and makes no call", async () => {
    const host = new FakeHost(session({ state: "signed-out" }));
    await open();
    await shows("login-form");
    expect(root.dataset).toMatchObject({ route: "login", session: "signed-out" });
    expect(find("login-notice")).toBeNull();
    expect(host.seen.map(({ command }) => command)).not.toContain("api_call");
  });

  it("R13 paints a restored session at its last route; the login view never flashes", async () => {
    new FakeHost(session({ state: "fresh", route: "/settings" }));
    const routes = watchRoutes();
    await open();
    await shows("settings-view");
    expect(find("login-form")).toBeNull();
    await vi.waitFor(() => expect(routes).toEqual(["settings"]));
  });

  it("R6 R13 leads to login with the reason after an expiry, and back to the same route", async () => {
    const host = new FakeHost(session({ state: "fresh", route: "/profile" }));
    await open();
    await shows("profile-view");
    await host.expire("rejected", "token_reuse");

    const notice = await shows("login-notice");
    expect(notice.textContent).toContain("ended your session");
    expect(notice.textContent).toContain("token_reuse");
    expect(root.dataset).toMatchObject({ route: "login", session: "expired" });
    expect(find("profile-view")).toBeNull();
    expect((await shows<HTMLInputElement>("login-username")).value).toBe("ada@example.com");
    expect(document.activeElement).toBe(find("login-password"));

    host.view = { ...host.view, route: null }; // even if Rust could not keep it
    const routes = watchRoutes();
    await fill("login-password", "analytical-engine");
    await click("login-submit");
    await shows("profile-view");
    expect(routes.filter((route) => route !== "login")).toEqual(["profile"]);
  });

  it("R12 shows another person neither the place nor the data of the one before", async () => {
    const host = new FakeHost(session({ state: "fresh", route: "/profile" }));
    host.profile = { account: "ada@example.com", updatedAtMs: 0, fields: [{ key: "secret", json: '"of Ada"' }] };
    await open();
    await shows("profile-field");
    await host.expire();
    host.profile = null;
    await shows("login-form");
    expect(document.body.textContent).not.toContain("of Ada");
    await signIn("bob@example.com");
    await shows("home-view");
    expect(find("profile-view")).toBeNull();
  });

  it("F30 is led to login by the pull when the event came before anyone listened", async () => {
    const host = new FakeHost(session({ seq: 1, state: "fresh" }));
    const opened = open();
    host.view = session({ seq: 2, state: "expired", account: "ada@example.com" });
    await opened;
    await shows("login-notice");
  });

  it("R6 R13 still says why after a restart, and leads to the place that was kept", async () => {
    const reason = { code: "rejected", detail: "token_reuse" } as const;
    const host = new FakeHost(session({ state: "signed-out", account: "ada@example.com", reason }));
    await open();
    expect((await shows("login-notice")).textContent).toContain("token_reuse");
    host.signIn = async () => session({ state: "fresh", route: "/settings" });
    await signIn("ada@example.com");
    await shows("settings-view");
  });

  it("R13 leads from a session that the keyring did not keep to the place that was kept", async () => {
    const reason = { code: "not-kept", detail: "the keyring could not keep the session" } as const;
    const host = new FakeHost(session({ state: "expired", account: "ada@example.com", reason }));
    await open();
    await shows("login-notice");
    host.signIn = async () => session({ state: "fresh", route: "/settings" });
    const routes = watchRoutes();
    await signIn("ada@example.com");
    await shows("settings-view");
    expect(routes).not.toContain("home");
  });

  it("R12 signs out offline, forgetting unless asked to remember", async () => {
    const host = new FakeHost(session({ state: "degraded" }));
    await open();
    (await shows("sign-out")).focus();
    await click("sign-out");
    expect(document.activeElement).toBe(find("sign-out-cancel")); // where Enter does no harm
    await click("sign-out-cancel");
    expect(find("sign-out-cancel")).toBeNull();
    expect(document.activeElement).toBe(find("sign-out"));
    await click("sign-out");
    await click("sign-out-confirm");
    await shows("login-form");
    expect(host.seen.find(({ command }) => command === "sign_out")?.args).toEqual({ remember: false });
    expect((await shows<HTMLInputElement>("login-username")).value).toBe("");
  });

  it("remembers the route in Rust as it changes", async () => {
    const host = new FakeHost(session({ state: "fresh" }));
    await open();
    await click("nav-settings");
    await shows("settings-view");
    expect(host.view.route).toBe("/settings");
  });
});

describe("the problem view", () => {
  it("stands alone when config.toml is wrong, with place and key", async () => {
    const host = new FakeHost(session({ state: "signed-out" }));
    host.startup = { ...startup(), problem: { title: "Bad", file: "config.toml", line: 3, key: "policy.x", message: "No such key." } };
    await open();
    expect((await shows("problem-file")).textContent).toBe("config.toml:3");
    expect((await shows("problem-key")).textContent).toBe("policy.x");
    expect(root.dataset.route).toBe("problem");
    expect(find("login-form")).toBeNull();
  });
});

describe("the login form", () => {
  it("asks for what is missing, field by field, and sends nothing", async () => {
    const host = new FakeHost(session({ state: "signed-out" }));
    await open();
    await click("login-submit");
    await shows("login-error");
    for (const field of ["login-username", "login-password"]) {
      const input = await shows(field);
      expect(input.getAttribute("aria-invalid")).toBe("true");
      expect(document.getElementById(input.getAttribute("aria-describedby") ?? "")?.textContent).toMatch(/^Enter/);
    }
    expect(host.seen.map(({ command }) => command)).not.toContain("sign_in");
  });

  it("R5 says another thing for a wrong password than for no network, a server that is down, or a pause", async () => {
    const host = new FakeHost(session({ state: "signed-out" }));
    await open();
    const said = new Set<string>();
    for (const code of ["wrong-credentials", "offline", "server-unavailable", "throttled", "timeout"] as const) {
      host.signIn = () => {
        throw failure(code, "");
      };
      await signIn("ada@example.com", "difference-engine");
      const error = await shows(`login-error[data-kind="${code}"]`);
      said.add(error.textContent ?? "");
      expect(error.getAttribute("role")).toBe("alert");
    }
    expect(said.size).toBe(5);
    expect(root.dataset.session).toBe("signed-out");
  });

  it("puts the focus into a password that is wrong, all of it selected, and tells there what the alert says", async () => {
    const host = new FakeHost(session({ state: "signed-out" }));
    host.signIn = () => {
      throw failure("wrong-credentials", "");
    };
    await open();
    await signIn("ada@example.com", "difference-engine");
    const error = await shows("login-error");
    const password = find<HTMLInputElement>("login-password");
    expect(document.activeElement).toBe(password);
    expect([password?.selectionStart, password?.selectionEnd]).toEqual([0, "difference-engine".length]);
    expect(password?.getAttribute("aria-describedby")?.split(" ")).toContain(error.id);
  });

  it("R5 leaves the focus where it was when nothing typed is at fault, so that Enter tries again", async () => {
    const host = new FakeHost(session({ state: "signed-out" }));
    await open();
    for (const code of ["offline", "throttled"] as const) {
      host.signIn = () => {
        throw failure(code, "");
      };
      find("login-username")?.focus();
      await signIn("ada@example.com");
      await shows(`login-error[data-kind="${code}"]`);
      expect(document.activeElement).toBe(find("login-username"));
      expect(find("login-password")?.getAttribute("aria-describedby")).toBeNull();
    }
  });

  it("R13 paints what the window asked for before the page was there, and asks for it once", async () => {
    const host = new FakeHost(session({ state: "fresh", route: "/home" }));
    window.askedFirst = [Promise.resolve(startup()), Promise.resolve(session({ state: "fresh", route: "/settings" }))];
    await open();
    await shows("settings-view");
    expect(host.seen.map(({ command }) => command)).not.toContain("startup");
    document.body.replaceChildren();

    await open();
    await shows("home-view");
    expect(host.seen.filter(({ command }) => command === "startup")).toHaveLength(1);
  });

  it("says why where the window asked in vain", async () => {
    new FakeHost();
    const refused = Promise.reject({ code: "internal", message: "The program is ending." });
    window.askedFirst = [refused, refused];
    await open();
    expect((await shows("problem-view")).textContent).toContain("The program is ending.");
  });

  it("leaves the focus on the page that it opens, and a restored session on none", async () => {
    new FakeHost(session({ state: "signed-out" }));
    await open();
    await signIn("ada@example.com");
    await shows("home-view");
    expect(document.activeElement).toBe(document.querySelector("main"));
    document.body.replaceChildren();

    new FakeHost(session({ state: "fresh" }));
    await open();
    await shows("home-view");
    expect(document.activeElement).toBe(document.body);
  });

  it("does not take the focus from the panel in which a story signs in", async () => {
    const host = new FakeHost(session({ state: "signed-out" }));
    await open();
    const elsewhere = document.body.appendChild(document.createElement("input"));
    elsewhere.focus();
    await host.change(session({ state: "fresh" }));
    await shows("home-view");
    expect(document.activeElement).toBe(elsewhere);
  });

  it("fills in the demo account, and only while there is one", async () => {
    const host = new FakeHost(session({ state: "signed-out" }));
    await open();
    await click("login-demo");
    expect((await shows<HTMLInputElement>("login-password")).value).toBe("analytical-engine");
    await click("login-submit");
    await shows("home-view");
    expect(host.seen.find(({ command }) => command === "sign_in")?.args).toMatchObject({
      username: "ada@example.com",
      password: "analytical-engine",
    });
  });

  it("F29 gives each try a ticket of its own, by which it is known when the page sends it again", async () => {
    const host = new FakeHost(session({ state: "signed-out" }));
    host.signIn = () => {
      throw failure("wrong-credentials", "");
    };
    await open();
    const tickets = () => host.seen.filter(({ command }) => command === "sign_in").map(({ args }) => args.ticket);
    for (const tries of [1, 2]) {
      await signIn("ada@example.com", "difference-engine");
      await vi.waitFor(() => expect(tickets()).toHaveLength(tries));
    }
    expect(new Set(tickets()).size).toBe(2);
    expect(tickets().every(Number.isSafeInteger)).toBe(true);
  });
});
