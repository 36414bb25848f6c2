// The demo server's fault switches: press one, watch what the engine does about it.
// Not in it: which faults there are; the shell tells. None for a real server.
import { createEffect, createSignal, For, on, Show } from "solid-js";
import { type CommandError, commands, type FaultView, type Result } from "../../ipc";
import "./Faults.css";

type Props = {
  /** Changes with each refresh that ended and each story: a fault may have been switched off by them. */
  changes: unknown;
  tell(problem: string | null): void;
  /** Told how many are on, for what is in view when this is not. */
  count(on: number): void;
};

export function Faults(props: Props) {
  const [faults, setFaults] = createSignal<FaultView[] | null>(null);
  let asked = 0;
  const show = async (asking: Promise<Result<FaultView[], CommandError>>) => {
    const mine = ++asked;
    const result = await asking;
    if (result.status === "error") props.tell(result.error.message);
    else if (mine === asked) setFaults(result.data);
  };
  createEffect(on([() => props.changes], () => void show(commands.faults())));

  const change = (asking: Promise<Result<FaultView[], CommandError>>) => {
    props.tell(null);
    void show(asking);
  };
  const active = () => faults()?.filter((fault) => fault.on).length ?? 0;
  createEffect(() => props.count(active()));
  const names = () => faults()?.map((fault) => fault.name) ?? [];
  const of = (name: string) => faults()?.find((fault) => fault.name === name);
  return (
    <section class="dev-part" aria-label="Faults of the demo server">
      <div class="dev-part-head">
        <h3>Demo faults</h3>
        <Show when={active() > 0}>
          <span class="faults-on" data-testid="faults-on">{`${active()} on`}</span>
        </Show>
        <Show when={names().length > 0}>
          <button
            type="button"
            class="dev-chip"
            data-testid="faults-reset"
            disabled={active() === 0}
            onClick={() => change(commands.resetFaults())}
          >
            Reset
          </button>
        </Show>
      </div>
      <Show
        when={names().length > 0}
        fallback={<p class="muted">{faults() && "A real server is set: faults can be made in the demo server only."}</p>}
      >
        <div class="faults">
          <For each={names()}>
            {(name) => (
              <button
                type="button"
                class="fault"
                data-testid="fault"
                data-fault={name}
                aria-pressed={of(name)?.on ?? false}
                title={of(name)?.description}
                onClick={() => change(commands.setFault(name, !of(name)?.on))}
              >
                {labelOf(name)}
              </button>
            )}
          </For>
        </div>
      </Show>
    </section>
  );
}

/** "refresh-503" → "Refresh 503"; the clock's two read better written out. */
function labelOf(name: string): string {
  const words = name.replace("skew-", "clock ").replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
