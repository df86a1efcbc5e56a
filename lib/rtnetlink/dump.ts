import { DumpInterruptedError } from "../errors.ts";

/** How often a dump that was interrupted is asked for again. */
const maxAttempts = 10;

/** What a dump brought. */
export interface Dump<T> {
  /** The objects. */
  objects: T[];
  /** False when every attempt was interrupted by a change: then objects may be missing. */
  consistent: boolean;
}

/**
 * Reads a dump to its end, and again where a change interrupts it.
 *
 * @param read Reads, and adds what it reads to a list.
 * @returns What the first attempt brought that came out whole, or else the last.
 */
export async function readWhole<T>(read: (objects: T[]) => Promise<void>): Promise<Dump<T>> {
  for (let attempt = 1;; attempt++) {
    const objects: T[] = [];
    try {
      await read(objects);
      return { objects, consistent: true };
    } catch (error) {
      if (!(error instanceof DumpInterruptedError)) throw error;
      if (attempt === maxAttempts) return { objects, consistent: false };
    }
  }
}
