import type { Case, PeerName } from "./case.ts";
import { cases } from "./cases.ts";
import { formatRatio, formatSize, formatValue, table } from "./format.ts";
import { counterpart, type Measurement, ratio, type Report, select } from "./report.ts";
import { median, spread } from "./statistics.ts";

/**
 * Writes a report for people.
 *
 * @param report The report.
 * @returns The text.
 */
export function reportText(report: Report): string {
  const sections = [
    facts(report),
    ...cases.flatMap((benchmark) => [
      ...sizesOf(report, benchmark.name).map((size) => caseTable(report, benchmark, size)),
      growthTable(report, benchmark),
    ]),
    targetTable(report),
  ];
  return `${
    sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n")
  }\n`;
}

function facts({ date, quick, machine, load, peers, missing }: Report): string[] {
  const { cpu, cores, memory, kernel, system } = machine;
  const lines = [
    ["machine", `${cpu}, ${cores} cores, ${(memory / 2 ** 30).toFixed(0)} GiB`],
    ["load", load.map((value) => value.toFixed(2)).join(" before, ") + " at the end"],
    ["system", `${system}, ${kernel}`],
    ...peers.map(({ label, version }) => [label, version]),
    ...missing.map(({ label, reason, how }) => [label, `skipped: ${reason}; get it with: ${how}`]),
  ];
  return [
    `Benchmarks of ${date}${quick ? ", for a first impression only" : ""}`,
    "",
    ...table(lines),
    "",
    'Medians; ± is half of what the middle half of the runs is spread over; "to C" compares with the',
    "program in C in the same run, which walks the raw messages where others make objects of them;",
    "cpu is what all threads of the program used of the processors, which a busy machine disturbs less.",
  ];
}

/** The sizes at which a case was done, from small to large. */
function sizesOf({ measurements, failures }: Report, name: string): number[] {
  const sizes = [...measurements, ...failures].flatMap((entry) =>
    entry.case === name ? [entry.size] : []
  );
  return [...new Set(sizes)].sort((a, b) => a - b);
}

function labelOf({ peers }: Report, name: PeerName): string {
  return peers.find((peer) => peer.name === name)!.label;
}

/** All values of a case at one size, a row for each way to do it. */
function caseTable(report: Report, { name, title, units, sizes }: Case, size: number): string[] {
  const measured = select(report.measurements, { case: name, size });
  const failed = report.failures.filter((failure) =>
    failure.case === name && failure.size === size
  );
  if (measured.length + failed.length === 0) return [];
  const metrics = Object.keys(units).filter((metric) =>
    measured.some((measurement) => measurement.metric === metric)
  );
  const compared = (metric: string) =>
    units[metric] === "ns" && select(measured, { metric, peer: "c" }).length > 0;
  const heading = [
    "",
    "",
    ...metrics.flatMap((metric) => [
      metric,
      "±",
      ...compared(metric) ? ["to C"] : [],
    ]),
  ];
  const ways = measured.filter((measurement) => measurement.metric === metrics[0]);
  const rows = ways.map(({ peer, variant }) => [
    labelOf(report, peer),
    variant,
    ...metrics.flatMap((metric) => {
      const [measurement] = select(measured, { peer, variant, metric });
      const cells = valueCells(measurement);
      return compared(metric) ? [...cells, ratioCell(measured, measurement)] : cells;
    }),
  ]);
  const amount = sizes.length > 1 || size > 1 ? `: ${formatSize(size)}` : "";
  const runs = measured[0]?.samples.length ?? 0;
  return [
    `${title}${amount} (${runs} runs)`,
    ...ways.length > 0 ? table([heading, ...rows]) : [],
    ...failed.map(({ peer, variant, reason }) =>
      `${labelOf(report, peer)} ${variant}: failed, ${reason}`
    ),
  ];
}

function valueCells(measurement: Measurement | undefined): string[] {
  if (measurement === undefined) return ["", ""];
  const { samples, unit } = measurement;
  const value = formatValue(median(samples), unit);
  return [value, unit === "count" ? "" : `${(100 * Math.abs(spread(samples))).toFixed(0)} %`];
}

function ratioCell(measured: readonly Measurement[], measurement: Measurement | undefined): string {
  const base = measurement && counterpart(measured, measurement, "c");
  return base === undefined ? "" : formatRatio(ratio(measurement!, base));
}

/** How the time for one of many grows with their number. */
function growthTable(report: Report, { name, title, units, sizes }: Case): string[] {
  const [metric] = Object.keys(units);
  const measured = select(report.measurements, { case: name, metric });
  const present = sizes.filter((size) => measured.some((measurement) => measurement.size === size));
  if (metric !== "time" || present.length < 2) return [];
  const ways = new Map(measured.map((way) => [`${way.peer} ${way.variant}`, way]));
  const rows = [...ways.values()].map(({ peer, variant }) => [
    labelOf(report, peer),
    variant,
    ...present.map((size) => {
      const [found] = select(measured, { peer, variant, size });
      return found === undefined ? "" : formatValue(median(found.samples) / size, found.unit);
    }),
  ]);
  return [
    `${title}: time for each one of`,
    ...table([["", "", ...present.map(formatSize)], ...rows]),
  ];
}

function targetTable(report: Report): string[] {
  if (report.targets.length === 0) return [];
  const rows = report.targets.map(({ title, peer, limit, below, value, unit, met, cpu }) => {
    const format = (value: number) => unit ? formatValue(value, unit) : formatRatio(value);
    return [
      met ? "met" : "MISSED",
      title,
      labelOf(report, peer),
      value === undefined ? "failed" : format(value),
      value === undefined ? "" : `${below ? "<" : "<="} ${format(limit)}`,
      cpu === undefined ? "" : `cpu ${formatRatio(cpu)}`,
    ];
  });
  return ["Targets", ...table(rows, 3)];
}
