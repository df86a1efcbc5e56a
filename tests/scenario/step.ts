/** What the parts of the scenario share: what a step is, and the links that the steps are about. */
import type { RouteBatch } from "../../lib/rtnetlink/mod.ts";

/** Another namespace than the one that the steps are made in. */
export interface Place {
  /** A process that lives in it. */
  readonly pid: number;
  /** A descriptor of it. */
  readonly fd: number;
}

/**
 * One change, said twice: as a command, in which PID is a process of the other namespace, and as a
 * call of this library, by itself or in a batch.
 */
export type Step = readonly [command: string, change: (to: RouteBatch, other: Place) => unknown];

/** Steps after which both namespaces are compared. */
export interface Part {
  /** What the steps are about. */
  readonly name: string;
  /** Whether the library makes them all in one batch; one by one by default. */
  readonly batch?: boolean;
  /** Whether they are made in the other namespace. */
  readonly elsewhere?: boolean;
  /** Settings of both namespaces that the steps need, as sysctl(8) takes them. */
  readonly sysctl?: readonly string[];
  /** The steps. */
  readonly steps: readonly Step[];
}

/** The indexes of the links, which the steps set. */
export const ifindex = {
  lo: 1,
  v0: 10,
  v1: 11,
  v2: 12,
  v3: 13,
  v4: 14,
  v5: 15,
  i0: 16,
  br0: 20,
  br1: 21,
  br2: 22,
  p0: 23,
  p1: 24,
  p2: 25,
  p3: 26,
  vx0: 30,
  vx1: 31,
  vx2: 32,
  vx3: 33,
  vx4: 34,
  vx5: 35,
  vx6: 36,
  mv0: 40,
  mv1: 41,
  mv2: 42,
  mv3: 43,
  mv4: 44,
  m0: 50,
  m1: 51,
  m2: 52,
  m3: 53,
  m4: 54,
  m5: 55,
} as const;

/** What all links of the scenario are made with. */
export function named(
  name: keyof typeof ifindex,
): { name: string; index: number; address: string } {
  return { name, index: ifindex[name], address: `02:00:00:00:00:${ifindex[name]}` };
}
