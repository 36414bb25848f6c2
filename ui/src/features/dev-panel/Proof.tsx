// The proof that a refresh takes nothing of the profile: one line of figures, and below it each field with what became of it.
// Not in it: the comparison (proof.ts), and the profile's own view.
import { Check, Minus, PencilLine, Plus } from "lucide";
import { For, Show } from "solid-js";
import { Icon } from "../../components/Icon";
import type { ProfileSlotView } from "../../ipc";
import { timeOfDay } from "./moment";
import { type Fate, proofWords, type Proof as Shown, slotWords } from "./proof";
import "./Proof.css";

const MARK = { kept: Check, changed: PencilLine, added: Plus, lost: Minus } as const satisfies Record<Fate, unknown>;

export function Proof(props: { proof: Shown | null; slot: ProfileSlotView | null }) {
  return (
    <Show when={props.proof} fallback={<p class="dev-empty">Sign in: the profile is then held against itself over every refresh.</p>}>
      {(proof) => (
        <section class="proof" aria-label="Proof that the profile is kept">
          <p class="proof-figures" data-testid="proof" data-harm={proof().lost + proof().changed > 0 ? "" : undefined}>
            {proofWords(proof())}
          </p>
          <p class="muted">
            {`across ${proof().refreshes} ${proof().refreshes === 1 ? "refresh" : "refreshes"} seen here`}
            <Show when={props.slot?.writtenAtMs}>{(at) => `, written at ${timeOfDay(at()).slice(0, 8)}`}</Show>
          </p>
          <p
            class="muted"
            data-testid="proof-slot"
            title="The newest of the record's two slots on the disk, read again just now. Each write goes to the other slot, with a generation more."
          >
            {props.slot ? slotWords(props.slot) : "no whole slot on the disk"}
          </p>
          <dl class="proof-fields">
            <For each={proof().fields}>
              {(field) => (
                <div class="proof-field" data-testid="proof-field" data-key={field.key} data-fate={field.fate}>
                  <dt>
                    <Icon of={MARK[field.fate]} size={12} />
                    <span title={field.key}>{field.key}</span>
                    <span class="visually-hidden">{field.fate}</span>
                  </dt>
                  <dd title={field.fate === "changed" ? `before: ${field.was}` : field.json}>
                    <code>{field.json}</code>
                  </dd>
                </div>
              )}
            </For>
          </dl>
        </section>
      )}
    </Show>
  );
}
