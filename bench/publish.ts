import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { drawChart } from "./chart.ts";
import { root, runtimes } from "./commands.ts";
import { formatRatio, formatValue } from "./format.ts";
import { counterpart, type Measurement, ratio, type Report, reportJson, select } from "./report.ts";
import { median } from "./statistics.ts";
import { reportText } from "./text.ts";

/** Between these the README has the table. */
const marks = [
  "<!-- What follows is written by `npm run bench -- --publish` -->",
  "<!-- Up to here -->",
] as const;

/** The rows of the table. */
const rows = [
  { title: "one request", case: "round_trip", size: 1, variant: "raw" },
  { title: "1,000 links", case: "links", size: 1000, variant: "raw" },
  { title: "1,000 links as objects", case: "links", size: 1000, variant: "typed" },
  { title: "100,000 routes", case: "routes", size: 100_000, variant: "raw" },
  { title: "100,000 routes as objects", case: "routes", size: 100_000, variant: "typed" },
] as const;

/**
 * Puts a report where everybody finds it: bench/report.json, bench/report.txt, bench/chart.svg, and the
 * table in the README.
 *
 * @param report The report.
 */
export function publish(report: Report): void {
  const readme = `${root}README.md`;
  const chart = `${root}bench/chart.svg`;
  writeFileSync(`${root}bench/report.json`, reportJson(report));
  writeFileSync(`${root}bench/report.txt`, reportText(report));
  writeFileSync(chart, drawChart(report));
  writeFileSync(readme, withTable(readFileSync(readme, "utf8"), report));
  execFileSync(runtimes.deno, ["fmt", "--quiet", readme, chart]);
}

function withTable(text: string, report: Report): string {
  const [before, rest = ""] = text.split(marks[0]);
  const [, after] = rest.split(marks[1]);
  if (after === undefined) throw new Error(`README.md has no ${marks.join(" and ")}`);
  return `${before}${marks[0]}\n\n${table(report)}\n\n${marks[1]}${after}`;
}

function table(report: Report): string {
  const used = report.peers.filter(({ name }) =>
    rows.some((row) => find(report, row, name) !== undefined)
  );
  const heading = ["", ...used.map(({ label }) => label)];
  const lines = rows.map((row) => [
    row.title,
    ...used.map(({ name }) => cell(report, find(report, row, name))),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = line(heading.map((_, i) => i === 0 ? "---" : "--:"));
  return [line(heading), rule, ...lines.map(line)].join("\n");
}

function find(
  { measurements }: Report,
  { title: _, ...selection }: (typeof rows)[number],
  peer: Measurement["peer"],
): Measurement | undefined {
  return select(measurements, { ...selection, metric: "time", peer })[0];
}

function cell({ measurements }: Report, measurement: Measurement | undefined): string {
  if (measurement === undefined) return "";
  const base = counterpart(measurements, measurement, "c");
  const to = base === undefined || base === measurement
    ? ""
    : ` (${formatRatio(ratio(measurement, base))}×)`;
  return formatValue(median(measurement.samples), measurement.unit) + to;
}
