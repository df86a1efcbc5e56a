/**
 * Streams the routes of a table and prints how many there were, how many of them were of another
 * table, how much memory that took, and for how long at a time it kept everything else from running.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { dial } from "../../lib/rtnetlink/mod.ts";

/** How long in milliseconds this thread has run so far: what other programs take of the processor is not in it. */
function running(): number {
  return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;
}

using rt = dial();
/** Streams a table; calls back now and then. */
async function stream(table: number, pause: (count: number) => void): Promise<number[]> {
  let count = 0;
  let strange = 0;
  for await (const route of rt.routes.stream({ table })) {
    if (route.table !== table) strange++;
    if (++count % 1000 === 0) pause(count);
  }
  return [count, strange];
}

// A small one first, until all is compiled: what that takes, some 10 MB on Bun, is not the routes'.
for (let i = 0; i < 50; i++) await stream(1001, () => {});
const { rss } = process.memoryUsage();
let peak = rss;
let hold = 0;
let last = running();
const timer = setInterval(() => {
  const now = running();
  hold = Math.max(hold, now - last);
  last = now;
}, 1);
const [count, strange] = await stream(1000, () => {
  peak = Math.max(peak, process.memoryUsage().rss);
});
clearInterval(timer);
console.log(JSON.stringify({ count, strange, growth: peak - rss, hold }));
