// The UI's only truth about the session: one signal, pulled once at the start and fed by events ever after.
// Not in it: what is shown (features) and whether the login view is (router.tsx).
import { createMemo, createSignal, onCleanup } from "solid-js";
import { type CommandError, commands, type ExpiryReason, events, expectOk, newTicket, type SessionState, type SessionView } from "../ipc";

/** Timers sleep through a suspend: no wait for the window is longer than this. */
const LOOK_AGAIN_MS = 30_000;

export type Session = ReturnType<typeof createSession>;

/** `first` is the view pulled before the first paint. Call inside a root; `start` then subscribes. */
export function createSession(first: SessionView) {
  const [received, setReceived] = createSignal({ view: first, at: performance.now() });
  const [now, setNow] = createSignal(performance.now());
  const view = createMemo(() => received().view);

  /** Takes a view unless a newer one is here already: answers and events may overtake each other. */
  function apply(next: SessionView): void {
    if (next.seq < view().seq) return;
    setNow(performance.now());
    setReceived({ view: next, at: performance.now() });
    watchClock();
  }

  /** Milliseconds the access token has left by the clock; null: not known. */
  function leftMs(): number | null {
    const { view, at } = received();
    return view.token?.leftMs == null ? null : view.token.leftMs - (Math.max(now(), at) - at);
  }

  /** Milliseconds until the session ends for certain, at the latest look at the clock; null: nothing says that it will. */
  function endsInMs(): number | null {
    const { view, at } = received();
    const end = certainEndMs(view);
    return end === null ? null : end - (performance.now() - at);
  }

  /** The state as of now: a fresh token becomes due by the clock, without an event. */
  const state = createMemo((): SessionState => {
    const { state, token } = view();
    const left = leftMs();
    return state === "fresh" && left !== null && token?.windowMs != null && left < token.windowMs ? "due" : state;
  });

  let timer: ReturnType<typeof setTimeout> | undefined;
  function watchClock(): void {
    clearTimeout(timer);
    const left = leftMs();
    if (state() !== "fresh" || left === null) return;
    const untilDue = left - (view().token?.windowMs ?? 0) + 1;
    timer = setTimeout(
      () => {
        setNow(performance.now());
        watchClock();
      },
      Math.min(untilDue, LOOK_AGAIN_MS),
    );
  }

  async function pull(): Promise<void> {
    apply(expectOk(await commands.session()));
  }

  /** Listens first and pulls after, so that nothing sent in between is missed (F30). Who is gone by then hears nothing more. */
  async function start(): Promise<void> {
    const stops = await Promise.all([
      events.sessionChanged.listen(({ payload }) => apply(payload)),
      events.sessionExpired.listen(({ payload }) => expire(payload.seq, payload.reason, payload.account)),
    ]);
    if (over) return stops.forEach((unlisten) => void unlisten());
    const again = () => document.visibilityState === "visible" && void pull();
    document.addEventListener("visibilitychange", again);
    stop = () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", again);
      for (const unlisten of stops) unlisten();
    };
    await pull();
  }
  let over = false;
  let stop = () => clearTimeout(timer);
  onCleanup(() => {
    over = true;
    stop();
  });

  function expire(seq: number, reason: ExpiryReason, account: string | null): void {
    if (seq < view().seq || view().state === "expired") return;
    apply({ ...view(), seq, reason, account, state: "expired", token: null, degraded: null });
    void pull();
  }

  async function signIn(username: string, password: string): Promise<CommandError | null> {
    const result = await commands.signIn(username, password, newTicket());
    if (result.status === "error") return result.error;
    apply(result.data);
    return null;
  }

  async function signOut(remember: boolean): Promise<CommandError | null> {
    const result = await commands.signOut(remember);
    if (result.status === "error") return result.error;
    apply(result.data);
    return null;
  }

  watchClock();
  return { view, state, leftMs, endsInMs, receivedAt: () => received().at, apply, start, signIn, signOut };
}

/** When the access token runs out nothing can renew the session: it came without a refresh token, or the server refuses to refresh. */
function certainEndMs({ token, degraded }: SessionView): number | null {
  if (token?.leftMs == null) return null;
  return token.refreshFingerprint === null || degraded?.code === "misconfigured" ? token.leftMs : null;
}
