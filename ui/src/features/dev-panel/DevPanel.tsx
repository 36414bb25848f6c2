// The developer panel: watches every decision the engine takes while it is open, and lets the demo server misbehave.
// Not in it: where it stands, its own window, and the shortcut that opens it (the frame).
import { PanelBottom, RefreshCw, SquareArrowOutUpRight, X } from "lucide";
import { createEffect, createMemo, createSignal, For, on, onMount, Show, untrack } from "solid-js";
import { Button } from "../../components/Button";
import { Pill } from "../../components/Pill";
import { type CommandError, commands, type TokenView } from "../../ipc";
import { useSession, useStartup } from "../../session";
import { Alone } from "./Alone";
import { Claims } from "./Claims";
import { createSeconds, createShown } from "./clocks";
import { lastRefresh } from "./compare";
import { DemoClock } from "./DemoClock";
import { Drawer } from "./Drawer";
import { EventLog } from "./EventLog";
import { Faults } from "./Faults";
import { createFeed } from "./feed";
import { LastRefresh } from "./LastRefresh";
import { Proof } from "./Proof";
import { createProof } from "./proof";
import { StateMachine } from "./StateMachine";
import { createResults, createRunner } from "./scenarios/runner";
import { Scenarios } from "./scenarios/Scenarios";
import { isSame, relatedTo, type Selection } from "./selection";
import { Tabs } from "./Tabs";
import { TokenSection } from "./TokenSection";
import { tokenNow } from "./token";
import { Waterfall } from "./Waterfall";
import "./Chip.css";
import "./DevPanel.css";

/** A story would break off: the panel begins anew where it goes. The button stays one that can be reached and asked why. */
const STAYS = "A scenario is playing. The panel can be moved when it has ended.";

const NO_REFRESH_TOKEN = "The server gave no refresh token: only signing in again brings a new access token.";

/** So near its end a token is shown to the second. */
const CLOSELY_MS = 60_000;

const COUNTERS = [
  { key: "calls", one: "call", many: "calls" },
  { key: "refreshes", one: "refresh", many: "refreshes" },
  { key: "shared", one: "shared", many: "shared" },
  { key: "failures", one: "failed call", many: "failed calls" },
] as const;

/** Closed and opened again, the panel still has them. */
const results = createResults();

type Props = {
  /** Alone in a window of its own, not in the drawer. */
  alone?: boolean;
  /** It begins with the focus. */
  focused?: boolean;
  /** From the drawer into a window of its own, or back. */
  move?(): Promise<CommandError | null>;
  onClose(): void;
};

