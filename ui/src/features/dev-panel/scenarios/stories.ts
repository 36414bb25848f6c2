// The ten stories: what each does to the demo server and the clock, and by which exact counts it is judged.
// Not in it: running one (runner.ts), and how the list looks (Scenarios.tsx).
import { left, span } from "../duration";
import type { Outcome, Person, Stage } from "./stage";

export type Verdict = { readonly passed: boolean; readonly why: string };

export type Story = {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  run(stage: Stage, ada: Person): Promise<Verdict>;
  /** Goes on after the window began anew in the middle. */
  resume?(stage: Stage): Promise<Verdict>;
};

/** The demo server's second account; as public as the first. */
const GRACE: Person = { username: "grace@example.com", password: "nanosecond-wire" };
/** A demo token lives 30 minutes: after so many seconds it has just come into its window of ten minutes. */
const UNTIL_DUE = 20 * 60;
/** Half a minute more. */
const UNTIL_9_30 = UNTIL_DUE + 30;
/** As long as a token lives by the fault `short-tokens`, in seconds. */
const SHORT_LIFE = 5 * 60;

/** Passed when all of it holds; else the first that does not is the sentence. */
export function judge(summary: string, claims: readonly (readonly [boolean, string])[]): Verdict {
  const broken = claims.find(([holds]) => !holds);
  return broken ? { passed: false, why: broken[1] } : { passed: true, why: summary };
}

const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
const refreshes = (n: number) => count(n, "refresh", "refreshes");
const answered = (outcomes: readonly Outcome[]) => outcomes.filter((each) => "reply" in each && each.reply.status === 200).length;
const refused = (outcomes: readonly Outcome[], code: string) => outcomes.filter((each) => "failed" in each && each.failed === code).length;

function allAnswered(outcomes: readonly Outcome[]): readonly [boolean, string] {
  return [answered(outcomes) === outcomes.length, `only ${answered(outcomes)} of ${outcomes.length} calls were answered`];
}

function exactly(stage: Stage, wanted: number): readonly [boolean, string] {
  const seen = stage.told("refresh-started").length;
  return [seen === wanted, `${refreshes(seen)} where ${wanted} should be`];
}

function nobodyOut(stage: Stage): readonly [boolean, string] {
  return [stage.told("session-expired").length === 0, "the session ended"];
}

