// The developer panel: watches every decision the engine takes while it is open, and lets the demo server misbehave.
// Not in it: where it stands in the window and the shortcut that opens it (the frame).
import { RefreshCw, X } from "lucide";
import { createMemo, createSignal, For, Show } from "solid-js";
import { Button } from "../../components/Button";
import { commands } from "../../ipc";
import { useSession } from "../../session";
import { Claims } from "./Claims";
import { createSeconds } from "./clocks";
import { Drawer } from "./Drawer";
import { EventLog } from "./EventLog";
import { Faults } from "./Faults";
import { createFeed } from "./feed";
import { isSame, relatedTo, type Selection } from "./selection";
import { TokenSection } from "./TokenSection";
import { tokenNow } from "./token";
import { Waterfall } from "./Waterfall";
import "./Chip.css";
import "./DevPanel.css";

const COUNTERS = [
  { key: "calls", one: "call", many: "calls" },
  { key: "refreshes", one: "refresh", many: "refreshes" },
  { key: "shared", one: "shared", many: "shared" },
  { key: "failures", one: "failed call", many: "failed calls" },
] as const;

export default function DevPanel(props: { onClose(): void }) {
  const session = useSession();
  const feed = createFeed();
  const now = createSeconds();
  const [problem, setProblem] = createSignal<string | null>(null);
  const [search, setSearch] = createSignal("");
  const [asking, setAsking] = createSignal(false);
  const [selected, setSelected] = createSignal<Selection | null>(null);
  const related = createMemo(() => relatedTo(feed.model(), selected()));
  const select = (row: Selection | null) => setSelected(isSame(row, selected()) ? null : row);
  const clear = () => {
    setSelected(null);
    feed.clear();
  };
  /** From the waterfall: lights up what belongs to it, and finds a call's events in the log. */
  const choose = (row: Selection) => {
    select(row);
    if ("call" in row) setSearch(selected() ? `call ${row.call} ` : "");
  };

  const token = () => {
    now(); // carried on each second
    return tokenNow(session.view().token, performance.now() - session.receivedAt());
  };
  const refreshNow = async () => {
    setProblem(null);
    setAsking(true);
    const result = await commands.refreshNow();
    setAsking(false);
    if (result.status === "error") setProblem(result.error.message);
  };
  /** A text that changes with each refresh that ended. */
  const ended = () =>
    [...feed.model().refreshes.values()]
      .filter(({ to }) => to !== null)
      .map(({ refresh, attempt }) => `${refresh}.${attempt}`)
      .join();

  return (
    <Drawer label="Developer panel" testid="dev-panel">
      <header class="dev-head">
        <h2 class="dev-title">Developer panel</h2>
        <dl class="dev-counters">
          <For each={COUNTERS}>
            {({ key, one, many }) => (
              <div class="dev-counter">
                <dt>{feed.counters()[key] === 1 ? one : many}</dt>
                <dd data-testid={`count-${key}`} data-some={key === "failures" && feed.counters().failures > 0 ? "" : undefined}>
                  {feed.counters()[key]}
                </dd>
              </div>
            )}
          </For>
        </dl>
        <p class="dev-told" role="status" title={problem() ?? feed.problem() ?? undefined}>
          {problem() ?? feed.problem()}
        </p>
        <Show when={session.view().token}>
          <Button size="small" icon={RefreshCw} busy={asking()} data-testid="refresh-now" onClick={() => void refreshNow()}>
            Refresh now
          </Button>
        </Show>
        <Button size="small" look="quiet" icon={X} aria-label="Close the developer panel" title="Close" onClick={() => props.onClose()} />
      </header>
      <div class="dev-columns">
        <div class="dev-column">
          <div class="dev-bar">
            <h3>Access token</h3>
            <span class="dev-bar-end">generation {session.view().generation}</span>
          </div>
          <section class="dev-scroll" tabindex="0" aria-label="Token, faults and claims">
            <TokenSection
              token={token()}
              state={session.state()}
              generation={session.view().generation}
              degraded={session.view().degraded}
            />
            <Faults refreshes={ended()} tell={setProblem} />
            <Claims json={session.view().token?.claims ?? null} opaque={session.view().token?.opaque ?? false} now={now()} />
          </section>
        </div>
        <Waterfall model={feed.model()} related={related()} choose={choose} clear={clear} />
        <EventLog
          model={feed.model()}
          now={now()}
          search={search()}
          setSearch={setSearch}
          clear={clear}
          related={related()}
          selected={selected()}
          select={select}
        />
      </div>
    </Drawer>
  );
}
