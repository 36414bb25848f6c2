// The password: hidden or shown, with a word when Caps Lock is on.
// Not in it: what is done with it.
import { Eye, EyeOff } from "lucide";
import { createSignal } from "solid-js";
import { Icon } from "../../components/Icon";
import { TextField } from "../../components/TextField";
import { text } from "../../text";

export function PasswordField(props: {
  value: string;
  error: string | undefined;
  toldBy: string | undefined;
  onInput: (value: string) => void;
  ref: (element: HTMLInputElement) => void;
}) {
  const [shown, setShown] = createSignal(false);
  const [capsLock, setCapsLock] = createSignal(false);
  const lookAtCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState?.("CapsLock") ?? false);
  const toggleName = () => (shown() ? text.login.hide() : text.login.show());
  return (
    <TextField
      id="password"
      ref={props.ref}
      label={text.login.password()}
      error={props.error}
      toldBy={props.toldBy}
      hint={capsLock() ? text.login.capsLock() : undefined}
      name="password"
      type={shown() ? "text" : "password"}
      autocomplete="current-password"
      autocapitalize="none"
      spellcheck={false}
      required
      data-testid="login-password"
      value={props.value}
      onInput={(event) => props.onInput(event.currentTarget.value)}
      onKeyDown={lookAtCapsLock}
      onKeyUp={lookAtCapsLock}
      onBlur={() => setCapsLock(false)}
      end={
        <button
          type="button"
          class="login-eye"
          aria-label={toggleName()}
          aria-pressed={shown()}
          title={toggleName()}
          data-testid="login-show-password"
          onClick={() => setShown(!shown())}
        >
          <Icon of={shown() ? EyeOff : Eye} />
        </button>
      }
    />
  );
}