export const STORIES: readonly Story[] = [
  {
    id: "five-calls",
    title: "Five calls at 9:30",
    about: "The token is in its window of ten minutes when five calls start at once.",
    async run(stage) {
      await stage.fault("slow-refresh", true); // so that all five are there before it ends, also one begun ahead of time
      await stage.pass(UNTIL_9_30);
      const outcomes = await stage.calls(5);
      const found = stage.told("refresh-started")[0]?.leftMs ?? null;
      const waited = stage.told("refresh-succeeded")[0]?.callers ?? 0;
      return judge(`5 calls · 1 refresh · ${waited} waited: begun at ${left(found ?? 0)} left, all answered`, [
        allAnswered(outcomes),
        exactly(stage, 1),
        [waited === 5, `${waited} of 5 calls waited for it`],
        [
          new Set(outcomes.map((each) => ("reply" in each ? each.reply.generation : 0))).size === 1,
          "the calls did not all go with the same token",
        ],
      ]);
    },
  },
  {
    id: "storm",
    title: "Storm with five-minute tokens",
    about: "Tokens live shorter than ten minutes: 100 calls, then 100 at the token’s end.",
    async run(stage) {
      await stage.fault("short-tokens", true);
      await stage.refresh();
      await stage.until("a short-lived token", () => stage.told("refresh-succeeded").length > 0);
      stage.mark();
      const first = await stage.calls(100);
      const early = stage.told("refresh-started").length;
      await stage.fault("slow-refresh", true); // so that all hundred are there before it ends
      await stage.pass(SHORT_LIFE);
      const second = await stage.calls(100);
      const waited = stage.told("refresh-succeeded")[0]?.callers ?? 0;
      return judge(`200 calls · 1 refresh: none while fresh, one at the end for ${waited}`, [
        [early === 0, `${refreshes(early)} while the token was fresh`],
        allAnswered([...first, ...second]),
        exactly(stage, 1),
      ]);
    },
  },
  {
    id: "refresh-503",
    title: "503 while the token is valid",
    about: "The refresh fails, but the token lives on for ten minutes.",
    async run(stage) {
      await stage.fault("refresh-503", true);
      await stage.pass(UNTIL_DUE);
      const outcomes = await stage.calls(5);
      const mine = new Set(outcomes.map((each) => ("reply" in each ? each.reply.call : 0)));
      const old = stage.told("call-sent").filter((event) => mine.has(event.call) && event.without !== null).length;
      const failed = stage.told("refresh-failed").length;
      await stage.fault("refresh-503", false);
      await stage.refresh();
      await stage.until("a refresh that works", () => stage.told("refresh-succeeded").length > 0);
      return judge(
        `5 calls · ${count(failed, "failed refresh", "failed refreshes")}: all 5 went with the old token, nobody was signed out`,
        [
          allAnswered(outcomes),
          [old === 5, `${old} of 5 calls went with the old token`],
          [failed > 0, "no refresh failed"],
          nobodyOut(stage),
        ],
      );
    },
  },
  {
    id: "offline",
    title: "Offline, then back",
    about: "The server is gone for a moment.",
    async run(stage) {
      await stage.fault("offline", true);
      const away = await stage.calls(3);
      await stage.until("word that the server is gone", () => stage.told("network-lost").length > 0);
      await stage.fault("offline", false);
      // The port is open again a moment after the switch.
      let back = await stage.calls(1);
      for (let tries = 0; tries < 40 && answered(back) === 0; tries++) {
        await stage.wait(100);
        back = await stage.calls(1);
      }
      const after = await stage.calls(3);
      return judge(`3 calls failed as offline, 3 answered after it: signed in all the while, ${refreshes(0)}`, [
        [refused(away, "offline") === 3, `${refused(away, "offline")} of 3 calls failed as offline`],
        allAnswered(after),
        exactly(stage, 0),
        nobodyOut(stage),
      ]);
    },
  },
  {
    id: "lost-reply",
    title: "Reply lost after rotation",
    about: "The server rotates the refresh token, and its answer never arrives.",
    async run(stage) {
      await stage.fault("lose-reply", true);
      await stage.pass(UNTIL_DUE);
      const outcomes = await stage.calls(5);
      const again = stage.told("refresh-replayed").length;
      return judge(`5 calls · 1 refresh, sent ${again + 1} times: the same refresh token was taken again`, [
        allAnswered(outcomes),
        [again > 0, "no reply was lost"],
        exactly(stage, 1),
        nobodyOut(stage),
      ]);
    },
  },
  {
    id: "revoked",
    title: "Revoked",
    about: "The server has revoked the refresh token.",
    async run(stage) {
      await stage.fault("revoke-refresh", true);
      await stage.pass(UNTIL_DUE);
      const outcomes = await stage.calls(5);
      await stage.until("the session's end", () => stage.told("session-expired").length > 0);
      const ends = stage.told("session-expired").length;
      const over = stage.told("refresh-failed").at(-1)?.seq ?? 0;
      const sent = stage.told("call-sent").filter(({ seq }) => seq > over).length;
      return judge("5 calls · 1 refresh · 1 end: none was sent, the login view says why", [
        [
          refused(outcomes, "session-expired") === 5,
          `${refused(outcomes, "session-expired")} of 5 calls were told that the session is over`,
        ],
        exactly(stage, 1),
        [ends === 1, `the session ended ${ends} times`],
        [sent === 0, `${count(sent, "call")} sent after the end`],
      ]);
    },
  },
  {
    id: "reuse",
    title: "Reuse detected",
    about: "A spent refresh token arrives after the server’s grace: it ends the whole session.",
    async run(stage) {
      await stage.fault("slow-refresh", true);
      await stage.fault("lose-reply", true);
      await stage.pass(UNTIL_DUE);
      const running = stage.calls(5);
      await stage.until("a refresh", () => stage.told("refresh-started").length > 0);
      // The server rotates at once and holds its answer three seconds. A minute goes by: the engine waits no longer, and the
      // server's grace of ten seconds is over when the same token comes again.
      await stage.wait(700);
      await stage.fault("slow-refresh", false);
      await stage.pass(60);
      const outcomes = await running;
      await stage.until("the session's end", () => stage.told("session-expired").length > 0);
      const ends = stage.told("session-expired");
      const last = stage.told("refresh-failed").at(-1);
      return judge("5 calls · 2 refreshes · 1 end: the spent token was refused for good", [
        allAnswered(outcomes), // with the old token, which is still valid
        [last?.verdict === "definitive", "the server took the spent token"],
        exactly(stage, 2),
        [ends.length === 1, `the session ended ${ends.length} times`],
        [ends[0]?.reason.code === "reply-lost", `the reason given is ${ends[0]?.reason.code}`],
      ]);
    },
  },
  {
    id: "clock",
    title: "Clock an hour off",
    about: "The server’s clock jumps an hour ahead: to it every token is over.",
    async run(stage) {
      await stage.fault("skew-plus", true);
      const outcomes = await stage.calls(5);
      return judge("5 calls · 1 refresh: each got a 401 once, then an answer", [
        allAnswered(outcomes),
        exactly(stage, 1),
        nobodyOut(stage),
      ]);
    },
  },
  {
    id: "two-users",
    title: "Two users in a row",
    about: "Ada goes, Grace comes, Ada comes back: nobody sees anything of the other.",
    async run(stage, ada) {
      const before = await stage.profile();
      const mine = await stage.draft();
      await stage.signOut(true);
      await stage.signIn(GRACE);
      const outcomes = await stage.calls(5);
      const hers = await stage.profile();
      const note = await stage.draft();
      await stage.signOut(note !== ""); // a note of her own, of an earlier day, stays hers
      await stage.signIn(ada);
      const after = await stage.profile();
      const names = JSON.stringify(hers?.fields ?? []);
      return judge(`2 users · 5 calls · ${count(after?.fields.length ?? 0, "field")} of Ada’s back, none seen by Grace`, [
        allAnswered(outcomes),
        [hers?.account === GRACE.username && !names.includes(ada.username), "Grace was shown a profile that is not hers"],
        [note === "" || note !== mine, "Grace was shown a draft that is not hers"],
        [before !== null && JSON.stringify(after?.fields) === JSON.stringify(before.fields), "Ada's profile did not come back as it was"],
        nobodyOut(stage),
      ]);
    },
  },
  {
    id: "restart",
    title: "Window restarted in the middle",
    about: "The window begins anew while a refresh is in the air.",
    async run(stage) {
      await stage.fault("slow-refresh", true);
      await stage.pass(UNTIL_DUE);
      void stage.refresh().catch(() => {}); // its answer is lost with the window
      await stage.until("a refresh", () => stage.told("refresh-started").length > 0);
      stage.reload();
      return new Promise(() => {});
    },
    async resume(stage) {
      await stage.until("the refresh's end", () => stage.told("refresh-succeeded").length > 0);
      const outcomes = await stage.calls(5);
      const took = stage.told("refresh-succeeded")[0]?.tookMs ?? 0;
      return judge(`5 calls · 1 refresh of ${span(took)}: it outlived the window that asked for it`, [
        allAnswered(outcomes),
        exactly(stage, 1),
        nobodyOut(stage),
      ]);
    },
  },
];
