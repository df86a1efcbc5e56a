import type { Conn } from "../conn.ts";
import { DumpInterruptedError } from "../errors.ts";
import { HeaderFlags, headerLength } from "../message.ts";
import type { CallOptions } from "../options.ts";
import { decodeObject, encodeObject, type ObjectKind } from "./object_kind.ts";

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

/**
 * Asks the kernel for all objects of a kind, again where a change interrupts the dump.
 *
 * @param conn An rtnetlink connection.
 * @param kind The kind of object.
 * @param request What the request says: the family, and with strict checking whatever filters.
 * @param options Ends the call early.
 * @returns The objects.
 * @throws {OpError} When the kernel refuses the dump.
 */
export function dump<T extends object>(
  conn: Conn,
  kind: ObjectKind<T>,
  request: Partial<T>,
  options?: CallOptions,
): Promise<Dump<T>> {
  const message = {
    header: { type: kind.getType, flags: HeaderFlags.Request | HeaderFlags.Dump },
    data: encodeObject(kind, request),
  };
  return readWhole(async (objects) => {
    for await (const { memory, starts, ends } of conn.executePortions(message, options)) {
      starts.forEach((start, i) =>
        objects.push(decodeObject(kind, memory, start + headerLength, ends[i]))
      );
    }
  });
}
