import { readFileSync } from "node:fs";
import { dial, type RouteConn } from "../../lib/rtnetlink/mod.ts";
import type { Case, Contender, Measure, Setting } from "../case.ts";
import {
  few,
  fewRouteTable,
  getRoutes,
  makeRoutes,
  removeRoutes,
  routeTable,
} from "../many_routes.ts";
import { Program } from "../program.ts";
import { memory, resetPeak } from "../resources.ts";
import { streamRoutes } from "./routes.ts";

/**
 * What a long dump takes of memory, and for how long at a time it keeps everything else from running. Each
 * sample is the first long dump of a new process, after one of few routes.
 */
export const routesMemory: Case = {
  name: "routes_memory",
  title: "Growth of memory and longest hold of the event loop in a dump of routes",
  units: { growth: "bytes", hold: "ns" },
  sizes: [100_000, 1_000_000],
  quickSizes: [100_000],
  variants: {
    raw: ["c", "deno", "bun", "go"],
    typed: ["deno", "bun"],
    streamed: ["deno", "bun"],
  },
  warmUps: 0,
  expect: (size) => ({ count: size }),
  prepare: makeRoutes,
  clean: removeRoutes,
  open: freshContender,
};

function freshContender(setting: Setting): Contender {
  return {
    async sample() {
      const program = new Program(setting);
      try {
        const { check } = await program.ask();
        if (check?.count !== few) {
          throw new Error(`it saw ${check?.count} routes instead of ${few}`);
        }
        resetPeak(program.pid);
        const { now } = memory(program.pid);
        const { values, check: seen } = await program.ask();
        const growth = memory(program.pid).peak - now;
        return { values: { ...values, growth }, check: { count: seen!.count } };
      } finally {
        program.close();
      }
    },
    close() {},
  };
}

/** How long in nanoseconds this thread has run so far: what other programs take of the processor is not in it. */
function running(): number {
  return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]);
}

/** Measures for how long at most this thread ran between two turns of a timer. */
async function longestHold(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = running();
  const look = () => {
    const now = running();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  await work();
  look();
  clearInterval(timer);
  return longest;
}

/** The ways to read a table; each gives how many routes there were. */
const reads: Record<string, (rt: RouteConn, table: number) => Promise<number>> = {
  raw: async (rt, table) => (await rt.conn.execute(getRoutes(table))).length,
  typed: async (rt, table) => (await rt.routes.list({ family: 2, table })).length,
  streamed: async (rt, table) => (await streamRoutes(rt, table)).count,
};

/** As in "routes", first with few of them. What is read is not looked at: that would be the caller's hold. */
export function prepare(variant: string): Measure {
  const rt = dial();
  let table = fewRouteTable;
  return async () => {
    let count = 0;
    const hold = await longestHold(async () => count = await reads[variant](rt, table));
    table = routeTable;
    return { values: { hold }, check: { count } };
  };
}
