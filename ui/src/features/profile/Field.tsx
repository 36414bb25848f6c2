// One field of the profile: its key, and its value as exact JSON; a long value is folded.
// Not in it: the layout of JSON (json/print.ts).
import { createSignal, Show } from "solid-js";
import { JsonText } from "../../json/JsonText";
import { text } from "../../text";

/** Longer values are folded at first. */
const LONG = 240;

export function Field(props: { name: string; json: string }) {
  const [open, setOpen] = createSignal(false);
  const long = () => props.json.length > LONG;
  return (
    <div class="profile-row">
      <dt class="profile-key mono selectable" dir="ltr">
        {props.name}
      </dt>
      <dd>
        <div
          class="profile-value mono selectable"
          dir="ltr"
          classList={{ "profile-folded": long() && !open() }}
          data-testid="profile-field"
          data-key={props.name}
        >
          <JsonText text={props.json} />
        </div>
        <Show when={long()}>
          <button type="button" class="profile-more" aria-expanded={open()} onClick={() => setOpen(!open())}>
            {open() ? text.profile.showLess() : text.profile.showAll()}
          </button>
        </Show>
      </dd>
    </div>
  );
}
