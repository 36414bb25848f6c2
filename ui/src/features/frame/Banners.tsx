// The lasting conditions: offline, keyring, clock, store. They have their own place, so nothing jumps when one comes.
// Not in it: errors of a single action; those stand where the action was.
import { ClockAlert, CloudOff, Database, KeyRound } from "lucide";
import { createMemo, createSignal, For, Show } from "solid-js";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import { createSlow, createTick } from "../../components/time";
import { type Banner as BannerView, type CommandErrorCode, commands, type Degraded } from "../../ipc";
import { useSession } from "../../session";
import { text } from "../../text/en";

const PROGRESS_AFTER_MS = 250;

const icons = { offline: CloudOff, vault: KeyRound, clock: ClockAlert, store: Database };

const offlineWords: Partial<Record<CommandErrorCode, string>> = {
  offline: text.banner.offline,
  "server-unavailable": text.banner.unavailable,
  timeout: text.banner.unavailable,
  throttled: text.banner.throttled,
  misconfigured: text.banner.misconfigured,
};

export function Banners() {
  const session = useSession();
  /** While refreshes fail there is an offline banner at once, even before Rust has worded one (R5). */
  const banners = createMemo((): BannerView[] => {
    const { banners, degraded } = session.view();
    const told = banners.some((banner) => banner.kind === "offline");
    return degraded && !told ? [{ kind: "offline", message: degraded.reason }, ...banners] : banners;
  });
  const kinds = createMemo(() => [...new Set(banners().map((banner) => banner.kind))], [], {
    equals: (a, b) => a.length === b.length && a.every((kind, index) => kind === b[index]),
  });
  const messageOf = (kind: BannerView["kind"]) => {
    const degraded = session.view().degraded;
    const own = kind === "offline" && degraded ? offlineWordsOf(degraded) : undefined;
    const message = own ?? banners().find((banner) => banner.kind === kind)?.message;
    return kind === "vault" && session.view().token ? `${message} ${text.banner.vaultMeans}` : message;
  };
  return (
    <section class="banners" aria-label={text.banner.label}>
      <For each={kinds()}>
        {(kind) => (
          <Banner
            tone="wait"
            icon={icons[kind]}
            testid="banner"
            kind={kind}
            action={kind === "offline" ? <OfflineActions /> : kind === "vault" ? <RetryVault /> : undefined}
          >
            {messageOf(kind)}
          </Banner>
        )}
      </For>
    </section>
  );
}

const offlineWordsOf = (degraded: Degraded) => {
  const words = offlineWords[degraded.code];
  return degraded.offersSignIn && words ? `${words} ${text.banner.signInMayHelp}` : words;
};

function OfflineActions() {
  const session = useSession();
  return (
    <>
      <RetryNow />
      <Show when={session.view().degraded?.offersSignIn}>
        <SignInAgain />
      </Show>
    </>
  );
}

/** R5: trying on may never help, as where the server answers 500 to a user who is gone. Place and draft are kept. */
function SignInAgain() {
  const session = useSession();
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<string | null>(null);
  async function leave() {
    setBusy(true);
    setProblem((await session.signOut(true))?.message ?? null);
    setBusy(false);
  }
  return (
    <>
      <Show when={problem()}>
        <span class="muted">{problem()}</span>
      </Show>
      <Button size="small" busy={busy()} data-testid="sign-in-again" onClick={leave}>
        {text.banner.signInAgain}
      </Button>
    </>
  );
}

/** The countdown to the next attempt, and the button that passes it by (R15). */
function RetryNow() {
  const session = useSession();
  const degraded = () => session.view().degraded;
  const [asking, setAsking] = createSignal(false);
  const progress = createSlow(asking, PROGRESS_AFTER_MS);
  async function retry() {
    setAsking(true);
    await commands.retryNow();
    setAsking(false);
  }
  const now = createTick(500, () => degraded() !== null);
  const seconds = () => {
    now();
    const wait = (degraded()?.nextAttemptInMs ?? 0) - (performance.now() - session.receivedAt());
    return Math.max(0, Math.ceil(wait / 1000));
  };
  return (
    <>
      <span class="muted tabular">
        <Show when={degraded()}>{seconds() > 0 && !progress() ? text.banner.nextTry(seconds()) : text.banner.trying}</Show>
      </span>
      <Button size="small" busy={progress()} data-testid="retry-now" onClick={retry}>
        {text.banner.retryNow}
      </Button>
    </>
  );
}

function RetryVault() {
  const [busy, setBusy] = createSignal(false);
  const [failed, setFailed] = createSignal<string | null>(null);
  async function retry() {
    setBusy(true);
    const result = await commands.retryVault();
    setBusy(false);
    // When it worked the banner is on its way out.
    setFailed(result.status === "error" ? result.error.message : text.banner.vaultStill);
  }
  return (
    <>
      <span class="muted">{failed()}</span>
      <Button size="small" busy={busy()} data-testid="retry-vault" onClick={retry}>
        {text.banner.retryVault}
      </Button>
    </>
  );
}
