// The form: name, password, errors by field and in one sentence above, and the filling in of the demo account.
// Not in it: what the errors say (trouble.ts).
import { CircleAlert } from "lucide";
import { createSignal, createUniqueId, onMount, Show } from "solid-js";
import { createStore } from "solid-js/store";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import { TextField } from "../../components/TextField";
import { createSlow, createTick } from "../../components/time";
import { useSession, useStartup } from "../../session";
import { text } from "../../text";
import { PasswordField } from "./PasswordField";
import { missing, type Trouble, troubleOf } from "./trouble";

/** Shorter waits show nothing. */
const PROGRESS_AFTER_MS = 250;
const SLOW_AFTER_MS = 5000;

/** `again`: the person is inside and stays who they are; only the password is asked for. */
export function LoginForm(props: { again?: boolean; onDone?: () => void }) {
  const session = useSession();
  const account = session.view().account ?? "";
  const demo = props.again ? null : useStartup().backend.demoAccount;
  const [typed, setTyped] = createStore({ username: account, password: "" });
  const [trouble, setTrouble] = createSignal<Trouble | null>(null);
  const [sending, setSending] = createSignal(false);
  const progress = createSlow(sending, PROGRESS_AFTER_MS);
  const slow = createSlow(sending, SLOW_AFTER_MS);
  const now = createTick(500, () => Boolean(trouble()?.again));
  const secondsLeft = () => Math.max(0, Math.ceil(((trouble()?.again ?? 0) - now()) / 1000));
  let username!: HTMLInputElement;
  let password!: HTMLInputElement;
  const summary = createUniqueId();

  onMount(() => (account ? password : username).focus());

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (sending()) return;
    const gap = missing(typed.username, typed.password);
    if (gap) {
      setTrouble(gap);
      return correct(gap);
    }
    setSending(true);
    const error = await session.signIn(typed.username.trim(), typed.password);
    setSending(false);
    if (!error) return props.onDone?.();
    const told = troubleOf(error, Date.now());
    // The name cannot be wrong where it cannot be changed.
    const found = props.again && told.code === "wrong-credentials" ? { ...told, summary: text.login.wrongPassword } : told;
    setTrouble(found);
    correct(found);
  }

  /** To the field that is to be typed anew, its text selected; where nothing typed is at fault the focus stays. The alert reads itself out. */
  function correct({ code, fields }: Trouble) {
    const field = fields.username ? username : fields.password || code === "wrong-credentials" ? password : null;
    field?.focus();
    field?.select();
  }

  function fillIn(demo: { username: string; password: string }) {
    setTyped(demo);
    setTrouble(null);
  }

  return (
    <form
      class="login-form"
      data-testid="login-form"
      aria-label={props.again ? text.login.again() : text.login.title()}
      noValidate
      onSubmit={submit}
    >
      <Show when={trouble()}>
        {(found) => (
          <Banner id={summary} tone="danger" icon={CircleAlert} role="alert" testid="login-error" kind={found().code}>
            {found().summary()} <Show when={secondsLeft() > 0}>{text.login.tryIn(secondsLeft())}</Show>
          </Banner>
        )}
      </Show>
      <TextField
        id="username"
        ref={username}
        label={text.login.username()}
        error={trouble()?.fields.username?.()}
        name="username"
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        required
        readOnly={props.again}
        dir={typed.username ? "auto" : undefined}
        data-testid="login-username"
        value={typed.username}
        onInput={(event) => setTyped("username", event.currentTarget.value)}
      />
      <PasswordField
        ref={(element) => {
          password = element;
        }}
        error={trouble()?.fields.password?.()}
        toldBy={trouble()?.code === "wrong-credentials" ? summary : undefined}
        value={typed.password}
        onInput={(value) => setTyped("password", value)}
      />
      <Button type="submit" look="primary" class="login-submit" busy={progress()} data-testid="login-submit">
        {text.login.submit()}
      </Button>
      <p class="login-progress muted" role="status">
        {slow() ? text.login.slow() : progress() ? text.login.submitting() : ""}
      </p>
      <Show when={demo}>
        {(demo) => (
          <div class="login-demo">
            <dl>
              <dt>{text.login.demo()}</dt>
              <dd class="mono selectable" dir="ltr">
                {demo().username}
              </dd>
              <dd class="mono selectable" dir="ltr">
                {demo().password}
              </dd>
            </dl>
            <Button size="small" data-testid="login-demo" onClick={() => fillIn(demo())}>
              {text.login.useDemo()}
            </Button>
          </div>
        )}
      </Show>
    </form>
  );
}
