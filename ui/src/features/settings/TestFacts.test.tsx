// What the settings' test shows of its findings.
import { render } from "solid-js/web";
import { afterEach, expect, test } from "vitest";
import type { ErrorBody, Facts } from "../../ipc";
import { TestFacts } from "./TestFacts";

const NONE: Facts = {
  accessLifetimeMs: null,
  lifetimeBasis: null,
  windowMs: null,
  refreshLifetimeMs: null,
  rotation: null,
  grace: null,
  reuse: null,
  clockOffsetMs: null,
  userFields: null,
};
let close = () => {};
afterEach(() => close());

function shown(facts: Partial<Facts>, refusals: ErrorBody[] = []): Record<string, string> {
  const place = document.createElement("div");
  close = render(() => <TestFacts facts={{ ...NONE, ...facts }} refusals={refusals} />, place);
  const found = [...place.querySelectorAll<HTMLElement>("[data-fact]")];
  const said = [...place.querySelectorAll(".refusal")].map((refusal) => refusal.textContent ?? "");
  return Object.fromEntries([
    ...found.map((fact) => [fact.dataset.fact, fact.querySelector("dd")?.textContent]),
    ["refusals", said.join()],
  ]);
}

test("every fact that the test found is told, and what is not known has no line", () => {
  const all = shown({
    accessLifetimeMs: 300_000,
    lifetimeBasis: "exp-iat",
    windowMs: 200_000,
    refreshLifetimeMs: 86_400_000,
    rotation: "on",
    grace: "none",
    reuse: "accepted",
    clockOffsetMs: -3_600_000,
    userFields: 14,
  });
  expect(all).toMatchObject({ access: "5 min · exp − iat", window: "3 min 20 s", refresh: "1 day", user: "14" });
  expect(all.clocks).toBe("The server’s is 1 h behind");
  expect(Object.keys(all)).toHaveLength(9);
  expect(shown({ clockOffsetMs: 900 })).toEqual({ clocks: "They agree", refusals: "" });
});

test("R6: a refusal is shown with what the settings take it for and the entry that knows it", () => {
  const refusal: ErrorBody = { step: "dead-token", status: 401, body: "token_not_valid", meaning: "definitive", matchedBy: [1] };
  expect(shown({}, [refusal]).refusals).toMatch(/Try a dead token · 401 · .*\[\[rejected\]\] 1token_not_valid/);
});
