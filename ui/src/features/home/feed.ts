// The data of the home view: one section a path, loaded together, kept when a later load fails and while another view is open.
// Not in it: how the calls are sent (calls.ts) and shown (Section).
import { onCleanup } from "solid-js";
import { createStore, reconcile, unwrap } from "solid-js/store";
import { type Json, parseJson } from "../../json/parse";
import { useSession } from "../../session";
import { type Trouble, troubleOf } from "../../text/trouble";
import { type Calls, get, type Outcome } from "./calls";
import { rowsOf } from "./shape";

export type SectionState = { path: string; loading: boolean; rows: Json[] | null; problem: Trouble | null };

/** What the view showed when it was left, and to whom; nobody else gets it. */
let shown: { account: string; rows: Map<string, Json[] | null> } | null = null;

export function createHomeFeed(paths: string[], calls: Calls) {
  const session = useSession();
  const account = session.view().account ?? "";
  const before = shown?.account === account ? shown.rows : null;
  shown = null;
  const [sections, setSections] = createStore<SectionState[]>(
    [...new Set(paths)].map((path) => ({ path, loading: true, rows: before?.get(path) ?? null, problem: null })),
  );
  onCleanup(() => {
    const forget = session.view().state === "signed-out";
    shown = forget ? null : { account, rows: new Map(unwrap(sections).map(({ path, rows }) => [path, rows])) };
  });

  /** All sections at once, or again; the calls go out after `drawn`. */
  function load(drawn?: Promise<void>): void {
    setSections({}, "loading", true);
    const outcomes = calls.fire(paths.map(get), drawn);
    paths.forEach((path, index) => {
      void outcomes[index]?.then((outcome) => take(path, outcome));
    });
  }

  function take(path: string, outcome: Outcome): void {
    const { rows, problem } = read(outcome);
    const of = (section: SectionState) => section.path === path;
    setSections(of, { loading: false, problem });
    if (rows) setSections(of, "rows", reconcile(rows, { merge: false }));
  }

  /** A row that the server has just made stands first. */
  function prepend(path: string, body: string): void {
    const row = parseJson(body);
    if (row?.type === "object")
      setSections(
        (section) => section.path === path,
        "rows",
        (rows) => [row, ...(rows ?? [])],
      );
  }

  return { sections, load, prepend };
}

function read(outcome: Outcome): { rows: Json[] | null; problem: Trouble | null } {
  if (outcome.status === "error") return { rows: null, problem: troubleOf(outcome.error) };
  if (outcome.data.status >= 400) return { rows: null, problem: { code: "answered", status: outcome.data.status } };
  const rows = rowsOf(outcome.data.body);
  return { rows, problem: rows ? null : { code: "not-list" } };
}
