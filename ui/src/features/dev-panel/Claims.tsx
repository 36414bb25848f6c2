// The decoded claims of the access token, each explained; times absolute and relative.
// Not in it: reading them exactly (claims.ts). The signature is checked by the server, not here.
import { createMemo, For, Show } from "solid-js";
import { type Claim, claimsOf } from "./claims";
import { date, fromNow } from "./moment";

export function Claims(props: { json: string | null; opaque: boolean; now: number }) {
  const claims = createMemo(() => (props.json === null ? [] : claimsOf(props.json)));
  return (
    <section class="dev-part" aria-label="Claims of the access token">
      <div class="dev-part-head">
        <h3>Claims</h3>
        <span class="muted">as the server wrote them</span>
      </div>
      <Show
        when={claims().length > 0}
        fallback={<p class="muted">{props.opaque ? "An opaque token: it shows no claims." : "Nothing to show."}</p>}
      >
        <dl class="claims">
          <For each={claims()}>{(claim) => <Row claim={claim} now={props.now} />}</For>
        </dl>
      </Show>
    </section>
  );
}

function Row(props: { claim: Claim; now: number }) {
  const means = () => {
    const { means, seconds } = props.claim;
    return seconds === null ? means : `${means}, ${fromNow(seconds, props.now)}`;
  };
  return (
    <div class="claim">
      <dt>
        <code>{props.claim.name}</code> <span class="muted">{means()}</span>
      </dt>
      <dd>
        <code>{props.claim.text}</code>
        <Show when={props.claim.seconds !== null && date(props.claim.seconds)}>{(text) => <span class="claim-date">{text()}</span>}</Show>
      </dd>
    </div>
  );
}
