import type { Peer, PeerName, Unit } from "./case.ts";
import type { Machine } from "./machine.ts";
import type { MissingPeer } from "./peers.ts";
import { median } from "./statistics.ts";

/** One value of one way to do a case: all samples of it. */
export interface Measurement {
  readonly case: string;
  readonly size: number;
  readonly peer: PeerName;
  readonly variant: string;
  /** Which value of the samples. */
  readonly metric: string;
  readonly unit: Unit;
  readonly samples: number[];
}

/** Somebody who could not do a case, or did it wrong. */
export interface Failure {
  readonly case: string;
  readonly size: number;
  readonly peer: PeerName;
  readonly variant: string;
  readonly reason: string;
}

/** How one runtime did with one target. */
export interface Judgement {
  readonly title: string;
  readonly peer: PeerName;
  readonly limit: number;
  /** Whether the limit itself is too much. */
  readonly below: boolean;
  /** Absent when the runtime failed. */
  readonly value?: number;
  /** What the value and the limit are; absent for a ratio. */
  readonly unit?: Unit;
  readonly met: boolean;
  /** Of a ratio of times, the ratio of what was used of the processor, which other programs disturb less. */
  readonly cpu?: number;
}

/** What a run has found, as it is kept in a file. */
export interface Report {
  /** When it began. */
  readonly date: string;
  /** Whether it was only for a first impression. */
  readonly quick: boolean;
  readonly machine: Machine;
  /** How many programs were running or about to, over a minute: before the run, and at its end with those of the run. */
  readonly load: readonly [before: number, after: number];
  readonly peers: readonly Omit<Peer, "command">[];
  readonly missing: readonly MissingPeer[];
  readonly measurements: readonly Measurement[];
  readonly failures: readonly Failure[];
  readonly targets: readonly Judgement[];
}

/** Which measurement: what is left out may be anything. */
export type Selection = Partial<Omit<Measurement, "samples" | "unit">>;

/**
 * Finds measurements.
 *
 * @param measurements The measurements to choose from.
 * @param selection Which ones.
 * @returns Those, in their order.
 */
export function select(
  measurements: readonly Measurement[],
  selection: Selection,
): Measurement[] {
  const wanted = Object.entries(selection);
  return measurements.filter((measurement) =>
    wanted.every(([key, value]) => measurement[key as keyof Selection] === value)
  );
}

/**
 * Finds what somebody did in the same case: in the same way, or else in the first way that they know.
 *
 * @param measurements The measurements to choose from.
 * @param measurement The one to compare.
 * @param peer Who is to be compared with it.
 * @returns The other measurement; undefined when there is none.
 */
export function counterpart(
  measurements: readonly Measurement[],
  { case: name, size, metric, variant }: Measurement,
  peer: PeerName,
): Measurement | undefined {
  const others = select(measurements, { case: name, size, metric, peer });
  return others.find((other) => other.variant === variant) ?? others[0];
}

/**
 * Divides the medians of two measurements.
 *
 * @param a What is divided.
 * @param b By what.
 * @returns The ratio.
 */
export function ratio(a: Measurement, b: Measurement): number {
  return median(a.samples) / median(b.samples);
}

/**
 * Writes a report for programs: a line for each measurement, so that two reports can be compared by eye, too.
 *
 * @param report The report.
 * @returns The report as JSON; no number has more digits than mean something.
 */
export function reportJson(report: Report): string {
  const text = JSON.stringify(
    report,
    (_, value) => typeof value === "number" ? Number(value.toPrecision(6)) : value,
  );
  return `${text.replaceAll(/[[,](?=\{)|(?<=\})\]/g, "$&\n")}\n`;
}
