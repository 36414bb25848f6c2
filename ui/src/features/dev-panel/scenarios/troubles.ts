// The stories of what passes by itself, at the server or on the way to it: the session stays.
// Not in it: what ends a session (ends.ts).
import { allAnswered, answered, count, exactly, judge, nobodyOut, refreshes, refused } from "./judge";
import { type Story, UNTIL_DUE } from "./story";

export const TROUBLES: readonly Story[] = [
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
];
