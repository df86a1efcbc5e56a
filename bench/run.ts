/**
 * Measures the library on Deno and on Bun, and others beside it: `deno task bench`, `npm run bench`.
 *
 * `case.ts` says what a case is. `cases/` has them: each file says what is measured, for this harness,
 * and does it, for the measuring program of Deno and Bun, `measure.ts`. `peers/` has the measuring
 * programs of the others, which `peers.ts` finds and builds. `rounds.ts` measures everybody in turns,
 * `text.ts` and `chart.ts` show what was found, `targets.ts` says what was to be reached.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import process from "node:process";
import type { Case, PeerName } from "./case.ts";
import { cases } from "./cases.ts";
import { again } from "./commands.ts";
import { compareReports } from "./compare.ts";
import { ip } from "./ip.ts";
import { describeMachine } from "./machine.ts";
import { type Options, parseOptions, usage } from "./options.ts";
import { findPeers, installPeers } from "./peers.ts";
import { publish } from "./publish.ts";
import { type Failure, type Measurement, type Report, reportJson } from "./report.ts";
import { measureCase } from "./rounds.ts";
import { judge } from "./targets.ts";
import { reportText } from "./text.ts";

/** How often everybody is measured, and how often for a first impression. */
const runs = 9;
const quickRuns = 3;

/** Who takes part in a first impression. */
const quickPeers: readonly PeerName[] = ["c", "deno", "bun"];

/** Whose failures are failures of the library. */
const own: readonly PeerName[] = ["deno", "bun", "binary"];

/** Set for the program that runs within a network namespace of its own. */
const inside = "NETLINK_BENCH_INSIDE";

/** Runs this program again in a network namespace of its own; gives its exit code. */
function enterNamespace(args: readonly string[]): number {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const { status, error } = spawnSync("unshare", [...user, "--net", ...again(args)], {
    stdio: "inherit",
    env: { ...process.env, [inside]: "1" },
  });
  if (error !== undefined) throw error;
  return status ?? 1;
}

/** Measures cases and tells on standard error how far it is. */
async function measureAll(chosen: readonly Case[], quick: boolean): Promise<Report> {
  const names = chosen.flatMap(({ variants }) => Object.values(variants).flat());
  const { found: peers, missing } = findPeers(
    names.filter((name) => !quick || quickPeers.includes(name)),
  );
  for (const { label, reason, how } of missing) {
    console.error(`${label} is skipped: ${reason}; get it with: ${how}`);
  }
  const date = `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const [before] = loadavg();
  const measurements: Measurement[] = [];
  const failures: Failure[] = [];
  for (const benchmark of chosen) {
    const { name, sizes, quickSizes = sizes } = benchmark;
    for (const size of quick ? quickSizes : sizes) {
      const start = performance.now();
      const plan = { peers, runs: quick ? quickRuns : runs, quick };
      const outcome = await measureCase(benchmark, size, plan);
      measurements.push(...outcome.measurements);
      failures.push(...outcome.failures);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.error(`${name} ${size}: ${outcome.warmUps} rounds to warm up, ${seconds} s`);
    }
    benchmark.clean?.();
  }
  return {
    date,
    quick,
    machine: describeMachine(),
    load: [before, loadavg()[0]],
    peers: peers.map(({ name, label, version }) => ({ name, label, version })),
    missing,
    measurements,
    failures,
    targets: judge(measurements, failures),
  };
}

/** Tells what has changed since a report; gives whether anything is worse. */
function compare(file: string, report: Report): boolean {
  const { worse, better } = compareReports(JSON.parse(readFileSync(file, "utf8")), report);
  for (const line of better) console.log(`better: ${line}`);
  for (const line of worse) console.log(`worse: ${line}`);
  console.log(`Compared with ${file}: ${better.length} better, ${worse.length} worse`);
  return worse.length > 0;
}

/** Measures what the options ask for; gives the exit code. */
async function run(options: Options): Promise<number> {
  ip("link", "set", "lo", "up");
  const chosen = cases.filter(({ name }) =>
    options.only.length === 0 || options.only.includes(name)
  );
  const report = await measureAll(chosen, options.quick);
  console.log(reportText(report));
  if (options.json !== undefined) writeFileSync(options.json, reportJson(report));
  if (options.publish) publish(report);
  const worse = options.compare !== undefined && compare(options.compare, report);
  return worse || report.failures.some(({ peer }) => own.includes(peer)) ? 1 : 0;
}

async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    console.log(usage);
    return 0;
  }
  if (process.env[inside] !== undefined) return await run(options);
  if (options.install) installPeers();
  return enterNamespace(args);
}

process.exitCode = await main(process.argv.slice(2));
