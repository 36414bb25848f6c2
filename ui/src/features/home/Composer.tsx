// The note composer: the draft is kept as it is typed, and stays when posting fails.
// Not in it: the keeping (draft.ts).
import { CircleAlert } from "lucide";
import { createSignal, Show } from "solid-js";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import { Said } from "../../components/Said";
import { createSlow } from "../../components/time";
import { type ApiReply, callApi } from "../../ipc";
import { member, parseJson, scalar } from "../../json/parse";
import { useSession } from "../../session";
import { text } from "../../text";
import { type Trouble, troubleOf } from "../../text/trouble";
import { createDraft } from "./draft";
import "./Composer.css";

const PROGRESS_AFTER_MS = 250;
/** A longer text is kept but not laid out: WebKit takes seconds for each million letters of a text area. */
const LAID_OUT_TO = 100_000;

export function Composer(props: { path: string; onPosted: (body: string) => void }) {
  const session = useSession();
  const draft = createDraft(session.view().account ?? "");
  const [posting, setPosting] = createSignal(false);
  const [problem, setProblem] = createSignal<Trouble | null>(null);
  const [posted, setPosted] = createSignal(false);
  const progress = createSlow(posting, PROGRESS_AFTER_MS);
  let area!: HTMLTextAreaElement;

  async function post(event: SubmitEvent) {
    event.preventDefault();
    const note = draft.text();
    if (posting() || !note.trim()) return;
    setPosting(true);
    setProblem(null);
    const call = { method: "POST", path: props.path, body: JSON.stringify({ text: note }) } as const;
    const result = await callApi(call);
    setPosting(false);
    if (result.status === "error") return setProblem(troubleOf(result.error));
    if (result.data.status >= 400) return setProblem({ code: "answered", status: result.data.status, said: refusal(result.data) });
    setPosted(true);
    await draft.clear();
    area.focus(); // the button that had the focus is disabled now
    props.onPosted(result.data.body);
  }

  function discard() {
    void draft.clear();
    area.focus();
  }

  const large = () => draft.text().length > LAID_OUT_TO;

  /** A large text goes past the text area's own, slow way of inserting. */
  function paste(event: ClipboardEvent & { currentTarget: HTMLTextAreaElement }) {
    const pasted = event.clipboardData?.getData("text/plain") ?? "";
    if (pasted.length <= LAID_OUT_TO) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = event.currentTarget;
    draft.type(value.slice(0, selectionStart) + pasted + value.slice(selectionEnd));
  }

  const words = () => {
    if (draft.state() === "failed") return text.composer.unsaved();
    if (draft.state() === "saved") return text.composer.saved();
    return draft.state() === "typing" ? "" : posted() ? text.composer.posted() : "";
  };

  return (
    <form class="composer" onSubmit={post}>
      <textarea
        ref={area}
        class="composer-text"
        classList={{ "composer-unseen": large() }}
        data-testid="draft"
        dir={draft.text() ? "auto" : undefined}
        aria-label={text.composer.title()}
        aria-describedby="draft-state"
        placeholder={text.composer.placeholder()}
        rows="2"
        readOnly={posting()}
        value={draft.text()}
        onInput={(event) => draft.type(event.currentTarget.value)}
        onPaste={paste}
        onBlur={() => void draft.save()}
      />
      <Show when={large()}>
        <div class="composer-large" data-testid="draft-large">
          <p>{text.composer.large(draft.text().length)}</p>
          <Button size="small" disabled={posting()} data-testid="draft-discard" onClick={discard}>
            {text.composer.discard()}
          </Button>
        </div>
      </Show>
      <Show when={problem()}>
        {(trouble) => (
          <Banner tone="danger" icon={CircleAlert} role="alert" testid="draft-error">
            <Said trouble={trouble()}>{text.composer.kept()}</Said>
          </Banner>
        )}
      </Show>
      <div class="composer-end">
        <span class="muted" id="draft-state" role="status" data-testid="draft-state">
          {words()}
        </span>
        <Button type="submit" look="primary" size="small" busy={progress()} disabled={!draft.text().trim()} data-testid="draft-post">
          {text.composer.post()}
        </Button>
      </div>
    </form>
  );
}

/** What a server says when it refuses: its `detail` or `message`, if it has one. */
function refusal(reply: ApiReply): string | undefined {
  const json = parseJson(reply.body);
  return json ? ["detail", "message", "error", "text"].map((key) => scalar(member(json, key))).find(Boolean) : undefined;
}
