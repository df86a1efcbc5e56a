import assert from "node:assert/strict";
import { test } from "node:test";
import { findProblems, parseReport, type Result } from "../.ci/report.ts";

// Both written by `test("a passes & <prints>")`, `test("a fails")` and a skip, in tests/a_test.ts.
const deno = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="3" failures="1" errors="0" time="0.142">
    <testsuite name="./tests/a_test.ts" tests="3" disabled="1" errors="0" failures="1">
        <testcase name="a passes &amp; &lt;prints&gt;" classname="./tests/a_test.ts" time="0.001" line="3" col="1">
        </testcase>
        <testcase name="a fails" classname="./tests/a_test.ts" time="0.001" line="4" col="1">
            <failure message="Uncaught Error: &lt;skipped/>">Error: no</failure>
        </testcase>
        <testcase name="a forces # skip: needs CAP_NET_ADMIN" classname="./tests/a_test.ts" time="0.000" line="7" col="1">
            <skipped/>
        </testcase>
    </testsuite>
</testsuites>`;
const bun = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="3" assertions="0" failures="1" skipped="1" time="4.019778278">
  <testsuite name="tests/a_test.ts" file="tests/a_test.ts" tests="3" assertions="0" failures="1" skipped="1">
    <testcase name="a passes &amp; &lt;prints&gt;" classname="" time="0.00029" file="tests/a_test.ts" line="3" assertions="0" />
    <testcase name="a fails" classname="" time="3.000314" file="tests/a_test.ts" line="2" assertions="0">
      <failure type="TimeoutError" message="test timed out" />
    </testcase>
    <testcase name="a forces # skip: needs CAP_NET_ADMIN" classname="" time="0" file="tests/a_test.ts" line="7" assertions="0">
      <skipped />
    </testcase>
  </testsuite>
</testsuites>`;

const results: Result[] = [
  { test: "tests/a_test.ts: a passes & <prints>", outcome: "passed", reason: "" },
  { test: "tests/a_test.ts: a fails", outcome: "failed", reason: "" },
  { test: "tests/a_test.ts: a forces", outcome: "skipped", reason: "needs CAP_NET_ADMIN" },
];

test("parseReport() reads Deno's report", () => {
  assert.deepEqual(parseReport(deno), results);
});

test("parseReport() reads Bun's report", () => {
  assert.deepEqual(parseReport(bun), results);
});

test("findProblems() finds nothing when both ran the same tests", () => {
  assert.deepEqual(findProblems({ Deno: results, Bun: results.toReversed() }), []);
});

test("findProblems() finds a test that one runtime has not run", () => {
  assert.deepEqual(findProblems({ Deno: results, Bun: results.slice(1) }), [
    "Deno has 1 and Bun has 0 of tests/a_test.ts: a passes & <prints>",
  ]);
  assert.deepEqual(findProblems({ Deno: results, Bun: [...results, results[0]] }), [
    "Bun has 2 and Deno has 1 of tests/a_test.ts: a passes & <prints>",
  ]);
});

test("findProblems() lets a test be skipped on one runtime, but not without a reason", () => {
  const skipped = (reason: string): Result[] => [{ test: "a", outcome: "skipped", reason }];
  const passed: Result[] = [{ test: "a", outcome: "passed", reason: "" }];
  assert.deepEqual(findProblems({ Deno: passed, Bun: skipped("has no B") }), []);
  assert.deepEqual(findProblems({ Deno: passed, Bun: skipped("") }), [
    "Bun skipped without a reason a",
  ]);
});

test("findProblems() does not take silence for success", () => {
  assert.deepEqual(findProblems({ Deno: [], Bun: [] }), ["Deno ran no test", "Bun ran no test"]);
});
