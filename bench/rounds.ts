import type { Case, Contender, Peer, PeerName, Sample, Setting } from "./case.ts";
import { programContender } from "./program.ts";
import type { Failure, Measurement } from "./report.ts";

/** How a run is done. */
export interface Plan {
  readonly peers: readonly Peer[];
  /** How often everybody is measured. */
  readonly runs: number;
  /** Whether a first impression is enough. */
  readonly quick: boolean;
}

/** Whose operations take so long that they do only a part of them for a sample. */
const slow: readonly PeerName[] = ["python", "ip"];
const slowness = 20;

/** The part by which whoever is still warming up gets faster from one pair of rounds to the next. */
const improvement = 0.05;

/** How long to warm up at least and at most: rounds, and milliseconds for all together. */
const least = { rounds: 4, time: 2000 };
const most = { rounds: 15, time: 20_000 };

/** A contender with what it has shown so far. */
interface Entry {
  readonly setting: Setting;
  readonly contender: Contender;
  samples: Sample[];
}

/** What a case gave. */
export interface Outcome {
  readonly measurements: Measurement[];
  readonly failures: Failure[];
  /** How often everybody did it before it counted. */
  readonly warmUps: number;
}

/**
 * Measures a case at one size: everybody once, then again, in turns, so that whatever else the machine
 * does hits all alike.
 *
 * @param benchmark The case.
 * @param size The size.
 * @param plan How to do it.
 * @returns What was measured, and who failed.
 */
export async function measureCase(benchmark: Case, size: number, plan: Plan): Promise<Outcome> {
  await benchmark.prepare?.(size);
  const field = new Field(benchmark, size);
  try {
    await field.open(settings(benchmark, size, plan));
    const warmUps = await field.warmUp(plan.quick);
    for (let i = 0; i < plan.runs; i++) await field.round();
    return { measurements: field.measurements(), failures: field.failures, warmUps };
  } finally {
    field.close();
  }
}

/** Who does the case, in which ways. */
function settings(
  { name, variants, largest = {}, operations = () => 1 }: Case,
  size: number,
  { peers, quick }: Plan,
): Setting[] {
  return Object.entries(variants).flatMap(([variant, names]) =>
    names.flatMap((wanted): Setting[] => {
      const peer = peers.find(({ name }) => name === wanted);
      if (peer === undefined || size > (largest[wanted] ?? Infinity)) return [];
      const part = slow.includes(wanted) ? slowness : 1;
      const count = Math.ceil(operations(size) / part);
      return [{ name, peer, variant, size, operations: count, peers, quick }];
    })
  );
}

/** All who do a case, until they fail. */
class Field {
  readonly failures: Failure[] = [];
  readonly #case: Case;
  readonly #size: number;
  /** What has been seen, which all others must see, too. */
  readonly #seen: Record<string, number>;
  #entries: Entry[] = [];

  constructor(benchmark: Case, size: number) {
    this.#case = benchmark;
    this.#size = size;
    this.#seen = { ...benchmark.expect?.(size) };
  }

  async open(settings: readonly Setting[]): Promise<void> {
    const { open = (setting) => programContender(setting) } = this.#case;
    const opened = settings.map(async (setting): Promise<Entry[]> => {
      try {
        return [{ setting, contender: await open(setting), samples: [] }];
      } catch (error) {
        this.#fail(setting, error);
        return [];
      }
    });
    this.#entries = (await Promise.all(opened)).flat();
  }

  /** Does rounds until nobody gets faster any more; gives how many. */
  async warmUp(quick: boolean): Promise<number> {
    const start = performance.now();
    let rounds = 0;
    for (; rounds < (this.#case.warmUps ?? most.rounds); rounds++) {
      const time = performance.now() - start;
      const enough = rounds >= least.rounds && time >= least.time && this.#warm();
      if (quick ? rounds > 0 : enough || rounds > 1 && time > most.time) break;
      await this.round();
    }
    for (const entry of this.#entries) entry.samples = [];
    return rounds;
  }

  /** Whether the last two rounds were for nobody much better than those before. */
  #warm(): boolean {
    const [main] = Object.keys(this.#case.units);
    return this.#entries.every(({ samples }) => {
      const values = samples.map(({ values }) => values[main]);
      return Math.min(...values.slice(-2)) >= (1 - improvement) * Math.min(...values.slice(0, -2));
    });
  }

  /** Measures everybody once. */
  async round(): Promise<void> {
    const measure = async (entry: Entry) => {
      try {
        const sample = await entry.contender.sample();
        this.#check(sample);
        entry.samples.push(sample);
      } catch (error) {
        this.#fail(entry.setting, error);
        entry.contender.close();
        this.#entries = this.#entries.filter((other) => other !== entry);
      }
    };
    if (this.#case.together) await Promise.all(this.#entries.map(measure));
    else for (const entry of this.#entries) await measure(entry);
  }

  #check({ check = {} }: Sample): void {
    for (const [name, value] of Object.entries(check)) {
      const expected = this.#seen[name] ??= value;
      if (value !== expected) throw new Error(`it saw ${name} ${value} instead of ${expected}`);
    }
  }

  #fail({ peer, variant }: Setting, error: unknown): void {
    const { message } = error as Error;
    const place = { case: this.#case.name, size: this.#size };
    this.failures.push({ ...place, peer: peer.name, variant, reason: message });
  }

  measurements(): Measurement[] {
    const place = { case: this.#case.name, size: this.#size };
    return this.#entries.flatMap(({ setting: { peer, variant }, samples }) =>
      Object.entries(this.#case.units).flatMap(([metric, unit]): Measurement[] => {
        const values = samples.flatMap(({ values }) => values[metric] ?? []);
        if (values.length === 0) return [];
        return [{ ...place, peer: peer.name, variant, metric, unit, samples: values }];
      })
    );
  }

  close(): void {
    for (const { contender } of this.#entries) contender.close();
  }
}
