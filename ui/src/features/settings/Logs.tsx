// The folder of the logs, shown by the desktop.
// Not in it: where it is (Rust).
import { FolderOpen } from "lucide";
import { createSignal, Show } from "solid-js";
import { Button } from "../../components/Button";
import { Detail } from "../../components/Said";
import { commands } from "../../ipc";
import { text } from "../../text";

export function Logs() {
  const [busy, setBusy] = createSignal(false);
  const [failed, setFailed] = createSignal<string | null>(null);
  async function open() {
    setBusy(true);
    const result = await commands.openLogs();
    setBusy(false);
    setFailed(result.status === "error" ? result.error.message : null);
  }
  return (
    <div class="fact">
      <dt class="muted">{text.settings.logs()}</dt>
      <dd>
        <Button size="small" icon={FolderOpen} busy={busy()} data-testid="open-logs" onClick={open}>
          {text.settings.logsOpen()}
        </Button>
        <Show when={failed()}>
          {(why) => (
            <div class="field-error" role="alert" data-testid="open-logs-error">
              {text.settings.logsFailed()}
              <Detail of={why()} />
            </div>
          )}
        </Show>
      </dd>
    </div>
  );
}
