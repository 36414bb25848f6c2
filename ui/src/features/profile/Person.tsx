// Who this is, at a glance: picture or initials, name, account.
// Not in it: the fields one by one (Field).
import { createMemo, Show } from "solid-js";
import type { ProfileView } from "../../ipc";
import { parseJson, scalar } from "../../json/parse";
import { text } from "../../text";

export function Person(props: { profile: ProfileView }) {
  const said = (key: string) => {
    const field = props.profile.fields.find((field) => field.key === key);
    return field ? scalar(parseJson(field.json) ?? undefined) : undefined;
  };
  const name = createMemo(() => {
    const both = [said("first_name"), said("last_name")].filter(Boolean).join(" ");
    return both || said("name") || said("username") || props.profile.account;
  });
  const picture = createMemo(() => [said("avatar"), said("picture")].find((uri) => uri?.startsWith("data:image/")));
  const initials = () =>
    name()
      .split(/[\s@.]+/)
      .slice(0, 2)
      .map((word) => word.charAt(0).toUpperCase())
      .join("");
  return (
    <div class="person">
      <Show
        when={picture()}
        fallback={
          <span class="person-initials" aria-hidden="true">
            {initials()}
          </span>
        }
      >
        {(uri) => <img class="person-picture" src={uri()} alt={text.profile.avatar()} width="56" height="56" />}
      </Show>
      <div class="person-words">
        <h2 class="selectable" dir="auto">
          {name()}
        </h2>
        <p class="muted selectable" dir="auto">
          {props.profile.account}
        </p>
      </div>
      <p class="person-count muted">{text.profile.fields(props.profile.fields.length)}</p>
    </div>
  );
}
