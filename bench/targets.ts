import {
  counterpart,
  type Failure,
  type Judgement,
  type Measurement,
  ratio,
  select,
  type Selection,
} from "./report.ts";
import { median } from "./statistics.ts";

/** What the library wants to be. */
interface Target {
  readonly title: string;
  /** Of what, for both runtimes. */
  readonly of: Selection;
  /** What it is divided by: what somebody took for the same, or the same in another way. */
  readonly to?: "c" | "go" | { readonly variant: string };
  /** Whether each run counts, and not the median. */
  readonly worst?: boolean;
  /** What it may be at most, by runtime; nanoseconds, bytes, a number or a ratio. */
  readonly limits: { readonly deno: number; readonly bun: number };
}

const us = 1000;
const ms = 1_000_000;

const time = { metric: "time" };
const roundTrip = { ...time, case: "round_trip", size: 1, variant: "raw" };
const links = { ...time, case: "links", size: 1000 };
const routes = { ...time, case: "routes", size: 100_000 };
const stream = { case: "routes", size: 1_000_000, variant: "streamed" };

/** What is compared with C, and must in any case take less time than Go does. */
const comparisons: readonly Target[] = [
  { title: "round trip", of: roundTrip, limits: { deno: 1.2, bun: 1.1 } },
  { title: "1,000 links raw", of: { ...links, variant: "raw" }, limits: { deno: 1.2, bun: 1.1 } },
  {
    title: "1,000 links in portions",
    of: { ...links, variant: "portions" },
    limits: { deno: 1.2, bun: 1.1 },
  },
  {
    title: "1,000 links typed",
    of: { ...links, variant: "typed" },
    limits: { deno: 1.8, bun: 1.6 },
  },
  {
    title: "100,000 routes raw",
    of: { ...routes, variant: "raw" },
    limits: { deno: 1.25, bun: 1.15 },
  },
  {
    title: "100,000 routes in portions",
    of: { ...routes, variant: "portions" },
    limits: { deno: 1.25, bun: 1.15 },
  },
  {
    title: "100,000 routes typed",
    of: { ...routes, variant: "typed" },
    limits: { deno: 2.2, bun: 2 },
  },
];

const targets: readonly Target[] = [
  ...comparisons.map((target) => ({ ...target, title: `${target.title}, to C`, to: "c" as const })),
  {
    title: "1,000,000 routes streamed, growth of memory",
    of: { ...stream, case: "routes_memory", metric: "growth" },
    limits: { deno: 24e6, bun: 24e6 },
  },
  ...[...comparisons, { title: "1,000,000 routes streamed", of: { ...stream, ...time } }].map((
    { title, of },
  ) => ({ title: `${title}, to Go`, of, to: "go" as const, limits: { deno: 1, bun: 1 } })),
  ...["raw", "typed", "mirror"].map((variant) => ({
    title: `20,000 changes, ${variant}: lost in any run`,
    of: { case: "burst", size: 20_000, metric: "lost", variant },
    worst: true,
    limits: { deno: 0, bun: 0 },
  })),
  ...["raw", "typed"].map((variant) => ({
    title: `event to callback, ${variant}`,
    of: { case: "latency", metric: "median", variant },
    limits: { deno: 70 * us, bun: 40 * us },
  })),
  {
    title: "round trip beside 1,000 waiting sockets, to 1",
    of: { ...time, case: "waiting", variant: "1000" },
    to: { variant: "1" },
    limits: { deno: 1.1, bun: 1.1 },
  },
  {
    title: "start of the command line, above a script",
    of: { case: "startup", metric: "above" },
    limits: { deno: 40 * ms, bun: 25 * ms },
  },
];

/**
 * Compares what was measured with the targets.
 *
 * @param measurements What was measured.
 * @param failures Who failed.
 * @returns What became of each target whose case was measured.
 */
export function judge(
  measurements: readonly Measurement[],
  failures: readonly Failure[],
): Judgement[] {
  return targets.flatMap(({ title, of, to, worst, limits }) =>
    (["deno", "bun"] as const).flatMap((peer): Judgement[] => {
      const below = to === "go";
      const limit = limits[peer];
      const judged = { title, peer, limit, below };
      const [measurement] = select(measurements, { ...of, peer });
      if (measurement === undefined) {
        const failed = failures.some((failure) =>
          failure.case === of.case && failure.variant === of.variant && failure.peer === peer &&
          failure.size === (of.size ?? failure.size)
        );
        return failed ? [{ ...judged, met: false }] : [];
      }
      const { samples, unit } = measurement;
      if (to === undefined) {
        const value = worst ? Math.max(...samples) : median(samples);
        return [{ ...judged, value, unit, met: value <= limit }];
      }
      const other = typeof to === "string"
        ? counterpart(measurements, measurement, to)
        : select(measurements, { ...of, peer, ...to })[0];
      if (other === undefined) return [];
      const value = ratio(measurement, other);
      const [used, usedByOther] = [measurement, other].map(({ samples: _, unit: __, ...same }) =>
        select(measurements, { ...same, metric: "cpu" })[0]
      );
      const cpu = used && usedByOther && ratio(used, usedByOther);
      return [{ ...judged, value, cpu, met: below ? value < limit : value <= limit }];
    })
  );
}
