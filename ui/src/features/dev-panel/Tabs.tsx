// The first column's three sheets: one shown, the others kept as they are, so that what runs in them runs on.
// Not in it: what is on a sheet.
import { createSignal, createUniqueId, For, type JSX } from "solid-js";

type Sheet = { readonly id: string; readonly label: string; readonly content: () => JSX.Element; readonly onShow?: () => void };

const REMEMBERED = "dev-panel-sheet";

export function Tabs(props: { label: string; sheets: readonly Sheet[] }) {
  const id = createUniqueId();
  const known = (name: string | null) => props.sheets.find((sheet) => sheet.id === name)?.id ?? props.sheets[0]?.id ?? "";
  const [shown, setShown] = createSignal(known(localStorage.getItem(REMEMBERED)));
  const show = (name: string) => {
    localStorage.setItem(REMEMBERED, setShown(name));
    props.sheets.find((sheet) => sheet.id === name)?.onShow?.();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = props.sheets.findIndex((sheet) => sheet.id === shown());
    const next = props.sheets.at((at + step) % props.sheets.length);
    if (!next) return;
    show(next.id);
    document.getElementById(`${id}-${next.id}`)?.focus();
  };
  return (
    <>
      <div class="dev-bar" role="tablist" aria-label={props.label} onKeyDown={onKeyDown}>
        <For each={props.sheets}>
          {(sheet) => (
            <button
              type="button"
              role="tab"
              id={`${id}-${sheet.id}`}
              class="dev-chip dev-tab"
              data-testid="dev-tab"
              data-tab={sheet.id}
              aria-selected={shown() === sheet.id}
              aria-controls={`${id}-${sheet.id}-sheet`}
              tabindex={shown() === sheet.id ? 0 : -1}
              onClick={() => show(sheet.id)}
            >
              {sheet.label}
            </button>
          )}
        </For>
      </div>
      <For each={props.sheets}>
        {(sheet) => (
          <div
            role="tabpanel"
            id={`${id}-${sheet.id}-sheet`}
            class="dev-scroll"
            tabindex="0"
            aria-labelledby={`${id}-${sheet.id}`}
            hidden={shown() !== sheet.id}
          >
            {sheet.content()}
          </div>
        )}
      </For>
    </>
  );
}
