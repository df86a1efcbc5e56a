import type { Copier } from "./copier.ts";
import type { Source } from "./message.ts";

/** What one read of a socket gave. */
export class Datagram {
  /** Where it was received: the next read overwrites it. */
  readonly memory: Uint8Array;
  /** How many bytes of the memory it is. */
  readonly size: number;
  /** How long it was before it was cut to the memory, in bytes. */
  readonly length: number;
  /** Where it came from. */
  readonly source: Source;
  readonly #copier: Copier;
  #kept: Uint8Array | undefined;

  /**
   * Makes it of what a read gave.
   *
   * @param memory Where it was received.
   * @param length How long it was before it was cut to the memory, in bytes.
   * @param source Where it came from.
   * @param copier Who copies what is kept of it.
   */
  constructor(memory: Uint8Array, length: number, source: Source, copier: Copier) {
    this.memory = memory;
    this.size = Math.min(length, memory.length);
    this.length = length;
    this.source = source;
    this.#copier = copier;
  }

  /** The datagram for those who keep it: a copy, made when it is first asked for. */
  get kept(): Uint8Array {
    return this.#kept ??= this.#copier.copy(this.memory.subarray(0, this.size));
  }
}