export default function DevPanel(props: Props) {
  const session = useSession();
  const feed = createFeed();
  const startup = useStartup();
  const aheadMs = () => session.view().clockAheadMs;
  const now = createSeconds(aheadMs);
  const [problem, setProblem] = createSignal<string | null>(null);
  const [search, setSearch] = createSignal("");
  const [faultsOn, setFaultsOn] = createSignal(0);
  const [asking, setAsking] = createSignal(false);
  const [selected, setSelected] = createSignal<Selection | null>(null);
  const related = createMemo(() => relatedTo(feed.model(), selected()));
  const select = (row: Selection | null) => setSelected(isSame(row, selected()) ? null : row);
  const clear = () => {
    setSelected(null);
    feed.clear(now());
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
  const shownNow = createShown(now, () => Math.abs(token().leftMs ?? Number.POSITIVE_INFINITY) < CLOSELY_MS);
  const shownToken = createMemo(() => {
    shownNow();
    session.view(); // another token is shown at once
    return untrack(token);
  });
  const refreshNow = async () => {
    const cannot = session.view().token?.refreshFingerprint === null;
    setProblem(cannot ? NO_REFRESH_TOKEN : null);
    if (cannot) return;
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

  const seenTokens = createSeenTokens(() => session.view().token);
  const comparison = createMemo(() => lastRefresh(feed.events(), seenTokens()));
  const signedInAs = createMemo(() => (session.view().token === null ? null : session.view().account));
  const refreshed = createMemo(() => feed.model().succeeded);
  const kept = createProof(signedInAs, refreshed);
  const { demoAccount, homeCalls } = startup.backend;
  const runner = createRunner({
    events: feed.events,
    watch: feed.watch,
    reload: () => location.reload(),
    paths: homeCalls,
    ada: demoAccount,
    results,
  });
  let title: HTMLHeadingElement | undefined;
  onMount(() => {
    runner.resume();
    if (props.focused) title?.focus();
  });

  const tokenSheet = () => (
    <>
      <TokenSection
        token={token()}
        shown={shownToken()}
        state={session.state()}
        generation={session.view().generation}
        degraded={session.view().degraded}
      />
      <Faults changes={`${ended()} ${runner.playing()}`} tell={setProblem} count={setFaultsOn} />
      <Show when={demoAccount}>
        <DemoClock aheadMs={aheadMs()} tell={setProblem} />
      </Show>
      <StateMachine state={session.state()} events={feed.events()} />
      <LastRefresh comparison={comparison()} />
      <Claims json={session.view().token?.claims ?? null} opaque={session.view().token?.opaque ?? false} now={shownNow()} />
    </>
  );

  const move = async () => {
    setProblem(runner.playing() === null ? null : STAYS);
    if (problem() === STAYS) return;
    const error = await props.move?.();
    if (error) setProblem(error.message);
  };

  createEffect(on(runner.playing, (id) => id === null && problem() === STAYS && setProblem(null), { defer: true }));

  const Housing = props.alone ? Alone : Drawer;
  return (
    <Housing label="Developer panel" testid="dev-panel">
      <header class="dev-head">
        <h2 class="dev-title" ref={title} tabindex="-1">
          Developer panel
        </h2>
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
        <Show when={faultsOn() > 0}>
          <Pill tone="wait">{faultsOn() === 1 ? "1 fault on" : `${faultsOn()} faults on`}</Pill>
        </Show>
        <Show when={session.view().token}>
          <Button size="small" icon={RefreshCw} busy={asking()} data-testid="refresh-now" onClick={() => void refreshNow()}>
            Refresh now
          </Button>
        </Show>
        <Show when={props.move}>
          <Button
            size="small"
            look="quiet"
            icon={props.alone ? PanelBottom : SquareArrowOutUpRight}
            aria-label={props.alone ? "Put the panel back below the page" : "Open the panel in its own window"}
            title={runner.playing() !== null ? STAYS : props.alone ? "Put back below the page" : "Open in its own window"}
            data-testid={props.alone ? "dev-attach" : "dev-detach"}
            aria-disabled={runner.playing() !== null || undefined}
            onClick={() => void move()}
          />
        </Show>
        <Button size="small" look="quiet" icon={X} aria-label="Close the developer panel" title="Close" onClick={() => props.onClose()} />
      </header>
      <div class="dev-columns">
        <div class="dev-column">
          <Tabs
            label="Token, profile and scenarios"
            sheets={[
              { id: "token", label: "Token", content: tokenSheet },
              // Looked at again when it is shown: a draft that was kept since is a generation more.
              { id: "profile", label: "Profile", content: () => <Proof proof={kept.proof()} slot={kept.slot()} />, onShow: kept.look },
              { id: "scenarios", label: "Scenarios", content: () => <Scenarios runner={runner} offered={demoAccount !== null} /> },
            ]}
          />
        </div>
        <Waterfall model={feed.model()} aheadMs={aheadMs()} related={related()} choose={choose} clear={clear} />
        <EventLog
          model={feed.model()}
          now={shownNow()}
          search={search()}
          setSearch={setSearch}
          clear={clear}
          related={related()}
          selected={selected()}
          select={select}
        />
      </div>
    </Housing>
  );
}

/** So many tokens are remembered, by fingerprint, to hold the last against the one before. */
const TOKENS = 8;

function createSeenTokens(token: () => TokenView | null) {
  const [seen, setSeen] = createSignal<ReadonlyMap<string, TokenView>>(new Map());
  createEffect(() => {
    const now = token();
    if (now === null) return;
    setSeen((before) => new Map([...[...before].filter(([name]) => name !== now.fingerprint).slice(1 - TOKENS), [now.fingerprint, now]]));
  });
  return seen;
}
