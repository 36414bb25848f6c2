// The home view: fires its calls in parallel when it opens, and shows what they bring.
// Not in it: the reading of replies (shape.ts) and the rows of calls (CallList).
import { Inbox, PenLine, RotateCw } from "lucide";
import { createEffect, createMemo, For, on, onMount, Show } from "solid-js";
import { createAgain, passes } from "../../components/again";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { nextFrame } from "../../components/frame";
import { Empty } from "../../components/States";
import { createServerTick } from "../../components/time";
import { useSession, useStartup } from "../../session";
import { text } from "../../text";
import { CallList } from "./CallList";
import { Composer } from "./Composer";
import { createCalls, cycle } from "./calls";
import { createHomeFeed } from "./feed";
import "./Home.css";
import { Section } from "./Section";

export function Home() {
  const { homeCalls, notesPath } = useStartup().backend;
  const calls = createCalls();
  const feed = createHomeFeed(homeCalls, calls);
  const now = createServerTick();
  // Figures first, as they are drawn, so that eyes, keys and screen readers meet the sections in one order.
  const inPlace = feed.sections.toSorted((a, b) => Number(isWide(b.path)) - Number(isWide(a.path)));
  const none = homeCalls.length === 0;
  const composer = (path: string) => <Composer path={path} onPosted={(body) => feed.prepend(path, body)} />;
  // The view is drawn first: what the calls bring would come in between.
  onMount(() => none || feed.load(nextFrame()));
  const session = useSession();
  const well = createMemo(() => session.view().degraded === null);
  // The server is back: what could not be loaded is loaded now.
  createEffect(on(well, (isWell) => isWell && feed.sections.some(({ problem }) => problem) && feed.load(), { defer: true }));
  // While refreshes fail the engine tries, and tells above; with a token that is good nobody would.
  createAgain(
    () => well() && feed.sections.every(({ loading }) => !loading) && feed.sections.some(({ problem }) => passes(problem)),
    feed.load,
  );
  return (
    <div class="home" data-testid="home-view">
      <header class="view-head">
        <h1>{text.home.title()}</h1>
        <div class="view-head-end">
          <Button size="small" icon={RotateCw} disabled={none} data-testid="home-reload" onClick={() => feed.load()}>
            {text.home.reload()}
          </Button>
        </div>
      </header>
      <div class="home-grid">
        <For each={inPlace}>
          {(section) => (
            <Section section={section} now={now()} retry={() => feed.load()} class={isWide(section.path) ? "home-wide" : ""}>
              <Show when={section.path === notesPath && notesPath}>{(path) => composer(path())}</Show>
            </Section>
          )}
        </For>
        <Show when={notesPath !== null && !homeCalls.includes(notesPath) && notesPath}>
          {(path) => (
            <Card title={text.composer.title()} icon={PenLine} flush>
              {composer(path())}
            </Card>
          )}
        </Show>
      </div>
      <Show when={!none} fallback={<NoCalls />}>
        <CallList calls={calls} disabled={none} onFire={(count) => void calls.fire(cycle(homeCalls, count))} />
      </Show>
    </div>
  );
}

function NoCalls() {
  return (
    <Empty icon={Inbox} title={text.home.noCalls()}>
      {text.home.noCallsWords()}
    </Empty>
  );
}

/** Figures stand in one row across the view; the place is known before the data, so nothing jumps. */
function isWide(path: string): boolean {
  return /\b(stats|metrics|figures|summary)\b/.test(path);
}
