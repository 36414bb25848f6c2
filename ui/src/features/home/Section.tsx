// One card of the home view: the rows of one path, whatever they are made of.
// Not in it: how rows are understood (shape.ts).
import { Activity, Bell, ChartColumn, FolderKanban, Inbox, List, StickyNote } from "lucide";
import { createMemo, For, type JSX, Match, Show, Switch } from "solid-js";
import { Card } from "../../components/Card";
import type { IconNode } from "../../components/Icon";
import { Pill } from "../../components/Pill";
import { Empty, Failure, Skeleton } from "../../components/States";
import { ago } from "../../components/time";
import { text } from "../../text/en";
import type { SectionState } from "./feed";
import "./Section.css";
import { describe, headingOf, type RowView } from "./shape";

/** More rows than this are counted, not shown. */
const SHOWN = 50;

const icons: Record<string, IconNode> = {
  Projects: FolderKanban,
  Notifications: Bell,
  Activity,
  Stats: ChartColumn,
  Notes: StickyNote,
};

export function Section(props: {
  section: SectionState;
  now: number;
  retry: () => void;
  class?: string;
  /** Stands above the rows. */
  children?: JSX.Element;
}) {
  const heading = () => headingOf(props.section.path);
  const rows = createMemo(() => props.section.rows?.slice(0, SHOWN).map(describe) ?? null);
  const more = () => (props.section.rows?.length ?? 0) - SHOWN;
  const figures = () => (rows()?.length ?? 0) > 0 && rows()?.every((row) => row.figure?.large);
  return (
    <Card
      title={heading()}
      icon={icons[heading()] ?? List}
      class={`section ${props.class ?? ""}`}
      flush
      end={<Show when={props.section.problem && rows()}>{<span title={props.section.problem ?? ""}>{text.home.old}</span>}</Show>}
    >
      {props.children}
      <Switch>
        <Match when={rows()?.length === 0}>
          <Empty icon={Inbox} title={text.home.nothing} />
        </Match>
        <Match when={figures()}>
          <ul class="figures">
            <For each={rows()}>{(row) => <Figure row={row} />}</For>
          </ul>
        </Match>
        <Match when={rows()}>
          {(list) => (
            <ul class="rows">
              <For each={list()}>{(row) => <Row row={row} now={props.now} />}</For>
            </ul>
          )}
        </Match>
        <Match when={props.section.problem}>
          {(problem) => <Failure message={problem()} retry={props.retry} retryLabel={text.home.retry} />}
        </Match>
        <Match when={true}>
          <div class="section-loading">
            <Skeleton lines={props.class ? 3 : 5} label={text.home.loading} />
          </div>
        </Match>
      </Switch>
      <Show when={more() > 0}>
        <p class="section-more muted">{text.home.more(more())}</p>
      </Show>
    </Card>
  );
}

function Row(props: { row: RowView; now: number }) {
  return (
    <li class="row" classList={{ "row-unread": props.row.unread }}>
      <div class="row-words">
        <p class="row-title selectable">{props.row.title}</p>
        <Show when={props.row.remark}>
          <p class="row-remark selectable">{props.row.remark}</p>
        </Show>
      </div>
      <div class="row-end tabular">
        <Show when={props.row.progress !== null}>
          <svg class="row-progress" width="56" height="4" role="img" aria-label={`${Math.round((props.row.progress ?? 0) * 100)} %`}>
            <rect class="row-progress-ground" width="56" height="4" rx="2" />
            <rect class="row-progress-done" width={Math.round(56 * (props.row.progress ?? 0))} height="4" rx="2" />
          </svg>
        </Show>
        <Show when={props.row.badge}>
          {(badge) => (
            <span class="row-badge">
              <Pill tone={toneOf(badge())}>{badge().replaceAll("_", " ")}</Pill>
            </span>
          )}
        </Show>
        <Show when={props.row.figure}>
          {(figure) => (
            <span class="row-figure mono selectable">
              {figure().value} {figure().unit}
            </span>
          )}
        </Show>
        <Show when={props.row.at}>{(at) => <time>{ago(at(), props.now)}</time>}</Show>
      </div>
    </li>
  );
}

function Figure(props: { row: RowView }) {
  return (
    <li class="figure">
      <p class="figure-name muted">{props.row.title}</p>
      <p class="figure-value tabular selectable">
        {props.row.figure?.value} <span class="figure-unit muted">{props.row.figure?.unit}</span>
      </p>
      <p class="figure-change tabular muted">{props.row.figure?.change}</p>
    </li>
  );
}

function toneOf(badge: string): "ok" | "wait" | "danger" | "plain" {
  if (/^(done|active|on.?track|ok|open|complete|shipped|healthy)/i.test(badge)) return "ok";
  if (/^(at.?risk|paused|waiting|pending|review|planned)/i.test(badge)) return "wait";
  return /^(late|blocked|failed|overdue|off.?track|urgent|high)/i.test(badge) ? "danger" : "plain";
}
