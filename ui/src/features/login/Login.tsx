// The login view: the form, why one is here (after an expiry), and the demo account while there is one.
// Not in it: when it is shown (router.tsx).
import { Info } from "lucide";
import { createSignal, Show } from "solid-js";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import { Mark } from "../../components/Mark";
import type { ExpiryCode } from "../../ipc";
import { useSession, useStartup } from "../../session";
import { text } from "../../text";
import { Banners } from "../frame/Banners";
import { DevToggle } from "../frame/DevToggle";
import { ServerForm } from "../settings/ServerForm";
import { LoginForm } from "./LoginForm";
import "./Login.css";

/** Whose reason comes with words of the server: it has refused a token. */
function isTheServers(code: ExpiryCode): boolean {
  return code !== "not-kept" && code !== "no-refresh-token";
}

export function Login() {
  const session = useSession();
  const startup = useStartup();
  const [setup, setSetup] = createSignal(false);
  return (
    <div class="login">
      <main class="login-column">
        <header class="login-head">
          <Mark size={40} />
          <div>
            <h1>{text.login.title()}</h1>
            <p class="muted">
              {text.login.to(startup.backend.demoAccount !== null ? text.login.demoServer() : hostOf(startup.backend.baseUrl))}
            </p>
          </div>
        </header>
        <Show when={session.view().reason}>
          {(reason) => (
            <Banner tone="info" icon={Info} testid="login-notice" kind={reason().code}>
              <p>{text.login.expired[reason().code]()}</p>
              <p class="login-kept">{text.login.kept()}</p>
              <Show when={isTheServers(reason().code) && reason().detail}>
                <p class="login-said muted">
                  {text.login.serverSaid()} <bdi class="mono selectable">{reason().detail}</bdi>
                </p>
              </Show>
            </Banner>
          )}
        </Show>
        <Show when={!setup()} fallback={<ServerForm />}>
          <LoginForm />
        </Show>
        <Button look="quiet" size="small" data-testid="login-setup" onClick={() => setSetup(!setup())}>
          {setup() ? text.settings.setupBack() : text.settings.setup()}
        </Button>
      </main>
      <Banners />
      <div class="login-dev">
        <DevToggle />
      </div>
    </div>
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
