// The list of stories: a click plays one, and it ends with a tick or a cross and one sentence on why.
// Not in it: playing (runner.ts).
import { Check, CirclePlay, LoaderCircle, X } from "lucide";
import { createMemo, For, Show } from "solid-js";
import { Icon } from "../../../components/Icon";
import type { Runner } from "./runner";
import "./Scenarios.css";

const MARK = { idle: CirclePlay, running: LoaderCircle, passed: Check, failed: X } as const;

export function Scenarios(props: { runner: Runner; offered: boolean }) {
  const passed = createMemo(() => Object.values(props.runner.runs()).filter(({ result }) => result === "passed").length);
  const ended = createMemo(() => Object.values(props.runner.runs()).filter(({ result }) => result !== "running").length);
  return (
    <Show when={props.offered} fallback={<p class="dev-empty">A real server is set: stories are played on the demo server only.</p>}>
      <section class="scenarios" aria-label="Scenarios">
        <div class="dev-part-head scenarios-head">
          <span class="muted" data-testid="scenarios-told" role="status">
            {ended() > 0 ? `${passed()} of ${ended()} as they should` : "Each plays on the demo server, as Ada."}
          </span>
          <button
            type="button"
            class="dev-chip"
            data-testid="scenarios-run"
            title="One after the other; the last begins the window anew"
            disabled={props.runner.playing() !== null}
            onClick={() => void props.runner.runAll()}
          >
            Play all
          </button>
        </div>
        <For each={props.runner.stories}>
          {(story) => {
            const run = () => props.runner.runs()[story.id];
            return (
              <button
                type="button"
                class="scenario"
                data-testid="scenario"
                data-scenario={story.id}
                data-result={run()?.result}
                title={run()?.why ?? story.about}
                disabled={props.runner.playing() !== null && props.runner.playing() !== story.id}
                onClick={() => void props.runner.run(story)}
              >
                <span class="scenario-mark">
                  <Icon of={MARK[run()?.result ?? "idle"]} size={14} />
                </span>
                <span class="scenario-title">
                  {story.title}
                  <Show when={run()}>{(seen) => <span class="visually-hidden">{`, ${seen().result}`}</span>}</Show>
                </span>
                <span class="scenario-why">{run()?.why ?? story.about}</span>
              </button>
            );
          }}
        </For>
      </section>
    </Show>
  );
}
