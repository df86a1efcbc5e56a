/**
 * Reads the JUnit reports of both runtimes and says what is wrong with them besides failures.
 *
 * A skip must say why, and neither report keeps the reason of `{ skip: reason }`. So the test's name
 * carries it: "dial() forces its buffer # skip: needs CAP_NET_ADMIN".
 *
 * @module
 */

/** What became of one test under one runtime. */
export interface Result {
  /** The file and the name, without a skip's reason. */
  test: string;
  outcome: "passed" | "failed" | "skipped";
  /** Why it was skipped, "" if it does not say. */
  reason: string;
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi,
    (_, decimal, hex, name) =>
      name ? entities[name] : String.fromCodePoint(decimal ? Number(decimal) : parseInt(hex, 16)),
  );
}

/**
 * Reads a report.
 *
 * @param xml The report, as Deno or Bun writes it.
 * @returns The results in the report's order.
 */
export function parseReport(xml: string): Result[] {
  const results: Result[] = [];
  let file = "";
  const element =
    /<testsuite name="([^"]*)"|<testcase name="([^"]*)"[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g;
  for (const [, suite, testcase, body = ""] of xml.matchAll(element)) {
    if (suite !== undefined) {
      file = unescape(suite).replace(/^\.\//, "");
      continue;
    }
    const [name, reason = ""] = unescape(testcase).split(" # skip: ");
    const outcome = /<(failure|error)\b/.test(body)
      ? "failed"
      : /<skipped\b/.test(body)
      ? "skipped"
      : "passed";
    results.push({ test: `${file}: ${name}`, outcome, reason });
  }
  return results;
}

/**
 * Finds what is wrong although every test passed.
 *
 * @param runs The results by the runtime's name.
 * @returns What is wrong, a line each.
 */
export function findProblems(runs: Record<string, Result[]>): string[] {
  const problems: string[] = [];
  for (const [runtime, results] of Object.entries(runs)) {
    if (results.length === 0) problems.push(`${runtime} ran no test`);
    for (const { test, outcome, reason } of results) {
      if (outcome === "skipped" && reason === "") {
        problems.push(`${runtime} skipped without a reason ${test}`);
      }
    }
    for (const [other, others] of Object.entries(runs)) {
      if (others.length === 0) continue;
      for (const test of new Set(results.map((result) => result.test))) {
        const [here, there] = [results, others].map((all) =>
          all.filter((result) => result.test === test).length
        );
        if (here > there) {
          problems.push(`${runtime} has ${here} and ${other} has ${there} of ${test}`);
        }
      }
    }
  }
  return problems;
}
