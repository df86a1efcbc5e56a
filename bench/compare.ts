import { formatValue } from "./format.ts";
import { counterpart, type Measurement, type Report, select } from "./report.ts";
import { median, quantile } from "./statistics.ts";

/** By what part a median must differ to count. The middle halves of the runs must be apart, too. */
export const threshold = 0.1;

/** What has changed between two reports. */
export interface Comparison {
  /** What is worse, one line each. */
  readonly worse: string[];
  /** What is better, one line each. */
  readonly better: string[];
}

/**
 * Compares two reports, as far as they are about this library. Where there is a time of C's in both, the
 * ratios to it are compared, so that the reports may come from machines or days of different speed.
 *
 * @param before The older report.
 * @param after The newer report.
 * @returns What has changed beyond the noise.
 */
export function compareReports(before: Report, after: Report): Comparison {
  const worse: string[] = [];
  const better: string[] = [];
  const own = ["deno", "bun", "binary"];
  for (const measurement of after.measurements) {
    if (!own.includes(measurement.peer)) continue;
    const { samples: _, unit: __, ...selection } = measurement;
    const [old] = select(before.measurements, selection);
    if (old === undefined) continue;
    const bases = [
      counterpart(before.measurements, old, "c"),
      counterpart(after.measurements, measurement, "c"),
    ];
    const [from, to] = [old, measurement].map(({ samples }, i) => {
      const base = bases.every((base) => base && median(base.samples) > 0)
        ? median(bases[i]!.samples)
        : 1;
      return samples.map((sample) => sample / base);
    });
    const line = describe(measurement, old, median(to) / median(from));
    if (isBeyond(from, to)) worse.push(line);
    if (isBeyond(to, from)) better.push(line);
  }
  return { worse, better };
}

/** Whether the values are higher, beyond the noise. */
function isBeyond(low: readonly number[], high: readonly number[]): boolean {
  return median(high) > (1 + threshold) * median(low) && quantile(high, 0.25) > quantile(low, 0.75);
}

function describe(
  { case: name, size, peer, variant, metric, unit, samples }: Measurement,
  old: Measurement,
  factor: number,
): string {
  const change = Number.isFinite(factor) ? `${((factor - 1) * 100).toFixed(0)} %` : "from none";
  const values = [old.samples, samples].map((samples) => formatValue(median(samples), unit));
  return `${name} ${size} ${peer} ${variant}, ${metric}: ${change} (${values.join(" to ")})`;
}
