// The test of the server as the form has it: name and password, beginning and stopping it, and what it has found so far.
// Not in it: how that is shown (TestResult), and the walk itself (Rust).
import { createSignal, Show } from "solid-js";
import { Button } from "../../components/Button";
import { TextField } from "../../components/TextField";
import { Channel, type CommandError, commands, type Report, type SettingsDraft, type Step } from "../../ipc";
import { TestResult } from "./TestResult";
import { words } from "./words";

type Props = {
  draft(): SettingsDraft;
  /** What the form does just now. */
  busy: "test" | "save" | null;
  setBusy(busy: "test" | null): void;
  /** Why the test could not be made. */
  tell(trouble: CommandError | null): void;
  /** Takes what the test wrote into the form. */
  use(toml: string): void;
};

export function TestForm(props: Props) {
  const [steps, setSteps] = createSignal<Step[]>([]);
  const [report, setReport] = createSignal<Report | null>(null);
  const [stopped, setStopped] = createSignal(false);
  const [reuse, setReuse] = createSignal(false);
  let username!: HTMLInputElement;
  let password!: HTMLInputElement;

  async function test(): Promise<void> {
    props.setBusy("test");
    props.tell(null);
    setReport(null);
    setStopped(false);
    setSteps([]);
    const told = new Channel<Step>();
    told.onmessage = (step) => setSteps((before) => [...before.filter(({ name }) => name !== step.name), step]);
    const result = await commands.testSettings(props.draft(), username.value, password.value, reuse(), told);
    password.value = "";
    props.setBusy(null);
    if (result.status === "error") return void props.tell(result.error);
    setStopped(result.data === null);
    if (!result.data) return;
    setSteps(result.data.steps);
    setReport(result.data);
  }

  return (
    <>
      <fieldset class="server-test">
        <legend class="field-label">{words.test()}</legend>
        <p class="settings-words muted">{words.testWords()}</p>
        <TextField id="settings-username" ref={username} label={words.username()} autocomplete="off" data-testid="settings-username" />
        <TextField
          id="settings-password"
          ref={password}
          label={words.password()}
          type="password"
          autocomplete="off"
          data-testid="settings-password"
        />
        <label class="server-check">
          <input
            type="checkbox"
            data-testid="settings-reuse"
            checked={reuse()}
            onChange={(event) => setReuse(event.currentTarget.checked)}
          />
          {words.reuse()}
        </label>
        <div class="server-actions">
          <Button busy={props.busy === "test"} disabled={props.busy === "save"} data-testid="settings-test" onClick={test}>
            {words.run()}
          </Button>
          <Show when={props.busy === "test"}>
            <Button look="quiet" data-testid="settings-stop" onClick={() => void commands.stopTest()}>
              {words.stop()}
            </Button>
          </Show>
          <p class="settings-words muted" role="status">
            {stopped() ? words.stopped() : ""}
          </p>
        </div>
      </fieldset>
      <TestResult steps={steps()} report={report()} use={props.use} />
    </>
  );
}
