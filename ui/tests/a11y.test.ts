// What a screen reader or a keyboard could not use, in every scene, left to right and right to left: axe-core's rules that need no layout.
// Not in it: contrast and sizes, which jsdom has not.
import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";
import { demo } from "../dev/demo";
import { scenes } from "../dev/scenes";
import { chooseLanguage } from "../src/text/language";
import { open } from "./app";
import { FakeHost } from "./fake-host";

async function violations(): Promise<string[]> {
  const { violations } = await axe.run(document.documentElement, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } },
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

describe("axe finds nothing", () => {
  it.each(Object.keys(scenes))(
    "in the scene %s",
    async (name) => {
      const host = new FakeHost();
      demo(host);
      const after = scenes[name]?.(host);
      await open();
      await after?.();
      await vi.waitFor(() => expect(document.querySelector("h1")).not.toBeNull());
      expect(await violations()).toEqual([]);
      await chooseLanguage("ar");
      expect(document.documentElement.dir).toBe("rtl");
      expect(await violations()).toEqual([]);
    },
    20_000,
  );
});
