// Runs the steps one after the other, each timed, and ends with a table and "N passed, M failed" (a failed step without tests counts as one). `node scripts/test.mjs [check]`
// Not in it: what the steps are (steps.mjs).

import { setup } from "./setup.mjs";
import { run, say, seconds } from "./sh.mjs";
import * as steps from "./steps.mjs";

// Incremental builds cost as much disk again as what is built, and a run that builds each crate once gains nothing from them.
const quietCargo = { NO_COLOR: "1", CARGO_TERM_COLOR: "never", CARGO_INCREMENTAL: "0" };
const quick = process.argv[2] === "check";
const started = Date.now();
await setup("test");

const rows = [];
for (const step of quick ? steps.check : steps.all) rows.push(await play(step));
const failed = sum("failed") + rows.filter((row) => row.result.startsWith("FAILED") && row.failed === 0).length;
table();
if (!quick) console.log(`${sum("passed")} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs a step's commands to the first that fails; skipped when a step it builds on has not passed. */
async function play({ name, after = [], commands, env = {} }) {
  const row = { name, milliseconds: 0, passed: 0, failed: 0, result: "ok" };
  const absent = after.find((needed) => rows.find((row) => row.name === needed)?.result !== "ok");
  if (absent) return { ...row, result: `skipped, as "${absent}" did not pass` };
  say(`${name}: ${commands.map((words) => words.join(" ")).join(" && ")}`);
  const begin = Date.now();
  for (const command of commands) {
    const { code, output } = await run(command, { env: { ...quietCargo, ...env } });
    count(output, row);
    if (code !== 0) {
      row.result = `FAILED (exit code ${code})`;
      break;
    }
  }
  row.milliseconds = Date.now() - begin;
  say(`${name}: ${row.result}, ${seconds(row.milliseconds)}`);
  return row;
}

/** Adds up cargo's "test result: ok. 3 passed; 1 failed; …", Vitest's "Tests  1 failed | 3 passed (4)" and Node's "# pass 3", "# fail 1". */
function count(output, row) {
  for (const [, passed, failed] of output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed;/gm)) {
    row.passed += Number(passed);
    row.failed += Number(failed);
  }
  for (const [line] of output.matchAll(/^\s*Tests\s+\d+ .*$/gm)) {
    row.passed += Number(/(\d+) passed/.exec(line)?.[1] ?? 0);
    row.failed += Number(/(\d+) failed/.exec(line)?.[1] ?? 0);
  }
  for (const [, result, tests] of output.matchAll(/^# (pass|fail) (\d+)$/gm)) row[`${result}ed`] += Number(tests);
}

function sum(key) {
  return rows.reduce((total, row) => total + row[key], 0);
}

function table() {
  const width = Math.max(...rows.map((row) => row.name.length));
  console.log(`\n${"step".padEnd(width)}  ${"time".padStart(11)}  ${"tests".padStart(6)}  result`);
  for (const row of rows) {
    const tests = row.passed + row.failed || "";
    console.log(`${row.name.padEnd(width)}  ${seconds(row.milliseconds).padStart(11)}  ${String(tests).padStart(6)}  ${row.result}`);
  }
  console.log(`${"in all".padEnd(width)}  ${seconds(Date.now() - started).padStart(11)}\n`);
}
