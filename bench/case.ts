/**
 * What a benchmark is made of.
 *
 * @module
 */
/** Who takes part: C is what the others are compared with; "binary" is the command line as `bun build --compile` makes it. */
export type PeerName = "c" | "deno" | "bun" | "binary" | "go" | "node" | "python" | "ip";

/** Somebody who takes part and is there. */
export interface Peer {
  readonly name: PeerName;
  /** How tables call it. */
  readonly label: string;
  /** Versions of what it stands on. */
  readonly version: string;
  /** The command that starts its measuring program; case, variant, size and operations follow. */
  readonly command: readonly string[];
}

/** What a value is: nanoseconds, bytes or a number of things. */
export type Unit = "ns" | "bytes" | "count";

/** What one measurement gave. */
export interface Sample {
  /** The values by their names, of which a case keeps those that it has units for. */
  readonly values: Readonly<Record<string, number>>;
  /** What was seen: all who tell something under the same name must tell the same. */
  readonly check?: Readonly<Record<string, number>>;
}

/** One way to do a case, ready to be measured as often as one likes. */
export interface Contender {
  /** Measures once. */
  sample(): Promise<Sample>;
  /** Ends it. */
  close(): void;
}

/** What a contender needs to know. */
export interface Setting {
  /** The case's name. */
  readonly name: string;
  readonly peer: Peer;
  readonly variant: string;
  readonly size: number;
  /** How many operations make one sample. */
  readonly operations: number;
  /** All who take part in the run. */
  readonly peers: readonly Peer[];
  /** Whether a first impression is enough. */
  readonly quick: boolean;
}

/** A benchmark. */
export interface Case {
  /** Its name, and that of its file. */
  readonly name: string;
  readonly title: string;
  /** What the values of a sample are, the main one first. */
  readonly units: Readonly<Record<string, Unit>>;
  /** How much there is to do, from little to much; `[1]` where there is no choice. */
  readonly sizes: readonly number[];
  /** The sizes of a quick run; all by default. */
  readonly quickSizes?: readonly number[];
  /** Who does it in which ways. */
  readonly variants: Readonly<Record<string, readonly PeerName[]>>;
  /** Sizes above which it would take somebody minutes. */
  readonly largest?: Readonly<Partial<Record<PeerName, number>>>;
  /** How often to measure before it counts; until it gets no faster by default. */
  readonly warmUps?: number;
  /** Whether all are measured at once, because they do nothing. */
  readonly together?: boolean;
  /** How many operations make one sample; 1 by default. Python and `ip` do a twentieth of them. */
  operations?(size: number): number;
  /** What must have been seen. */
  expect?(size: number): Readonly<Record<string, number>>;
  /** Makes in the namespace what is needed for a size, on top of what is there for the smaller ones. */
  prepare?(size: number): void | Promise<void>;
  /** Removes it again. */
  clean?(): void;
  /** Makes a contender; by default its measuring program is started and asked. */
  open?(setting: Setting): Contender | Promise<Contender>;
}

/** What a measuring program answers. */
export interface Answer extends Sample {
  /** Comes before the sample where there are events: they may come now. */
  readonly ready?: boolean;
  /** When each event arrived, CLOCK_MONOTONIC in nanoseconds. */
  readonly arrivals?: readonly number[];
}

/** Does the operations of a sample, in the measuring program of Deno and Bun. */
export type Measure = () => Promise<Answer>;

/** What the file of a case has for that program: gets ready for a variant, a size and a number of operations. */
export type Prepare = (
  variant: string,
  size: number,
  operations: number,
) => Measure | Promise<Measure>;
