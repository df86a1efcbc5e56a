/**
 * Properties that are checked with fast-check: first with the cases of fixtures/corpus.jsonl, which
 * failed once or are tricky, then with random ones, of which `FC_RUNS=200` makes two hundred times as many.
 *
 * @module
 */
import process from "node:process";
import fc from "fast-check";
import { fromHex, readFixture, toHex } from "./object_helpers.ts";

/** A line of the corpus: bytes or, where a case is not made of bytes, where fast-check finds it. */
export interface PastCase {
  /** The beginning of the names of the properties that it is for. */
  property: string;
  hex?: string;
  seed?: number;
  path?: string;
  /** What is tricky about it, or what went wrong. */
  why: string;
}

/** The cases that are checked first. */
export const corpus: readonly PastCase[] = readFixture<PastCase>("corpus.jsonl");

const scale = Number(process.env.FC_RUNS ?? 1);

/**
 * Checks a property. When it fails, the error has the line that the corpus lacks.
 *
 * @param name The property's name.
 * @param cases Cases.
 * @param property Throws when a case does not have the property.
 * @param runs How many random cases there are.
 */
export function check<T>(
  name: string,
  cases: fc.Arbitrary<T>,
  property: (value: T) => void,
  runs = 100,
): void {
  const past = corpus.filter((line) => name.startsWith(line.property));
  const examples = past.filter(({ hex }) => hex !== undefined)
    .map(({ hex }): [T] => [fromHex(hex!) as T]);
  const numRuns = examples.length + Math.ceil(scale * runs);
  const replays = past.filter(({ seed }) => seed !== undefined).map(({ seed, path }) => ({
    seed,
    path,
  }));
  for (const parameters of [...replays, { examples, numRuns }]) {
    const result = fc.check(fc.property(cases, property), parameters);
    if (!result.failed) continue;
    const [value] = result.counterexample!;
    const { seed, counterexamplePath: path } = result;
    const found = value instanceof Uint8Array ? { hex: toHex(value) } : { seed, path };
    const line = JSON.stringify({ property: name, ...found, why: "" });
    throw new Error(
      `${name} fails for ${fc.stringify(value)}. Add to tests/fixtures/corpus.jsonl: ${line}`,
      { cause: result.errorInstance },
    );
  }
}

/**
 * Writes everything that there is to a value as text.
 *
 * @param value The value.
 * @param onView Sees every typed array in it.
 */
export function textOf(value: unknown, onView?: (view: ArrayBufferView) => void): string {
  return JSON.stringify(value, (_, part) => {
    if (typeof part === "bigint") return `${part}n`;
    if (part === undefined) return "undefined";
    if (part instanceof Error) return [`${part}`, { ...part }];
    if (!ArrayBuffer.isView(part)) return part;
    onView?.(part);
    const { buffer, byteOffset, byteLength } = part;
    return [part.constructor.name, toHex(new Uint8Array(buffer, byteOffset, byteLength))];
  });
}
