// The whole window when the app could not start: what is wrong, where, and what to do.
// Not in it: a way on; the file has to be corrected first.
import { FileWarning } from "lucide";
import { Show } from "solid-js";
import { Icon } from "../../components/Icon";
import type { StartupProblem } from "../../ipc";
import { text } from "../../text";
import "./Problem.css";

const isMac = navigator.userAgent.includes("Mac");

export function Problem(props: { problem: StartupProblem }) {
  const place = () => (props.problem.line === null ? props.problem.file : `${props.problem.file}:${props.problem.line}`);
  return (
    <main class="problem" data-testid="problem-view">
      <div class="problem-sheet">
        <Icon of={FileWarning} size={26} class="problem-icon" />
        <h1>{props.problem.file ? text.problem.settings() : text.problem.title()}</h1>
        <p>{props.problem.file ? text.problem.settingsWords() : text.problem.words()}</p>
        <p class="problem-message selectable" lang="en" dir="ltr" data-testid="problem-message">
          {props.problem.message}
        </p>
        <Show when={props.problem.file ?? props.problem.key}>
          <dl class="problem-place">
            <Show when={props.problem.file}>
              <dt>{text.problem.file()}</dt>
              <dd class="mono selectable" dir="ltr" data-testid="problem-file">
                {place()}
              </dd>
            </Show>
            <Show when={props.problem.key}>
              <dt>{text.problem.key()}</dt>
              <dd class="mono selectable" dir="ltr" data-testid="problem-key">
                {props.problem.key}
              </dd>
            </Show>
          </dl>
        </Show>
        <p class="muted">{props.problem.file ? text.problem.todo() : text.problem.todoOther()}</p>
        <p class="problem-quit">
          {text.problem.quit()} <kbd>{isMac ? "⌘ Q" : "Alt F4"}</kbd>
        </p>
      </div>
    </main>
  );
}
