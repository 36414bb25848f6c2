// The settings: what a person may choose here, and what config.toml has chosen.
// Not in it: the form of the server (ServerForm).
import { Info, KeyRound, Palette, Server } from "lucide";
import { For, Show } from "solid-js";
import { Card } from "../../components/Card";
import { useSession, useStartup } from "../../session";
import { text } from "../../text";
import { Fact } from "./Fact";
import { Keyring } from "./Keyring";
import { LanguageChoice } from "./LanguageChoice";
import { Logs } from "./Logs";
import { ServerForm } from "./ServerForm";
import "./Settings.css";
import { ThemeChoice } from "./ThemeChoice";

export function Settings() {
  const { backend, version } = useStartup();
  const session = useSession();
  const words = text.settings;
  return (
    <div class="settings" data-testid="settings-view">
      <header class="view-head">
        <h1>{words.title()}</h1>
      </header>
      <Card title={words.appearance()} icon={Palette}>
        <ThemeChoice />
        <LanguageChoice />
      </Card>
      <Card title={words.server()} icon={Server}>
        <dl class="facts">
          <Fact name={words.preset()}>{backend.name}</Fact>
          <Fact name={words.address()}>{backend.baseUrl}</Fact>
          <Show when={backend.profilePath}>{(path) => <Fact name={words.profilePath()}>{path()}</Fact>}</Show>
          <Show when={backend.homeCalls.length > 0}>
            <Fact name={words.homeCalls()}>
              <For each={backend.homeCalls}>{(path) => <span class="fact-line">{path}</span>}</For>
            </Fact>
          </Show>
        </dl>
      </Card>
      <ServerForm />
      <Card title={words.keyring()} icon={KeyRound}>
        <Keyring trouble={session.view().banners.find((banner) => banner.kind === "vault")?.message ?? null} />
      </Card>
      <Card title={words.about()} icon={Info}>
        <dl class="facts">
          <Fact name={words.version()}>{version}</Fact>
          <Logs />
          <Show when={backend.devPanel}>
            <Fact name={words.devPanel()}>
              <kbd>{words.keyCtrl()}</kbd> <kbd>{words.keyShift()}</kbd> <kbd>D</kbd>
            </Fact>
          </Show>
        </dl>
      </Card>
    </div>
  );
}
