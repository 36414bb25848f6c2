// Writes the event log to a file that can be shown to others, and says where it is and what is not in it (P1); beside it, and for
// the clipboard, the same calls as an HTTP archive. Not in it: what is left out of the log (Rust decides and says so).
import { Download } from "lucide";
import { createSignal, For, Show } from "solid-js";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Icon } from "../../components/Icon";
import { commands, type ExportView } from "../../ipc";
import { useStartup } from "../../session";
import { copyText } from "./clipboard";
import { HAR_LEFT_OUT, harOf } from "./har";
import type { Model } from "./model";

export function Export(props: { model: Model }) {
  const startup = useStartup();
  const [copied, setCopied] = createSignal<string | null>(null);
  const har = () => harOf(props.model.lanes.values(), props.model.refreshes.values(), startup.version);
  const copyHar = async () => {
    const done = await copyText(har());
    setCopied(done ? "Copied." : "The clipboard cannot be reached.");
  };
  const [written, setWritten] = createSignal<ExportView | null>(null);
  const [problem, setProblem] = createSignal<string | null>(null);
  const [busy, setBusy] = createSignal(false);
  async function write() {
    setBusy(true);
    const result = await commands.exportEvents(har());
    setBusy(false);
    if (result.status === "ok") setWritten(result.data);
    else setProblem(result.error.message);
  }
  const close = () => {
    setWritten(null);
    setProblem(null);
    setCopied(null);
  };
  return (
    <>
      <button
        type="button"
        class="dev-chip dev-chip-icon"
        aria-label="Export the events"
        title="Export the events to a file that can be shown to others"
        data-testid="events-export"
        disabled={busy()}
        onClick={write}
      >
        <Icon of={Download} size={13} />
      </button>
      <Show when={written() ?? problem()}>
        <Dialog title={problem() ? "The events could not be exported" : "Events exported"} onClose={close}>
          <Show when={problem()}>
            <p role="alert">{problem()}</p>
          </Show>
          <Show when={written()}>
            {(file) => (
              <>
                <p>{file().events === 1 ? "1 event is" : `${file().events} events are`} in</p>
                <p class="export-file" data-testid="export-file">
                  {file().file}
                </p>
                <Show when={file().forgotten > 0}>
                  <p class="muted" data-testid="export-forgotten">
                    {file().forgotten === 1
                      ? "The one that came before them is not kept."
                      : `The ${file().forgotten} that came before them are not kept.`}
                  </p>
                </Show>
                <p class="muted">Left out, so that the file can be shown to others:</p>
                <ul class="export-left-out muted">
                  <For each={file().leftOut}>{(what) => <li>{what}</li>}</For>
                </ul>
                <div class="export-har">
                  <p>The calls as an HTTP archive (HAR), for a browser’s network tools, are in</p>
                  <p class="export-file" data-testid="export-archive">
                    {file().archive}
                  </p>
                  <p class="muted" data-testid="har-left-out">
                    Left out: {HAR_LEFT_OUT.join("; ")}.
                  </p>
                  <div>
                    <Button size="small" data-testid="har-copy" onClick={() => void copyHar()}>
                      Copy as HAR
                    </Button>{" "}
                    <span role="status">{copied()}</span>
                  </div>
                </div>
              </>
            )}
          </Show>
          <div class="dialog-actions">
            <Button look="primary" autofocus onClick={close}>
              Close
            </Button>
          </div>
        </Dialog>
      </Show>
    </>
  );
}
