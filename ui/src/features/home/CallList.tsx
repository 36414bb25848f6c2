// The bench: how many calls to fire, and a row for each call of the last firing with the phases it went through.
// Not in it: the calls themselves (calls.ts).
import { Check, CircleAlert, Hourglass, Send, Zap } from "lucide";
import { createSignal, For, Show } from "solid-js";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Sprite, SpriteIcon } from "../../components/Sprite";
import { formats, text } from "../../text";
import type { CallRow, Calls } from "./calls";
import "./CallList.css";

const MOST = 500;
const icons = { waiting: Hourglass, sending: Send, ok: Check, error: CircleAlert };

export function CallList(props: { calls: Calls; onFire: (count: number) => void; disabled: boolean }) {
  const [wanted, setWanted] = createSignal("20");
  let card: HTMLElement | undefined;
  const [wrong, setWrong] = createSignal(false);

  function fire(event: SubmitEvent) {
    event.preventDefault();
    const count = Number(wanted());
    setWrong(!Number.isInteger(count) || count < 1 || count > MOST);
    if (wrong()) return;
    props.onFire(count);
    card?.scrollIntoView({ block: "nearest" }); // who fires wants to see the rows
  }

  return (
    <Card
      ref={(element) => {
        card = element;
      }}
      title={text.calls.title()}
      icon={Zap}
      flush
      end={
        <form class="calls-form" noValidate onSubmit={fire}>
          <Show when={wrong()}>
            <span class="field-error" id="calls-range" role="alert">
              {text.calls.range()}
            </span>
          </Show>
          <label class="visually-hidden" for="calls-count">
            {text.calls.count()}
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
            {text.calls.fire()}
          </Button>
        </form>
      }
    >
      <p class="calls-summary muted tabular" role="status">
        {summaryOf(props.calls)}
      </p>
      <Sprite id="call" icons={icons} />
      <ol
        class="calls-rows tabular"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach that
        tabIndex={0}
        aria-label={text.calls.title()}
      >
        <For each={props.calls.rows()}>{(row) => <Row row={row} />}</For>
      </ol>
    </Card>
  );
}

function summaryOf(calls: Calls): string {
  const { fired, ok, error, waited } = calls.tally;
  if (fired === 0) return "\u00a0"; // its line is kept free; the first plural a page asks for takes longer than drawing it
  const parts = [text.calls.fired(fired), text.calls.well(ok)];
  if (error) parts.push(text.calls.failed(error));
  if (waited) parts.push(text.calls.paused(waited));
  return parts.join(" · ");
}

function Row(props: { row: CallRow }) {
  return (
    <li
      class="call"
      data-testid="call-row"
      data-status={props.row.status}
      data-path={props.row.path}
      data-generation={props.row.generation ?? undefined}
      data-waited={props.row.waitedMs ?? undefined}
    >
      <SpriteIcon id="call" name={props.row.status} size={14} />
      <span class="call-path mono" dir="ltr">
        {props.row.method} {props.row.path}
      </span>
      <span class="call-words" title={props.row.problem ? wordsOf(props.row) : undefined}>
        {wordsOf(props.row)}
      </span>
      <span class="call-waited">{props.row.waitedMs ? text.calls.waited(formats().span(props.row.waitedMs)) : ""}</span>
      <span class="call-took">{props.row.tookMs === null ? "" : formats().span(props.row.tookMs)}</span>
      <span class="call-took">{props.row.generation === null ? "" : text.calls.generation(props.row.generation)}</span>
    </li>
  );
}

function wordsOf(row: CallRow): string {
  if (row.status === "waiting") return row.why ? text.calls.why[row.why]() : text.calls.waiting();
  if (row.status === "sending") return text.calls.sending();
  if (row.problem) return text.errors[row.problem]();
  return row.answered === null ? text.calls[row.status]() : String(row.answered);
}
