// The home view: fires its calls in parallel when it opens, and shows what they bring.
// Not in it: the reading of replies (shape.ts) and the rows of calls (CallList).
import { Inbox, RotateCw } from "lucide";
import { For, onMount, Show } from "solid-js";
import { Button } from "../../components/Button";
import { Empty } from "../../components/States";
import { createTick } from "../../components/time";
import { useStartup } from "../../session";
import { text } from "../../text/en";
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
  const now = createTick(30_000);
  onMount(() => homeCalls.length > 0 && feed.load());
  return (
    <div class="home" data-testid="home-view">
      <header class="view-head">
        <h1>{text.home.title}</h1>
        <div class="view-head-end">
          <Button size="small" look="quiet" icon={RotateCw} disabled={homeCalls.length === 0} data-testid="home-reload" onClick={feed.load}>
            {text.home.reload}
          </Button>
        </div>
      </header>
      <Show when={homeCalls.length > 0} fallback={<Empty icon={Inbox} title={text.home.noCalls} children={text.home.noCallsWords} />}>
        <div class="home-grid">
          <For each={feed.sections}>
            {(section) => (
              <Section section={section} now={now()} retry={feed.load} class={section.path.includes("stats") ? "home-wide" : ""} />
            )}
          </For>
          <Show when={notesPath}>{(path) => <Composer path={path()} onPosted={(body) => feed.prepend(path(), body)} />}</Show>
        </div>
        <CallList calls={calls} disabled={homeCalls.length === 0} onFire={(count) => void calls.fire(cycle(homeCalls, count))} />
      </Show>
    </div>
  );
}
