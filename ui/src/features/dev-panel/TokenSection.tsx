// The first column's head piece: state, time left, ring and what identifies the token. Its fingerprint only, never the token.
// Not in it: claims (Claims.tsx) and demo faults (Faults.tsx).
import { Show } from "solid-js";
import { Pill } from "../../components/Pill";
import type { Degraded, SessionState } from "../../ipc";
import { left, span } from "./duration";
import { dial } from "./ring";
import { TokenRing } from "./TokenRing";
import { isOver, STATES, type TokenNow, toneOf } from "./token";
import "./TokenSection.css";

type Props = {
  /** To the second: the attributes tell it. */
  token: TokenNow;
  /** As it is drawn: the same, now and then while nobody is there. */
  shown: TokenNow;
  state: SessionState;
  generation: number;
  degraded: Degraded | null;
};

export function TokenSection(props: Props) {
  const seconds = (ms: number | null) => (ms === null ? undefined : Math.floor(ms / 1_000));
  return (
    <div
      class="token"
      data-testid="token-state"
      data-state={props.state}
      data-expires-in={seconds(props.token.leftMs)}
      data-window={seconds(props.token.windowMs)}
      data-generation={props.generation}
      data-fingerprint={props.token.fingerprint ?? undefined}
    >
      <TokenRing dial={dial(props.shown)} tone={toneOf(props.shown)} />
      <div class="token-words">
        <p class="token-left">
          {timeLeft(props.shown)} <Pill tone={STATES[props.state].tone}>{STATES[props.state].label}</Pill>
        </p>
        <p class="muted">{props.state === "due" && isOver(props.shown) ? OVER : ofLife(props.shown)}</p>
        <Show when={props.token.fingerprint}>
          <p
            class="muted"
            data-testid="refresh-end"
            title="By its own claims or the reply's word. It is shown only: the session ends when the server says so."
          >
            {refreshEnd(props.shown)}
          </p>
        </Show>
        <Show when={props.degraded}>
          {(trouble) => <p class="token-trouble">{`${trouble().attempts} failed in a row: ${trouble().reason}`}</p>}
        </Show>
        <dl class="token-facts">
          <Fact name="Gen" means="Generation: rises with each new token, sign-in and sign-out" text={String(props.generation)} />
          <Fact name="Access" means="SHA-256 of the access token, its first 8 hex digits" text={props.token.fingerprint} />
          <Fact name="Refresh" means="SHA-256 of the refresh token, its first 8 hex digits" text={props.token.refreshFingerprint} />
        </dl>
      </div>
    </div>
  );
}

function Fact(props: { name: string; means: string; text: string | null }) {
  return (
    <Show when={props.text}>
      <div title={props.means}>
        <dt>{props.name}</dt>
        <dd>
          <code>{props.text}</code>
        </dd>
      </div>
    </Show>
  );
}

function timeLeft(token: TokenNow): string {
  if (token.fingerprint === null) return "No token";
  if (token.leftMs === null) return "End not known";
  return isOver(token) ? `Over for ${left(-token.leftMs)}` : `${left(token.leftMs)} left`;
}

/** The session is due then, and not over: nothing has been lost. */
const OVER = "The next call refreshes it.";

function ofLife(token: TokenNow): string {
  if (token.fingerprint === null) return "Sign in to get one.";
  const life = token.lifetimeMs === null ? "" : `of ${span(token.lifetimeMs)}`;
  const window = token.windowMs === null ? "" : `due below ${span(token.windowMs)}`;
  return [life, window].filter(Boolean).join(", ");
}

function refreshEnd({ refreshFingerprint, refreshLeftMs }: TokenNow): string {
  if (refreshFingerprint === null) return "No refresh token";
  if (refreshLeftMs === null) return "Refresh token’s end not known";
  return refreshLeftMs <= 0 ? "Refresh token over, by its own word" : `Refresh token: ${left(refreshLeftMs)} left`;
}
