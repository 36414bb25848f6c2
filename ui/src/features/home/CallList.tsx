// The bench: how many calls to fire, and a row for each call of the last firing with the phases it went through.
// Not in it: the calls themselves (calls.ts).
import { Check, CircleAlert, Hourglass, Send, Zap } from "lucide";
import { createSignal, For, Show } from "solid-js";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Icon } from "../../components/Icon";
import { span } from "../../components/time";
import { text } from "../../text/en";
import type { CallRow, Calls } from "./calls";
import "./CallList.css";

const MOST = 500;
const icons = { waiting: Hourglass, sending: Send, ok: Check, error: CircleAlert };

export function CallList(props: { calls: Calls; onFire: (count: number) => void; disabled: boolean }) {
  const [wanted, setWanted] = createSignal("20");
  const [wrong, setWrong] = createSignal(false);

  function fire(event: SubmitEvent) {
    event.preventDefault();
    const count = Number(wanted());
    setWrong(!Number.isInteger(count) || count < 1 || count > MOST);
    if (!wrong()) props.onFire(count);
  }

  return (
    <Card
      title={text.calls.title}
      icon={Zap}
      flush
      end={
        <form class="calls-form" noValidate onSubmit={fire}>
          <Show when={wrong()}>
            <span class="field-error" id="calls-range" role="alert">
              {text.calls.range}
            </span>
          </Show>
          <label class="visually-hidden" for="calls-count">
            {text.calls.count}
          </label>
          <div class="field-box calls-count" classList={{ "field-box-wrong": wrong() }}>
            <input
              id="calls-count"
              class="field-input tabular"
              type="number"
              min="1"
              max={MOST}
              step="1"
              data-testid="calls-count"
              aria-invalid={wrong() || undefined}
              aria-describedby={wrong() ? "calls-range" : undefined}
              value={wanted()}
              onInput={(event) => setWanted(event.currentTarget.value)}
            />
          </div>
          <Button type="submit" size="small" disabled={props.disabled} data-testid="calls-fire">
            {text.calls.fire}
          </Button>
        </form>
      }
    >
      <p class="calls-summary muted tabular" role="status">
        {text.calls.fired(props.calls.rows().length)} · {summaryOf(props.calls)}
      </p>
      <ol class="calls-rows">
        <For each={props.calls.rows()}>{(row) => <Row row={row} />}</For>
      </ol>
    </Card>
  );
}

function summaryOf(calls: Calls): string {
  return text.calls.summary(calls.tally.ok, calls.tally.error, calls.tally.waited);
}

function Row(props: { row: CallRow }) {
  const row = () => props.row;
  return (
    <li
      class="call"
      data-testid="call-row"
      data-status={row().status}
      data-path={row().path}
      data-generation={row().generation ?? undefined}
      data-waited={row().waitedMs ?? undefined}
    >
      <span class="call-icon">
        <Icon of={icons[row().status]} size={14} />
      </span>
      <span class="call-path mono">
        <span class="muted">{row().method}</span> {row().path}
      </span>
      <span class="call-words" title={row().problem ?? ""}>
        {wordsOf(row())}
      </span>
      <span class="call-waited tabular">
        <Show when={row().waitedMs}>{(waited) => text.calls.waited(span(waited()))}</Show>
      </span>
      <span class="call-took tabular">
        <Show when={row().tookMs !== null}>{span(row().tookMs ?? 0)}</Show>
      </span>
      <span class="call-generation tabular">
        <Show when={row().generation !== null}>
          {text.calls.generation} {row().generation}
        </Show>
      </span>
    </li>
  );
}

function wordsOf(row: CallRow): string {
  if (row.status === "waiting") return row.why ? text.calls.why[row.why] : text.calls.waiting;
  if (row.status === "sending") return text.calls.sending;
  return row.problem ?? (row.answered === null ? text.calls[row.status] : String(row.answered));
}
