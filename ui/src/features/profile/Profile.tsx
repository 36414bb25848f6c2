// The profile: every field as the server wrote it, readable offline from what this device keeps.
// Not in it: editing, and the merging of fields (the engine, R11).
import { CloudOff, RotateCw, UserRound } from "lucide";
import { For, Match, Show, Switch } from "solid-js";
import { createAgain, passes } from "../../components/again";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import { Said } from "../../components/Said";
import { Empty, Failure, Skeleton } from "../../components/States";
import { createSlow, createWordsTick } from "../../components/time";
import { useStartup } from "../../session";
import { ago, text } from "../../text";
import { Field } from "./Field";
import { Person } from "./Person";
import "./Profile.css";
import { createProfile } from "./profile";

export function Profile() {
  const { profilePath } = useStartup().backend;
  const profile = createProfile(profilePath !== null);
  const now = createWordsTick();
  const slow = createSlow(profile.loading, 250);
  createAgain(
    () => !profile.loading() && passes(profile.problem()),
    () => void profile.reload(),
  );
  return (
    <div class="profile" data-testid="profile-view">
      <header class="view-head">
        <h1>{text.profile.title()}</h1>
        <div class="view-head-end">
          <Show when={profile.kept() && passes(profile.problem())}>
            {/* The lasting banner says the rest: nothing moves. */}
            <span role="status" data-testid="profile-kept">
              {text.profile.cached()}
            </span>
          </Show>
          <Show when={profile.kept()}>{(kept) => <span>{text.profile.updated(ago(kept().updatedAtMs, now()))}</span>}</Show>
          <Show when={profilePath !== null}>
            <Button size="small" icon={RotateCw} busy={slow()} data-testid="profile-reload" onClick={() => void profile.reload()}>
              {text.profile.reload()}
            </Button>
          </Show>
        </div>
      </header>
      <Switch>
        <Match when={profile.kept()}>
          {(kept) => (
            <>
              <Show when={!passes(profile.problem()) && profile.problem()}>
                {(problem) => (
                  <Banner tone="wait" icon={CloudOff} testid="profile-problem">
                    <Said trouble={problem()}>{text.profile.cached()}</Said>
                  </Banner>
                )}
              </Show>
              <Person profile={kept()} />
              <dl class="profile-fields">
                <For each={kept().fields}>{(field) => <Field name={field.key} json={field.json} />}</For>
              </dl>
            </>
          )}
        </Match>
        <Match when={profilePath === null}>
          <Empty icon={UserRound} title={text.profile.none()}>
            {text.profile.noneWords()}
          </Empty>
        </Match>
        <Match when={profile.loading()}>
          <div class="profile-fields profile-loading">
            <Skeleton lines={7} label={text.home.loading()} />
          </div>
        </Match>
        <Match when={profile.problem()}>
          {(problem) => <Failure trouble={problem()} retry={() => void profile.reload()} retryLabel={text.home.retry()} />}
        </Match>
        <Match when={true}>
          <Empty icon={UserRound} title={text.profile.empty()}>
            {text.profile.emptyWords()}
          </Empty>
        </Match>
      </Switch>
    </div>
  );
}
