import { formatRatio, formatValue } from "./format.ts";
import { counterpart, type Measurement, ratio, type Report, select } from "./report.ts";
import { median } from "./statistics.ts";

/** The cases that are drawn. */
const groups = [
  { title: "One request and its reply", case: "round_trip", size: 1 },
  { title: "A dump of 1,000 links", case: "links", size: 1000 },
  { title: "A dump of 100,000 routes", case: "routes", size: 100_000 },
] as const;

/** How the ways to do a case are called. */
const ways: Readonly<Record<string, string>> = { raw: "messages", typed: "objects" };

const width = 720;
const left = 210;
const right = 560;
const rowHeight = 19;
const groupHeight = 40;
const top = 34;

/** Ratios at which there is a line. */
const lines = [1, 2, 5, 10, 20, 50, 100, 500];

// Both colour schemes; nothing is loaded from elsewhere.
const style = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600 }
  .faint { fill: #57606a }
  line { stroke: #d0d7de }
  .bar { stroke-width: 6; stroke: #8c959f }
  circle { fill: #8c959f }
  .deno.bar, .bun.bar { stroke: #0969da }
  circle.deno, circle.bun { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .faint { fill: #9198a1 }
    line { stroke: #3d444d }
    .bar { stroke: #656c76 }
    circle { fill: #656c76 }
    .deno.bar, .bun.bar { stroke: #4493f8 }
    circle.deno, circle.bun { fill: #4493f8 }
  }`;

/**
 * Draws how long everybody takes, compared with C, on a logarithmic scale.
 *
 * @param report The report.
 * @returns The drawing as SVG.
 */
export function drawChart(report: Report): string {
  const drawn = groups.map(({ title, ...selection }) => ({
    title,
    rows: select(report.measurements, { ...selection, metric: "time" })
      .filter(({ variant }) => variant in ways)
      .flatMap((measurement) => {
        const base = counterpart(report.measurements, measurement, "c");
        return base === undefined ? [] : [{ measurement, to: ratio(measurement, base) }];
      }),
  }));
  const highest = Math.max(1, ...drawn.flatMap(({ rows }) => rows.map(({ to }) => to)));
  const x = (to: number) => left + (right - left) * Math.log(2 * to) / Math.log(2 * highest);
  let y = top;
  const parts: string[] = [];
  for (const { title, rows } of drawn) {
    y += groupHeight;
    parts.push(`<text class="title" x="0" y="${y - 12}">${title}</text>`);
    for (const { measurement, to } of rows) {
      parts.push(row(report, measurement, to, x, y));
      y += rowHeight;
    }
  }
  const height = y + 10;
  const grid = lines.filter((to) => to <= highest).map((to) =>
    `<line x1="${round(x(to))}" x2="${round(x(to))}" y1="${top}" y2="${y}"/>` +
    `<text class="faint" text-anchor="middle" x="${round(x(to))}" y="${top - 6}">${to}×</text>`
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>Times compared with C and libmnl</title>`,
    `<style>${style}\n</style>`,
    `<text class="title" x="0" y="14">Time, compared with C: shorter is better; the scale is logarithmic</text>`,
    ...grid,
    ...parts,
    `</svg>\n`,
  ].join("\n");
}

function row(
  { peers }: Report,
  { peer: name, variant, samples, unit }: Measurement,
  to: number,
  x: (to: number) => number,
  y: number,
): string {
  const peer = peers.find((peer) => peer.name === name)!;
  const end = round(x(to));
  const value = `${formatRatio(to)}×, ${formatValue(median(samples), unit)}`;
  return [
    `<text x="0" y="${y + 4}">${peer.label}</text>`,
    `<text class="faint" x="${left - 70}" y="${y + 4}">${ways[variant]}</text>`,
    `<line class="bar ${name}" x1="${round(x(1))}" x2="${end}" y1="${y}" y2="${y}"/>`,
    `<circle class="${name}" cx="${end}" cy="${y}" r="5"/>`,
    `<text class="faint" x="${Math.max(end, round(x(1))) + 10}" y="${y + 4}">${value}</text>`,
  ].join("");
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
