// The language: chosen, kept, followed, shown at once with nothing lost. Not in it: whether a text is in the table (words.test.ts).
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import arabic from "../src/text/ar.ts?raw";
import { en } from "../src/text/en";
import { formatsOf, pluralsOf } from "../src/text/formats";
import { ofSystem } from "../src/text/language";
import { click, fill, find, open, root, shows } from "./app";
import { FakeHost, failure, session } from "./fake-host";

let system: readonly string[] = ["en-US"];
beforeEach(() => vi.spyOn(navigator, "languages", "get").mockImplementation(() => system));
afterEach(() => {
  system = ["en-US"];
});

describe("the language", () => {
  it.each([
    [["de-AT", "en"], "de"],
    [["fr", "ar-EG", "de"], "ar"],
    [["fr-CA", "pt"], "en"],
    [[], "en"],
    [["EN-gb", "de"], "en"],
  ] as const)("of a system that wants %j is %s", (wanted, name) => {
    expect(ofSystem(wanted)).toBe(name);
  });

  it("is the system's before anyone has chosen, from the first paint on", async () => {
    system = ["de-CH"];
    new FakeHost(session({ state: "signed-out" }));
    await open();
    expect(root.lang).toBe("de");
    expect(root.dir).toBe("ltr");
    expect((await shows("login-submit")).textContent).toBe("Anmelden");
  });

  it("changes at once, right to left too, and nothing that was typed, focused or opened is lost", async () => {
    const host = new FakeHost(session({ route: "/settings" }));
    await open();
    await fill("settings-base-url", "https://example.com/");
    const field = await shows("settings-base-url");
    const more = document.querySelector("details");
    if (more) more.open = true;
    const radio = await shows<HTMLInputElement>("language-ar");
    radio.focus();
    radio.click();
    await vi.waitFor(() => expect(root.lang).toBe("ar"));
    expect(root.dir).toBe("rtl");
    expect(document.querySelector("h1")?.textContent).toBe("الإعدادات");
    expect(document.title).toContain("الإعدادات");
    expect(find("settings-base-url")).toBe(field);
    expect(find<HTMLInputElement>("settings-base-url")?.value).toBe("https://example.com/");
    expect(document.querySelector("details")?.open).toBe(true);
    expect(document.activeElement).toBe(radio);
    await click("language-de");
    await vi.waitFor(() => expect(document.querySelector("h1")?.textContent).toBe("Einstellungen"));
    expect(root.dir).toBe("ltr");
    expect(host.seen.filter(({ command }) => command === "startup")).toHaveLength(1);
  });

  it("is kept on this device, and System lets it go again", async () => {
    new FakeHost(session({ route: "/settings" }));
    await open();
    await click("language-de");
    await vi.waitFor(() => expect(root.lang).toBe("de"));
    expect(localStorage.getItem("language")).toBe("de");
    document.body.replaceChildren();
    await open();
    expect(root.lang).toBe("de");
    await click("language-system");
    await vi.waitFor(() => expect(root.lang).toBe("en"));
    expect(localStorage.getItem("language")).toBeNull();
  });

  it("follows the desktop while it is running, unless one was chosen", async () => {
    new FakeHost(session({ route: "/settings" }));
    await open();
    system = ["de"];
    window.dispatchEvent(new Event("languagechange"));
    await vi.waitFor(() => expect(root.lang).toBe("de"));
    await click("language-en");
    await vi.waitFor(() => expect(root.lang).toBe("en"));
    system = ["ar"];
    window.dispatchEvent(new Event("languagechange"));
    await new Promise((done) => setTimeout(done, 50));
    expect(root.lang).toBe("en");
  });

  it("of the newest wish wins", async () => {
    new FakeHost(session({ route: "/settings" }));
    await open();
    await click("language-ar");
    await click("language-en"); // needs no loading, so it is here first
    await new Promise((done) => setTimeout(done, 100));
    expect(root.lang).toBe("en");
    expect(document.querySelector("h1")?.textContent).toBe("Settings");
  });

  it("turns an error that stands already, by its code; what the core said stays English and says so", async () => {
    const host = new FakeHost(session({ route: "/profile" }));
    host.profile = { account: "ada@example.com", updatedAtMs: Date.now() - 180_000, fields: [{ key: "name", json: '"Ada"' }] };
    host.reloadProfile = () => {
      throw failure("misconfigured", "The name has no address.");
    };
    system = ["de"];
    await open();
    const problem = await shows("profile-problem");
    expect(problem.textContent).toContain("Der Server lehnt die Einstellungen dieser App ab.");
    const detail = problem.querySelector('[lang="en"]');
    expect(detail?.textContent).toBe("The name has no address.");
    expect(detail?.getAttribute("dir")).toBe("ltr");
    expect(document.body.textContent).toContain("Stand: vor 3 Minuten");
  });
});

describe("the Arabic table", () => {
  it("holds down each word that ends in a mark, which WebKitGTK would else draw beside its line", () => {
    const words = arabic.match(/[\u0600-\u06ff]+(?:\\u200c)?/g) ?? [];
    expect(words.length).toBeGreaterThan(500);
    expect(words.filter((word) => /(?:\u0644[\u064b-\u0652]\u0627|[\u064b-\u0652])$/.test(word))).toEqual([]);
  });
});

describe("Intl writes", () => {
  it("plurals by the language's own rules", async () => {
    const { ar } = await import("../src/text/ar");
    const { de } = await import("../src/text/de");
    expect([1, 2].map(en.profile.fields)).toEqual(["1 field", "2 fields"]);
    expect([1, 2].map(de.profile.fields)).toEqual(["1 Feld", "2 Felder"]);
    expect([0, 1, 2, 3, 11, 100].map(ar.profile.fields)).toEqual(["لا حقول", "حقل واحد", "حقلان", "3 حقول", "11 حقلًا\u200c", "100 حقل"]);
    expect(pluralsOf("de")(25_310, { one: "# Teil", other: "# Teile" })).toBe("25.310 Teile");
  });

  it("spans, numbers and dates", () => {
    const [english, german] = [formatsOf("en"), formatsOf("de")];
    expect([143, 2400, 65_000].map(english.span)).toEqual(["143 ms", "2.4 s", "2 min"]);
    expect(german.span(2400)).toMatch(/^2,4\ss$/);
    expect(german.number(9876.5)).toBe("9.876,5");
    expect(english.ago(0, 59_000)).toBeNull();
    expect(english.ago(0, 180_000)).toBe("3 minutes ago");
    expect(german.ago(0, 86_400_000)).toBe("gestern");
    expect(german.day(Date.UTC(2026, 11, 12))).toBe("12.12.2026");
  });
});
