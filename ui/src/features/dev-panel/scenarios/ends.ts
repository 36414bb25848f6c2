// The stories of a refresh token that is good for nothing any more: the session ends, once, for the reason that is true.
// Not in it: failures that pass (troubles.ts).
import { allAnswered, count, exactly, judge, refused } from "./judge";
import { type Story, UNTIL_DUE } from "./story";

export const ENDS: readonly Story[] = [
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
];
