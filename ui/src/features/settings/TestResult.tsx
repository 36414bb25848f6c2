// The test as it goes: each step with tick or cross, what was said on the wire, then findings, facts and the TOML to keep.
// Not in it: the walk and its sentences (Rust).
import { Check, LoaderCircle, Minus, X } from "lucide";
import { createSignal, For, Show } from "solid-js";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { Report, Step } from "../../ipc";
import { formats } from "../../text";
import { TestFacts } from "./TestFacts";
import { words } from "./words";

const marks = { running: LoaderCircle, passed: Check, failed: X, skipped: Minus };

export function TestResult(props: { steps: Step[]; report: Report | null; use: (toml: string) => void }) {
  const [copied, setCopied] = createSignal(false);
  async function copy(toml: string): Promise<void> {
    await navigator.clipboard.writeText(toml);
    setCopied(true);
  }
  return (
    <Show when={props.steps.length > 0}>
      <ol class="steps" aria-label={words.steps()} aria-live="polite">
        <For each={props.steps}>
          {(step) => (
            <li class="step" data-testid="settings-step" data-step={step.name} data-status={step.status}>
              <Icon of={marks[step.status]} class="step-mark" />
              <div class="step-words">
                <p>
                  {words.step[step.name]()} <span class="visually-hidden">{words.status[step.status]()}</span>
                </p>
                <p class="muted settings-said" lang="en" dir="ltr">
                  {step.summary}
                </p>
                <For each={step.exchanges}>
                  {(exchange) => (
                    <details class="exchange">
                      <summary>
                        {words.exchange(
                          exchange.status === null ? words.noReply() : String(exchange.status),
                          formats().span(exchange.tookMs),
                        )}
                      </summary>
                      <pre class="mono selectable" dir="ltr">
                        {exchange.request}
                      </pre>
                      <pre class="mono selectable" dir="ltr">
                        {exchange.reply}
                      </pre>
                    </details>
                  )}
                </For>
              </div>
            </li>
          )}
        </For>
      </ol>
      <Show when={props.report}>
        {(report) => (
          <section class="findings" aria-live="polite">
            <Show when={report().healthy}>
              <p class="findings-healthy">{words.healthy()}</p>
            </Show>
            <For each={report().findings}>
              {(finding) => (
                <p class="finding" data-testid="settings-finding" data-code={finding.code} data-severity={finding.severity}>
                  {words.findings[finding.code]()}
                  <span class="finding-said muted" lang="en" dir="ltr">
                    {finding.sentence}
                  </span>
                </p>
              )}
            </For>
            <TestFacts facts={report().facts} refusals={report().errorBodies} />
            <div class="server-actions">
              <h3 class="field-label">{words.toml()}</h3>
              <Button size="small" data-testid="settings-copy" onClick={() => copy(report().toml)}>
                {copied() ? words.copied() : words.copy()}
              </Button>
              <Button size="small" look="quiet" data-testid="settings-use" onClick={() => props.use(report().toml)}>
                {words.use()}
              </Button>
            </div>
            <pre class="mono selectable toml" dir="ltr" data-testid="settings-toml">
              {report().toml}
            </pre>
          </section>
        )}
      </Show>
    </Show>
  );
}
