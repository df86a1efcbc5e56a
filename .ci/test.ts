/**
 * Runs tests/**\/*_test.ts under Deno and under Bun at the same time, and compares what they ran. Arguments choose
 * files by a part of their name.
 *
 * It fails when a test fails, when one runtime has a test that the other has not, when a test is
 * skipped without a reason (see report.ts), and when no test ran. The last line counts both runtimes.
 *
 * Who is not root gets a user and a network namespace in which they are.
 *
 * @module
 */
import { findProblems, parseReport, type Result } from "./report.ts";

/** How many times as long than usual the tests may take, as those of churn then do so much more. */
const soak = Math.max(1, Number(Deno.env.get("SOAK") ?? 1));

/** For one runtime, in milliseconds. Single tests have 60 seconds. */
const limit = soak * 4 * 60_000;

Deno.chdir(new URL("..", import.meta.url));

function findTests(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder)).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory ? findTests(path) : path.endsWith("_test.ts") ? [path] : [];
  }).sort();
}

const files = findTests("tests").filter((path) =>
  Deno.args.length === 0 || Deno.args.some((part) => path.includes(part))
);
const reports = Deno.makeTempDirSync();
// deno-fmt-ignore
const runtimes: [name: string, command: string[]][] = [
  ["Deno", [
    Deno.execPath(), "test", "--allow-all", "--no-check", "--preload=.ci/deno_preload.ts",
    `--junit-path=${reports}/Deno`, ...files,
  ]],
  ["Bun", [
    "node_modules/.bin/bun", "test", `--timeout=${soak * 60_000}`, "--reporter=junit",
    `--reporter-outfile=${reports}/Bun`, ...files.map((file) => `./${file}`),
  ]],
];

let prefix: string[] = [];
if (Deno.uid() !== 0) {
  prefix = ["unshare", "--user", "--map-root-user", "--net"];
  try {
    const { success } = new Deno.Command(prefix[0], { args: [...prefix.slice(1), "true"] })
      .outputSync();
    if (!success) throw new Error("unshare failed");
  } catch {
    prefix = [];
    console.log("User namespaces are refused here, so the tests run without privileges");
  }
}

/** What is killed when the tests are interrupted. */
const running = new Set<Deno.ChildProcess>();

function kill({ pid }: Deno.ChildProcess): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch {
    // Nothing was left.
  }
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    running.forEach(kill);
    Deno.exit(130);
  });
}

/** Runs one command to its end, into a file; says what went wrong with it. */
async function run([program, ...args]: string[], output: string): Promise<string | undefined> {
  // A process group of its own, so that whatever the tests started ends with them.
  const options = { stdin: "null", stdout: "piped", stderr: "piped", detached: true } as const;
  const child = new Deno.Command(program, { args, ...options }).spawn();
  running.add(child);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    kill(child);
  }, limit);
  const file = await Deno.open(output, { append: true, create: true });
  const copies = [child.stdout, child.stderr].map(async (stream) => {
    for await (const bytes of stream) await file.write(bytes);
  });
  const { code } = await child.status;
  clearTimeout(timer);
  kill(child);
  running.delete(child);
  await Promise.all(copies);
  file.close();
  if (late) return `was killed after ${limit / 60_000} minutes`;
  return code === 0 ? undefined : `exited with ${code}`;
}

const runs: Record<string, Result[]> = {};
const problems: string[] = [];
console.log(`${files.length} test files, on Deno and on Bun at the same time`);
// Both at once: most of the time a test waits for something.
const ended = runtimes.map(([runtime, command]) =>
  files.length > 0 ? run([...prefix, ...command], `${reports}/${runtime}.txt`) : undefined
);
for (const [i, [runtime]] of runtimes.entries()) {
  const problem = await ended[i];
  console.log(`\n${runtime}:`);
  if (files.length > 0) console.log(Deno.readTextFileSync(`${reports}/${runtime}.txt`));
  try {
    runs[runtime] = parseReport(Deno.readTextFileSync(`${reports}/${runtime}`));
  } catch {
    runs[runtime] = [];
  }
  const explained = runs[runtime].some(({ outcome }) => outcome === "failed");
  if (problem && !explained) problems.push(`${runtime} ${problem}`);
}
Deno.removeSync(reports, { recursive: true });
problems.push(...findProblems(runs));

const counts = { passed: 0, failed: problems.length, skipped: 0 };
console.log();
for (const [runtime, results] of Object.entries(runs)) {
  for (const { test, outcome, reason } of results) {
    counts[outcome]++;
    if (outcome === "failed") console.log(`${runtime} failed ${test}`);
    if (outcome === "skipped") console.log(`${runtime} skipped ${test}: ${reason || "no reason"}`);
  }
}
for (const problem of problems) console.log(problem);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
Deno.exitCode = counts.failed > 0 ? 1 : 0;
