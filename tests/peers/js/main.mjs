// Runs one piece of work with one JavaScript library and prints its figures as one line of JSON.
// `node main.mjs WORK NAME[;NAME] CALLS ORDERS [NUMBER]...` Not in it: the server (`peers serve`), the order of the runs (scripts/bench.mjs).
import { check, overhead } from "./work/cost.mjs";
import { bare, interleavings, stampede, storm, wakeUp } from "./work/crowd.mjs";
import { cancel, leave, outage } from "./work/trouble.mjs";
import { World } from "./world.mjs";

const WORK = {
  check,
  overhead: (world, names, ...numbers) => overhead(world, names.split(";"), ...numbers),
  stampede: (world, name, callers) =>
    name === "bare" ? bare(world, callers) : name === "wake-up" ? wakeUp(callers) : stampede(world, name, callers),
  storm,
  interleavings,
  "busy-valid": (world, name) => outage(world, name, "busy", true),
  "busy-expired": (world, name) => outage(world, name, "busy", false),
  "gone-valid": (world, name) => outage(world, name, "gone", true),
  "gone-expired": (world, name) => outage(world, name, "gone", false),
  "cancel-first": (world, name) => cancel(world, name, false),
  "cancel-all": (world, name) => cancel(world, name, true),
  "sign-out": leave,
};

const [work, name, calls, orders, ...numbers] = process.argv.slice(2);
const started = setTimeout(() => {
  console.error("no end after five minutes");
  process.exit(1);
}, 300_000);
try {
  console.log(JSON.stringify(await WORK[work](new World(calls, orders), name, ...numbers.map(Number))));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
clearTimeout(started);
process.exit(0); // timers of the libraries would keep it alive
