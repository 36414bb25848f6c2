// The server as a form: a preset or a file, the keys it leaves open, and saving.
// Not in it: what a value means (Rust) and the test (TestForm).
import { FileInput, Server } from "lucide";
import { createMemo, createSignal, For, onMount, Show } from "solid-js";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Icon } from "../../components/Icon";
import { Said } from "../../components/Said";
import { Skeleton } from "../../components/States";
import { type CommandError, commands, type FieldView, type PresetView, type SettingsDraft, type SettingsView } from "../../ipc";
import { useReopen } from "../../session";
import { maybe, text } from "../../text";
import { troubleOf } from "../../text/trouble";
import { Field } from "./Field";
import "./ServerForm.css";
import { TestForm } from "./TestForm";
import { words } from "./words";

export function ServerForm() {
  const reopen = useReopen();
  const [shown, setShown] = createSignal<SettingsView | null>(null);
  const [backend, setBackend] = createSignal("");
  const [values, setValues] = createSignal<Record<string, string>>({});
  const [trouble, setTrouble] = createSignal<CommandError | null>(null);
  const [busy, setBusy] = createSignal<"test" | "save" | null>(null);

  const preset = createMemo(() => shown()?.presets.find(({ name }) => name === backend()));
  const errorOf = (key: string) => trouble()?.fields.find(({ field }) => field === key)?.message;
  /** What is wrong with no field that is shown. */
  const general = () => {
    const error = trouble();
    const known = error?.fields.some(({ field }) => preset()?.fields.some(({ key }) => key === field));
    return error && !known ? error : null;
  };
  const draft = (): SettingsDraft => ({
    text: shown()?.text ?? "",
    backend: backend(),
    values: (preset()?.fields ?? []).map(({ key }) => ({ key, value: values()[key] ?? "" })),
  });

  async function fill(from: string | null): Promise<void> {
    const result = await commands.settings(from);
    if (result.status === "error") return void setTrouble(result.error);
    setTrouble(null);
    setShown(result.data);
    setBackend(result.data.backend);
    setValues(Object.fromEntries(result.data.values.map(({ key, value }) => [key, value])));
  }
  onMount(() => void fill(null));

  function choose(name: string): void {
    setBackend(name);
    setTrouble(null);
    // Only the file's own preset has the file's values.
    const own = shown()?.backend === name ? (shown()?.values ?? []) : [];
    setValues((before) => ({ base_url: before.base_url ?? "", ...Object.fromEntries(own.map(({ key, value }) => [key, value])) }));
  }

  async function save(what: SettingsDraft): Promise<void> {
    setBusy("save");
    setTrouble(null);
    const result = await commands.saveSettings(what);
    setBusy(null);
    if (result.status === "error") setTrouble(result.error);
    else reopen();
  }

  const set = (key: string, value: string) => setValues((before) => ({ ...before, [key]: value }));
  const fields = (open: boolean) => preset()?.fields.filter((field) => field.open === open) ?? [];
  const row = (field: FieldView) => <Field field={field} value={values()[field.key] ?? ""} error={errorOf(field.key)} set={set} />;

  return (
    <Card title={text.settings.setup()} icon={Server}>
      <Show when={shown()} fallback={<Skeleton label={words.loading()} />}>
        <div class="server-form">
          <label class="field">
            <span class="field-label">{words.presetLabel()}</span>
            <select
              class="field-box server-select"
              data-testid="settings-preset"
              value={backend()}
              onChange={(event) => choose(event.currentTarget.value)}
            >
              <For each={shown()?.presets}>{({ name }) => <option value={name}>{name}</option>}</For>
            </select>
            <Show when={preset()}>{(chosen) => <About preset={chosen()} />}</Show>
          </label>
          <label class="server-file">
            <Icon of={FileInput} size={14} />
            {words.file()}
            <input
              type="file"
              class="visually-hidden"
              accept=".toml"
              data-testid="settings-file"
              onChange={async (event) => fill((await event.currentTarget.files?.[0]?.text()) ?? null)}
            />
          </label>
          <For each={fields(true)}>{row}</For>
          <details class="server-more" open={fields(false).some(({ key }) => errorOf(key))}>
            <summary>{words.more()}</summary>
            <p class="settings-words muted">{words.moreWords()}</p>
            <div class="server-form">
              <For each={fields(false)}>{row}</For>
            </div>
          </details>
          <Show when={general()}>
            {(error) => (
              <div class="field-error" role="alert" data-testid="settings-error">
                <bdi class="mono">{error().fields[0]?.field}</bdi> <Said trouble={troubleOf(error())} />
              </div>
            )}
          </Show>
          <TestForm draft={draft} busy={busy()} setBusy={setBusy} tell={setTrouble} use={fill} />
          <div class="server-actions">
            <Button
              look="primary"
              busy={busy() === "save"}
              disabled={busy() === "test"}
              data-testid="settings-save"
              onClick={() => save(draft())}
            >
              {words.save()}
            </Button>
            <Button
              look="quiet"
              disabled={busy() !== null}
              data-testid="settings-demo"
              onClick={() => save({ text: shown()?.text ?? "", backend: "demo", values: [{ key: "base_url", value: "" }] })}
            >
              {words.demo()}
            </Button>
          </div>
          <p class="settings-words muted">{words.saveWords()}</p>
        </div>
      </Show>
    </Card>
  );
}

/** What a preset is for: ours for those we know, Rust's for any other. */
function About(props: { preset: PresetView }) {
  const own = () => maybe(words.presets, props.preset.name);
  return (
    <span class="field-hint" lang={own() ? undefined : "en"}>
      {own() ?? props.preset.about}
    </span>
  );
}
