/** The harness of the benchmarks works from its arguments to its report. How fast anything is, is not tested. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { noNamespaces, onDeno, test } from "./harness.ts";

const script = fileURLToPath(new URL("../bench/run.ts", import.meta.url));
const noBaseline = !existsSync("/usr/include/libmnl/libmnl.h") &&
  "libmnl-dev is not installed, so there is no baseline";

/** Runs the benchmarks on the runtime of the test. */
function bench(...args: string[]) {
  const run = onDeno ? ["run", "--allow-all", "--no-check"] : [];
  return spawnSync(process.execPath, [...run, script, ...args], { encoding: "utf8" });
}

test("bench measures a case, reports it and says what has become slower", {
  skip: noNamespaces || noBaseline,
}, () => {
  const folder = mkdtempSync(`${tmpdir()}/bench-`);
  try {
    // What was before: a thousandth of C's time, for one runtime.
    const way = { case: "batch", size: 100, variant: "raw", metric: "time", unit: "ns" };
    const measurements = [
      { ...way, peer: "c", samples: [1e6, 1e6, 1e6] },
      { ...way, peer: "bun", samples: [1e3, 1e3, 1e3] },
    ];
    writeFileSync(`${folder}/before`, JSON.stringify({ measurements }));
    const { status, stdout, stderr } = bench(
      ...["--quick", "--only", "batch", "--json", `${folder}/now`],
      ...["--compare", `${folder}/before`],
    );
    assert.equal(status, 1, stderr);
    assert.match(stdout, /\nDeno +raw +[\d.,]+ [num]?s +\d+ % +[\d.]+ /);
    assert.deepEqual(stdout.match(/^(better|worse): [^,]+/gm), [
      "worse: batch 100 bun raw",
    ]);
    const report = JSON.parse(readFileSync(`${folder}/now`, "utf8"));
    assert.deepEqual(report.failures, []);
    const times: { peer: string; metric: string; samples: number[] }[] = report.measurements
      .filter(({ metric }: { metric: string }) => metric === "time");
    assert.deepEqual(
      times.map(({ peer, samples }) => [peer, samples.filter((sample) => sample > 0).length]),
      [["c", 3], ["deno", 3], ["bun", 3]],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("bench says which cases there are", { skip: noNamespaces }, () => {
  const { status, stderr } = bench("--only", "nothing");
  assert.equal(status, 2);
  assert.match(stderr, /^No case "nothing"[^]*round_trip, batch/);
});
