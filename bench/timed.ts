import process from "node:process";
import type { Answer } from "./case.ts";

/**
 * Starts to measure.
 *
 * @returns Gives what one of so many operations took, in nanoseconds on the clock and of the processor.
 */
export function startClocks(): (operations: number) => { time: number; cpu: number } {
  const usage = process.cpuUsage();
  const start = performance.now();
  return (operations) => {
    const time = (performance.now() - start) * 1e6 / operations;
    const { user, system } = process.cpuUsage(usage);
    return { time, cpu: (user + system) * 1e3 / operations };
  };
}

/**
 * Measures operations one after the other.
 *
 * @param operations How many.
 * @param operation Does one.
 * @param check Gives what the last of them has seen.
 * @returns The time that one took.
 */
export async function timed<T>(
  operations: number,
  operation: () => Promise<T>,
  check: (seen: T) => Record<string, number>,
): Promise<Answer> {
  let seen!: T;
  const passed = startClocks();
  for (let i = 0; i < operations; i++) seen = await operation();
  return { values: passed(operations), check: check(seen) };
}
