// The session's states as a picture: the current one lit, the arrow taken last drawn in colour, its cause in words below.
// Not in it: where things stand and why (machine.ts).
import { createMemo, createUniqueId, For, Show } from "solid-js";
import type { EventRecord, SessionState } from "../../ipc";
import { lastMove, PLACES, WAYS, way } from "./machine";
import { STATES } from "./token";
import "./StateMachine.css";

const NAMES = Object.keys(PLACES) as SessionState[];

export function StateMachine(props: { state: SessionState; events: readonly EventRecord[] }) {
  const id = createUniqueId();
  const move = createMemo(() => lastMove(props.events, props.state));
  const taken = createMemo(() => {
    const last = move();
    return last?.from ? way(last.from, last.to) : null;
  });
  const words = createMemo(() => {
    const last = move();
    if (last === null) return "No change of state has been seen yet.";
    const ways = last.from ? `${STATES[last.from].label} → ${STATES[last.to].label}` : STATES[last.to].label;
    return `${ways}: ${last.because}`;
  });
  return (
    <section class="dev-part" aria-label="State of the session" data-testid="state-machine" data-from={move()?.from ?? undefined}>
      <div class="dev-part-head">
        <h3>State</h3>
      </div>
      <svg class="machine" viewBox="0 0 272 132" role="img" aria-label={`${STATES[props.state].label}. ${words()}`}>
        <defs>
          <Tip id={`${id}-plain`} class="machine-tip" />
          <Tip id={`${id}-taken`} class="machine-tip machine-tip-taken" />
        </defs>
        <For each={WAYS}>{([from, to]) => <path class="machine-way" d={way(from, to)} marker-end={`url(#${id}-plain)`} />}</For>
        <Show when={taken()}>{(line) => <path class="machine-way machine-way-taken" d={line()} marker-end={`url(#${id}-taken)`} />}</Show>
        <For each={NAMES}>
          {(name) => (
            <g class={`machine-state machine-${STATES[name].tone}`} data-on={props.state === name ? "" : undefined}>
              <rect x={PLACES[name].x - 38} y={PLACES[name].y - 12} width="76" height="24" rx="6" />
              <text x={PLACES[name].x} y={PLACES[name].y + 4} text-anchor="middle">
                {STATES[name].label}
              </text>
            </g>
          )}
        </For>
      </svg>
      <p class="machine-cause" title={words()}>
        {words()}
      </p>
    </section>
  );
}

function Tip(props: { id: string; class: string }) {
  return (
    <marker id={props.id} class={props.class} viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" orient="auto">
      <path d="M0 0 L6 3 L0 6 Z" />
    </marker>
  );
}
