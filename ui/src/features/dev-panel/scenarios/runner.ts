// Runs one story at a time: sets the stage, lets it play, turns the faults off, keeps what came of it.
// Not in it: the stories (stories.ts). What survives a reload is a story's name, a number and the results so far, nothing of the session.
import { createSignal, onCleanup, type Signal } from "solid-js";
import type { EventRecord } from "../../../ipc";
import type { Verdict } from "./judge";
import { createStage, type Deps, type Person, type Stage, Stopped } from "./stage";
import { STORIES } from "./stories";
import type { Story } from "./story";

export type Run = { readonly result: "running" | "passed" | "failed"; readonly why: string };

const MARKER = "dev-panel-scenario";
type Marker = { readonly id: string; readonly since: number; readonly runs: Runs };

type Options = {
  events(): readonly EventRecord[];
  watch: Deps["watch"];
  reload(): void;
  paths: readonly string[];
  /** The demo account; null with a real server, where no story is told. */
  ada: Person | null;
  stories?: readonly Story[];
  /** Where results are kept for longer than a panel is open. */
  results?: Results;
};

type Runs = Readonly<Record<string, Run>>;
export type Results = Signal<Runs>;

export function createResults(): Results {
  return createSignal<Runs>({});
}

export type Runner = ReturnType<typeof createRunner>;

export function createRunner(options: Options) {
  const stories = options.stories ?? STORIES;
  const [runs, setRuns] = options.results ?? createResults();
  const [playing, setPlaying] = createSignal<string | null>(null);
  const closing = new AbortController();
  onCleanup(() => closing.abort()); // a story that plays ends here, and turns its faults off

  const put = (id: string, run: Run) => setRuns((before) => ({ ...before, [id]: run }));
  const last = () => options.events().at(-1)?.seq ?? 0;

  function stageOf(story: Story, since: number): Stage {
    const stage = createStage(
      {
        ...options,
        closed: closing.signal,
        say: (why) => put(story.id, { result: "running", why }),
        reload: () => {
          localStorage.setItem(MARKER, JSON.stringify({ id: story.id, since: stage.since(), runs: runs() } satisfies Marker));
          options.reload();
        },
      },
      since,
    );
    return stage;
  }

  async function play(story: Story, stage: Stage, act: () => Promise<Verdict>): Promise<void> {
    setPlaying(story.id);
    let verdict: Verdict;
    try {
      verdict = await act();
    } catch (error) {
      verdict = { passed: false, why: error instanceof Stopped ? error.message : `it broke off: ${String(error)}` };
    }
    try {
      // No more than this: what the story ends with stays to be looked at, in the window and in the waterfall.
      await stage.resetFaults();
    } catch (error) {
      if (verdict.passed) verdict = { passed: false, why: `afterwards: ${error instanceof Error ? error.message : String(error)}` };
    }
    put(story.id, { result: verdict.passed ? "passed" : "failed", why: verdict.why });
    setPlaying(null);
  }

  async function run(story: Story): Promise<void> {
    const { ada } = options;
    if (playing() !== null || ada === null) return;
    const stage = stageOf(story, last());
    put(story.id, { result: "running", why: story.about });
    await play(story, stage, async () => {
      await ready(stage, ada);
      stage.mark();
      return story.run(stage, ada);
    });
  }

  /** Goes on with the story in whose middle the window began anew. */
  function resume(): void {
    const marker = readMarker();
    const story = stories.find(({ id }) => id === marker?.id);
    if (marker === null || story?.resume === undefined || options.ada === null) return;
    const stage = stageOf(story, marker.since);
    setRuns(marker.runs);
    put(story.id, { result: "running", why: story.about });
    const { resume } = story;
    void play(story, stage, () => resume(stage));
  }

  async function runAll(): Promise<void> {
    if (playing() !== null) return;
    setRuns({}); // what came of an earlier round is not counted to this one
    // What begins the window anew does so last: nothing goes on after it here.
    const lastly = (story: Story) => Number(story.resume !== undefined);
    for (const story of stories.toSorted((a, b) => lastly(a) - lastly(b))) if (!closing.signal.aborted) await run(story);
  }

  return { stories, runs, playing, run, runAll, resume };
}

/** No fault on, the demo account signed in, its token new. */
async function ready(stage: Stage, ada: Person): Promise<void> {
  await stage.resetFaults();
  const { state, account } = await stage.session();
  const isOut = state === "signed-out" || state === "expired";
  if (!isOut && account !== ada.username) await stage.signOut(true);
  if (isOut || account !== ada.username) {
    const before = stage.told("signed-in").length;
    await stage.signIn(ada);
    await stage.until("word of the sign-in", () => stage.told("signed-in").length > before);
    return;
  }
  const before = stage.told("refresh-succeeded").length;
  await stage.refresh();
  await stage.until("a new token", () => stage.told("refresh-succeeded").length > before);
}

function readMarker(): Marker | null {
  const text = localStorage.getItem(MARKER);
  localStorage.removeItem(MARKER);
  try {
    const marker: unknown = JSON.parse(text ?? "null");
    if (typeof marker !== "object" || marker === null || !("id" in marker) || !("since" in marker) || !("runs" in marker)) return null;
    const { id, since, runs } = marker;
    const isOurs = typeof id === "string" && typeof since === "number" && typeof runs === "object" && runs !== null;
    return isOurs ? { id, since, runs: runs as Marker["runs"] } : null;
  } catch {
    return null;
  }
}
