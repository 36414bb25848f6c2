// The stories of many calls at once: one refresh is enough for all of them.
// Not in it: a refresh that fails (troubles.ts).
import { left } from "../duration";
import { allAnswered, exactly, judge, refreshes } from "./judge";
import { type Story, UNTIL_DUE } from "./story";

/** Half a minute more. */
const UNTIL_9_30 = UNTIL_DUE + 30;
/** As long as a token lives by the fault `short-tokens`, in seconds. */
const SHORT_LIFE = 5 * 60;

export const CROWDS: readonly Story[] = [
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
];
