// The lasting conditions: offline, keyring, clock, store, and a session that is about to end. They have their own place, so nothing jumps when one comes.
// Not in it: errors of a single action; those stand where the action was.
import { ClockAlert, CloudOff, Database, KeyRound } from "lucide";
import { createEffect, createMemo, createSignal, For, on, Show } from "solid-js";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import { hasNoFocus } from "../../components/focus";
import { Detail } from "../../components/Said";
import type { Banner as BannerView } from "../../ipc";
import { useSession } from "../../session";
import { text } from "../../text";
import { SignInAgain } from "../login/SignInAgain";
import { Ending } from "./Ending";
import { RetryNow } from "./RetryNow";
import { RetryVault } from "./RetryVault";

const icons = { offline: CloudOff, vault: KeyRound, clock: ClockAlert, store: Database };

export function Banners() {
  const session = useSession();
  /** Here and not in a banner: the dialog stays when its banner goes. */
  const [signingIn, setSigningIn] = createSignal(false);
  /** While refreshes fail there is an offline banner at once, even before Rust has worded one (R5). */
  const banners = createMemo((): BannerView[] => {
    const { banners, degraded } = session.view();
    const told = banners.some((banner) => banner.kind === "offline");
    return degraded && !told ? [{ kind: "offline", message: degraded.reason }, ...banners] : banners;
  });
  const kinds = createMemo(() => [...new Set(banners().map((banner) => banner.kind))], [], {
    equals: (a, b) => a.length === b.length && a.every((kind, index) => kind === b[index]),
  });
  // The button that was pressed may have gone with its banner.
  const seekFocus = () => hasNoFocus() && document.querySelector("main")?.focus({ preventScroll: true });
  createEffect(on(kinds, (now, before) => before?.some((kind) => !now.includes(kind)) && queueMicrotask(seekFocus)));
  const saidOf = (kind: BannerView["kind"]) => banners().find((banner) => banner.kind === kind)?.message ?? null;
  return (
    <section class="banners" aria-label={text.banner.label()}>
      <For each={kinds()}>
        {(kind) => (
          <Banner tone="wait" icon={icons[kind]} testid="banner" kind={kind} action={actionOf(kind, () => setSigningIn(true))}>
            <Words kind={kind} />
            <Detail of={saidOf(kind)} />
          </Banner>
        )}
      </For>
      <Ending signIn={() => setSigningIn(true)} />
      <Show when={signingIn() && session.view().token !== null}>
        <SignInAgain onClose={() => setSigningIn(false)} />
      </Show>
    </section>
  );
}

function actionOf(kind: BannerView["kind"], signIn: () => void) {
  if (kind === "offline") return <OfflineActions signIn={signIn} />;
  return kind === "vault" ? <RetryVault /> : undefined;
}

/** One sentence of ours, or two. */
function Words(props: { kind: BannerView["kind"] }) {
  const session = useSession();
  const second = () => {
    if (props.kind === "vault" && session.view().token) return text.banner.vaultMeans();
    return props.kind === "offline" && session.view().degraded?.offersSignIn ? text.banner.signInMayHelp() : "";
  };
  return (
    <>
      {props.kind === "offline" ? offlineWords(session.view().degraded?.code) : text.banner.kinds[props.kind]()} {second()}
    </>
  );
}

function offlineWords(code: string | undefined): string {
  if (code === "server-unavailable" || code === "timeout") return text.banner.unavailable();
  if (code === "throttled") return text.banner.throttled();
  return code === "misconfigured" ? text.banner.misconfigured() : text.banner.kinds.offline();
}

/** R5: trying on may never help, as where the server answers 500 to a user who is gone: then signing in is offered. */
function OfflineActions(props: { signIn: () => void }) {
  const session = useSession();
  return (
    <>
      <RetryNow />
      <Show when={session.view().degraded?.offersSignIn}>
        <Button size="small" data-testid="sign-in-again" onClick={() => props.signIn()}>
          {text.banner.signInAgain()}
        </Button>
      </Show>
    </>
  );
}
