import type { Copier } from "./copier.ts";
import type { Source } from "./message.ts";

/** What one read of a socket gave. */
export class Datagram {
  /** The datagram where it was received: the next read overwrites it. */
  readonly received: Uint8Array;
  /** How long it was before it was cut to the receive buffer, in bytes. */
  readonly length: number;
  /** Where it came from. */
  readonly source: Source;
  readonly #copier: Copier;
  #kept: Uint8Array | undefined;

  /**
   * Makes it of what a read gave.
   *
   * @param received The datagram where it was received.
   * @param length How long it was before it was cut to the receive buffer, in bytes.
   * @param source Where it came from.
   * @param copier Who copies what is kept of it.
   */
  constructor(received: Uint8Array, length: number, source: Source, copier: Copier) {
    this.received = received;
    this.length = length;
    this.source = source;
    this.#copier = copier;
  }

  /** The datagram for those who keep it: a copy, made when it is first asked for. */
  get kept(): Uint8Array {
    return this.#kept ??= this.#copier.copy(this.received);
  }
}
