// What the test has found to be so at the server, and each refusal it saw, with what the settings take that for.
// Not in it: the steps, what to do about it, and the settings to keep (TestResult).
import { For, Show } from "solid-js";
import type { ErrorBody, Facts } from "../../ipc";
import { formats } from "../../text";
import { words } from "./words";

export function TestFacts(props: { facts: Facts; refusals: ErrorBody[] }) {
  return (
    <>
      <dl class="facts" aria-label={words.facts()}>
        <For each={told(props.facts)}>
          {([name, value]) => (
            <div class="fact" data-testid="settings-fact" data-fact={name}>
              <dt class="muted">{words.fact[name]()}</dt>
              <dd class="selectable">{value}</dd>
            </div>
          )}
        </For>
      </dl>
      <Show when={props.refusals.length > 0}>
        <h3 class="field-label">{words.refusals()}</h3>
        <For each={props.refusals}>
          {(refusal) => (
            <div class="refusal" data-testid="settings-refusal" data-meaning={refusal.meaning}>
              <p>
                {words.step[refusal.step]()} · <bdi>{refusal.status}</bdi> · {words.meaning[refusal.meaning]()}
                <Show when={refusal.matchedBy.length > 0}>
                  {" · "}
                  <bdi class="mono">{refusal.matchedBy.map((at) => `[[rejected]] ${at}`).join(", ")}</bdi>
                </Show>
              </p>
              <pre class="mono selectable" dir="ltr">
                {refusal.body}
              </pre>
            </div>
          )}
        </For>
      </Show>
    </>
  );
}

type Name = keyof typeof words.fact;

/** Each fact that is known, in words. */
function told(facts: Facts): [Name, string][] {
  const { length, number } = formats();
  const basis = facts.lifetimeBasis && words.basis[facts.lifetimeBasis]();
  const offset = facts.clockOffsetMs;
  const clocks = () => {
    if (offset === null) return null;
    if (Math.abs(offset) < SAME_MS) return words.clocksAgree();
    return offset > 0 ? words.clockAhead(length(offset)) : words.clockBehind(length(-offset));
  };
  const all: [Name, string | null][] = [
    ["access", facts.accessLifetimeMs === null ? null : [length(facts.accessLifetimeMs), basis].filter(Boolean).join(" · ")],
    ["window", facts.windowMs === null ? null : length(facts.windowMs)],
    ["refresh", facts.refreshLifetimeMs === null ? null : length(facts.refreshLifetimeMs)],
    ["rotation", facts.rotation && words.rotation[facts.rotation]()],
    ["grace", facts.grace && words.grace[facts.grace]()],
    ["reuse", facts.reuse && words.reused[facts.reuse]()],
    ["clocks", clocks()],
    ["user", facts.userFields === null ? null : number(facts.userFields)],
  ];
  return all.filter((fact): fact is [Name, string] => fact[1] !== null);
}

/** A difference below this is the way of the reply. */
const SAME_MS = 2_000;
