// One card of the home view: the rows of one path, whatever they are made of.
// Not in it: how rows are understood (shape.ts).
import { Activity, Bell, ChartColumn, FolderKanban, Inbox, List, StickyNote } from "lucide";
import { createMemo, For, type JSX, Match, Show, Switch } from "solid-js";
import { Card } from "../../components/Card";
import type { IconNode } from "../../components/Icon";
import { Pill } from "../../components/Pill";
import { Empty, Failure, Skeleton } from "../../components/States";
import { ago, formats, maybe, text } from "../../text";
import { sentenceOf } from "../../text/trouble";
import type { SectionState } from "./feed";
import "./Section.css";
import { describe, headingOf, type RowView } from "./shape";

/** More rows than this are counted, not shown. */
const SHOWN = 50;

const icons: Record<string, IconNode> = {
  projects: FolderKanban,
  notifications: Bell,
  activity: Activity,
  stats: ChartColumn,
  notes: StickyNote,
};

export function Section(props: {
  section: SectionState;
  now: number;
  retry: () => void;
  class?: string;
  /** Stands above the rows. */
  children?: JSX.Element;
}) {
  const name = () => headingOf(props.section.path);
  const heading = () => maybe(text.home.headings, name().toLowerCase()) ?? name();
  const rows = createMemo(() => props.section.rows?.slice(0, SHOWN).map(describe) ?? null);
  const more = () => (props.section.rows?.length ?? 0) - SHOWN;
  const figures = () => (rows()?.length ?? 0) > 0 && rows()?.every((row) => row.figure?.large);
  return (
    <Card
      title={heading()}
      icon={icons[name().toLowerCase()] ?? List}
      class={`section ${props.class ?? ""}`}
      flush
      end={<Show when={rows() && props.section.problem}>{(problem) => <span title={sentenceOf(problem())}>{text.home.old()}</span>}</Show>}
    >
      {props.children}
      <Switch>
        <Match when={rows()?.length === 0}>
          <Empty icon={Inbox} title={text.home.nothing()} />
        </Match>
        <Match when={figures()}>
          <ul class="figures">
            <For each={rows()}>{(row) => <Figure row={row} />}</For>
          </ul>
        </Match>
        <Match when={rows()}>
          {(list) => (
            <ul
              class="rows"
              // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach that
              tabIndex={0}
              aria-label={heading()}
            >
              <For each={list()}>{(row) => <Row row={row} now={props.now} />}</For>
            </ul>
          )}
        </Match>
        <Match when={props.section.problem}>
          {(problem) => <Failure trouble={problem()} retry={props.retry} retryLabel={text.home.retry()} />}
        </Match>
        <Match when={true}>
          <div class="section-loading">
            <Skeleton lines={props.class ? 3 : 5} label={text.home.loading()} />
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
        <p class="row-title selectable" dir="auto">
          {props.row.title}
        </p>
        <Show when={props.row.remark}>
          <p class="row-remark selectable" dir="auto">
            {props.row.remark}
          </p>
        </Show>
      </div>
      <div class="row-end tabular">
        <Show when={props.row.progress !== null}>
          <svg class="row-progress" width="56" height="4" role="img" aria-label={formats().percent(props.row.progress ?? 0)}>
            <rect class="row-progress-ground" width="56" height="4" rx="2" />
            <rect class="row-progress-done" width={Math.round(56 * (props.row.progress ?? 0))} height="4" rx="2" />
          </svg>
        </Show>
        <Show when={props.row.badge}>
          {(badge) => (
            <span class="row-badge" dir="auto">
              <Pill tone={toneOf(badge())}>{badge().replaceAll("_", " ")}</Pill>
            </span>
          )}
        </Show>
        <Show when={props.row.figure}>
          {(figure) => (
            <span class="row-figure mono selectable" dir="ltr">
              {[figure().value, figure().unit].filter(Boolean).join(" ")}
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
      <p class="figure-name muted" dir="auto">
        {props.row.title}
      </p>
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
