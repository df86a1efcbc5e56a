import type { Code } from "./emit.ts";
import type { RawInstruction } from "./instructions.ts";
import { Class, Test } from "./opcodes.ts";

/** How many instructions a comparison skips at most: one less than it can, as its other way may need a jump. */
const maxSkip = 0xff - 1;

/**
 * Puts instructions one after the other, so that all jumps lead forward.
 *
 * @param first The first instruction.
 * @returns The program.
 */
export function layout(first: Code): RawInstruction[] {
  const program = new Layout();
  program.place(first);
  return program.instructions.reverse();
}

/** A program that grows from its end. Places are counted from there. */
class Layout {
  readonly instructions: RawInstruction[] = [];
  readonly #places = new Map<Code, number>();
  /** Where the last unconditional jump to an instruction stands. */
  readonly #jumps = new Map<Code, number>();

  place(code: Code): void {
    if (this.#places.has(code)) return;
    const { next, otherwise } = code;
    if (next !== undefined) this.place(next);
    if (otherwise !== undefined) this.place(otherwise);
    if (next !== undefined && otherwise === undefined) this.#follow(next);
    this.#put(code);
  }

  /** Lets the next instruction be followed by another one. */
  #follow(code: Code): void {
    if (this.#skip(this.#places.get(code)!) === 0) return;
    const isPlain = code.next !== undefined && code.otherwise === undefined;
    // A copy of what goes on elsewhere is as short as a jump to it.
    if (isPlain) this.#jump(code);
    else this.#put(code);
  }

  #put(code: Code): void {
    const { op, k, next, otherwise } = code;
    let [jt, jf] = [0, 0];
    if (next !== undefined && otherwise !== undefined) {
      const places = [this.#near(next), this.#near(otherwise)];
      [jt, jf] = places.map((place) => this.#skip(place));
    }
    this.#places.set(code, this.instructions.length);
    this.instructions.push({ op, jt, jf, k });
  }

  /** How many instructions the next one skips to come to a place. */
  #skip(place: number): number {
    return this.instructions.length - place - 1;
  }

  /** Gives a place that the next comparison can reach and that leads to an instruction. */
  #near(code: Code): number {
    const places = [this.#places.get(code)!, this.#jumps.get(code)];
    return places.find((place) => place !== undefined && this.#skip(place) <= maxSkip) ??
      this.#jump(code);
  }

  #jump(code: Code): number {
    const place = this.instructions.length;
    const k = this.#skip(this.#places.get(code)!);
    this.instructions.push({ op: Class.Jump | Test.Always, jt: 0, jf: 0, k });
    this.#jumps.set(code, place);
    return place;
  }
}
