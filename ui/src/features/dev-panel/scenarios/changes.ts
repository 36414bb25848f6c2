// The stories of a world that is another all at once: the server’s clock, the user, the window.
// Not in it: failures of the server (troubles.ts, ends.ts).
import { span } from "../duration";
import { allAnswered, count, exactly, judge, nobodyOut } from "./judge";
import type { Person } from "./stage";
import { type Story, UNTIL_DUE } from "./story";

/** The demo server's second account; as public as the first. */
const GRACE: Person = { username: "grace@example.com", password: "nanosecond-wire" };

export const CHANGES: readonly Story[] = [
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
