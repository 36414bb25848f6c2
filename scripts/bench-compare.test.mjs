// The comparison with the committed baseline sees what has become worse, and nothing else. Not in it: measuring.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compare, counted } from "./bench-compare.mjs";
import { root } from "./sh.mjs";

const committed = JSON.parse(readFileSync(join(root, "docs", "bench", "data.json"), "utf8")).data;

/** Around a figure, so that nine of ten lie within three hundredths of it. */
const about = (figure, count = 10) => Array.from({ length: count }, (_, at) => figure * (1 + (((at * 7) % 11) - 5) / 180));
const runs = (figures, more = {}) => figures.map((release_ms) => ({ refreshes: 1, reused: 0, failures: 0, release_ms, ...more }));
const stampede = { ours: runs(about(9, 3)), "wake-up": about(4, 3).map((release_ms) => ({ release_ms })) };
/** A run as a quiet machine gives it. */
const data = {
  check: Object.fromEntries(
    [1, 2].flatMap((threads) =>
      [
        ["ours", 50],
        ["ours, at once", 34],
        ["part: both clocks", 26],
        ["part: atomic load", 4],
        ["part: header clone", 4],
      ].map(([name, ns]) => [`${threads}/${name}`, about(ns, 30)]),
    ),
  ),
  overhead: { 1: {}, 64: { bare: about(13_000), ours: about(13_100), "ours, whole call": about(16_000) } },
  "stampede 1000": structuredClone(stampede),
  "stampede 10000": structuredClone(stampede),
  memory: { ours: [{ bytes: 1200, failures: 0 }], bare: [{ bytes: 470, failures: 0 }] },
  storm: { ours: [{ calls: 1000, refreshes: 1, reused: 0, failures: 0 }] },
  interleavings: { ours: [{ extra_refreshes: 0, reused: 0, failures: 0 }] },
  "busy-expired": { ours: [{ failures: 0, attempts: 5 }] },
  "sign-out": { ours: [{ times: 100, back: 0 }] },
};
const worse = (before, now) =>
  compare(before, now)
    .filter(({ worse }) => worse)
    .map(({ what }) => what);
/** A copy in which one thing is otherwise. */
function otherwise(change) {
  const copy = structuredClone(data);
  change(copy);
  return copy;
}
const times = (factor) => (value) => value * factor;

test("the baseline is no worse than itself, and something is compared", () => {
  for (const baseline of [data, committed]) {
    const rows = compare(baseline, baseline);
    assert.ok(rows.length > 15, `${rows.length} figures`);
    assert.deepEqual(worse(baseline, baseline), []);
  }
});

test("a check that takes half as long again is seen, on either number of threads", () => {
  for (const name of ["ours", "ours, at once"])
    for (const threads of [1, 2]) {
      const slower = otherwise((copy) => {
        copy.check[`${threads}/${name}`] = copy.check[`${threads}/${name}`].map(times(1.5));
      });
      assert.deepEqual(worse(data, slower), [`check on ${threads} thread${threads > 1 ? "s" : ""}, ${name}, to its parts`]);
    }
});

test("a machine that is twice as slow is not", () => {
  const slower = otherwise((copy) => {
    for (const name of Object.keys(copy.check)) copy.check[name] = copy.check[name].map(times(2));
    for (const at of [1, 64])
      for (const name of Object.keys(copy.overhead[at])) copy.overhead[at][name] = copy.overhead[at][name].map(times(2));
    for (const work of ["stampede 1000", "stampede 10000"])
      for (const runs of Object.values(copy[work])) for (const run of runs) if (run.release_ms) run.release_ms *= 2;
  });
  assert.deepEqual(worse(data, slower), []);
});

test("a call that costs a tenth more is seen, and a thousandth is not", () => {
  const dearer = (factor) =>
    otherwise((copy) => {
      copy.overhead[64].ours = copy.overhead[64].ours.map(times(factor));
    });
  assert.deepEqual(worse(data, dearer(1.1)), ["ours, 64 in flight, to the bare client"]);
  assert.deepEqual(worse(data, dearer(1.001)), []);
});

test("waiting calls that are let go three times as late are seen", () => {
  const later = otherwise((copy) => {
    for (const run of copy["stampede 10000"].ours) run.release_ms *= 3;
  });
  assert.deepEqual(worse(data, later), ["stampede 10000, release to a bare wake-up"]);
});

test("waiting calls that take half as much memory again are seen", () => {
  const heavier = otherwise((copy) => {
    copy.memory.ours[0].bytes *= 1.5;
  });
  assert.deepEqual(worse(data, heavier), ["memory of a waiting call, to a task that waits for one word"]);
});

test("a figure that is mostly noise is said to be so", () => {
  const shaken = otherwise((copy) => {
    copy.overhead[64].ours = copy.overhead[64].ours.map((ns, at) => ns * (1 + (at % 5) / 4));
  });
  const noisy = (rows) => rows.filter(({ noisy }) => noisy).map(({ what }) => what);
  assert.deepEqual(noisy(compare(data, data)), []);
  assert.ok(noisy(compare(data, shaken)).includes("ours, 64 in flight, to the bare client"));
});

test("a second refresh, a spent token, a failed call, somebody back after signing out: one is enough", () => {
  const once = (work, key) =>
    otherwise((copy) => {
      copy[work].ours.at(-1)[key] += 1;
    });
  for (const [work, key] of [
    ["stampede 1000", "refreshes"],
    ["stampede 10000", "reused"],
    ["storm", "failures"],
    ["interleavings", "extra_refreshes"],
    ["sign-out", "back"],
  ])
    assert.deepEqual(worse(data, once(work, key)), [`${work}: ${key}`]);
});

test("six attempts in an outage are allowed and a seventh is not, whatever the baseline had", () => {
  const attempts = (count) =>
    otherwise((copy) => {
      copy["busy-expired"].ours[0].attempts = count;
    });
  assert.deepEqual(worse(data, attempts(6)), []);
  assert.deepEqual(worse(data, attempts(7)), ["busy-expired: attempts"]);
});

test("a run that did not end is worse, and so is a figure that is gone", () => {
  const broken = otherwise((copy) => {
    copy.storm.ours = [{ could_not: "no end" }];
    for (const run of copy["stampede 1000"].ours) run.release_ms = null;
  });
  assert.deepEqual(worse(data, broken), ["stampede 1000, release to a bare wake-up", "storm: no end"]);
});

test("without an earlier run the counts still hold what is promised", () => {
  for (const found of [data, committed]) assert.ok(counted(found).every(({ worse }) => !worse));
  const lost = { "cancel-first": { ours: [{ survived: 98, of: 99, refreshes: 1, reused: 0, works_afterwards: true }] } };
  assert.deepEqual(
    counted(lost)
      .filter(({ worse }) => worse)
      .map(({ what }) => what),
    ["cancel-first: a caller was lost"],
  );
});

test("on a loaded machine an outage that outlasted the six attempts says nothing of failures, and any other does", () => {
  const failed = (attempts) => ({ "busy-expired": { ours: [{ failures: 300, attempts }] } });
  const worse = (now) => counted(now, {}, { loaded: true }).filter(({ worse }) => worse);
  assert.equal(worse(failed(6)).length, 0);
  assert.equal(worse(failed(5)).length, 1);
  assert.equal(worse(failed(7)).length, 1); // one attempt too many
  assert.equal(counted(failed(6)).filter(({ worse }) => worse).length, 1);
});
