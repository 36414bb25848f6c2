// The developer panel: watches every decision the engine takes while it is open, and lets the demo server misbehave.
// Not in it: its head (PanelHead.tsx); where it stands, its own window, and the shortcut that opens it (the frame).
import { createEffect, createMemo, createSignal, on, onMount, Show, untrack } from "solid-js";
import type { CommandError } from "../../ipc";
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
import { PanelHead } from "./PanelHead";
import { Proof } from "./Proof";
import { createProof } from "./proof";
import { StateMachine } from "./StateMachine";
import { createResults, createRunner } from "./scenarios/runner";
import { Scenarios } from "./scenarios/Scenarios";
import { createSeenTokens } from "./seen";
import { isSame, relatedTo, type Selection } from "./selection";
import { Tabs } from "./Tabs";
import { TokenSection } from "./TokenSection";
import { tokenNow } from "./token";
import { Waterfall } from "./Waterfall";
import "./Chip.css";
import "./DevPanel.css";

/** A story would break off: the panel begins anew where it goes. The button stays one that can be reached and asked why. */
const STAYS = "A scenario is playing. The panel can be moved when it has ended.";

/** So near its end a token is shown to the second. */
const CLOSELY_MS = 60_000;

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
      <PanelHead
        ref={title}
        counters={feed.counters()}
        told={problem() ?? feed.problem()}
        faultsOn={faultsOn()}
        token={session.view().token}
        tell={setProblem}
        alone={props.alone === true}
        move={props.move && (() => void move())}
        stays={runner.playing() === null ? null : STAYS}
        onClose={props.onClose}
      />
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
