/**
 * Random programs and packets, made from a seed: fast-check would take longer for one than the kernel
 * for a thousand.
 *
 * @module
 */
import * as bpf from "../lib/bpf/mod.ts";
import type { RawInstruction } from "../lib/bpf/mod.ts";

/** Random numbers that a seed repeats: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number of 32 bits. */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ this.#state >>> 15, this.#state | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return (t ^ t >>> 14) >>> 0;
  }

  /** A whole number below a limit. */
  below(limit: number): number {
    return Math.floor(this.word() / 0x1_0000_0000 * limit);
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.word());
  }
}

/** Numbers at which something changes. */
const edges = [
  0,
  1,
  2,
  4,
  15,
  16,
  31,
  32,
  33,
  0xff,
  0xffff,
  0x7fff_ffff,
  0x8000_0000,
  0xffe0_0000,
  0xffef_ffff,
  0xfff0_0000,
  0xfff0_0005,
  0xffff_efff,
  0xffff_f000,
  0xffff_fffe,
  0xffff_ffff,
];

/** A number that is likely to make a difference. */
function randomWord(random: Random): number {
  switch (random.below(4)) {
    case 0:
      return random.pick(edges);
    case 1:
      return random.word();
    default:
      return random.below(80);
  }
}

const aluOps = [0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x90, 0xa0];

/** Extensions whose answer does not depend on chance. */
const extensions = [
  bpf.ExtProto,
  bpf.ExtType,
  bpf.ExtInterfaceIndex,
  bpf.ExtNetlinkAttr,
  bpf.ExtNetlinkAttr,
  bpf.ExtNetlinkAttr,
  bpf.ExtNetlinkAttrNested,
  bpf.ExtNetlinkAttrNested,
  bpf.ExtMark,
  bpf.ExtQueue,
  bpf.ExtLinkLayerType,
  bpf.ExtRXHash,
  bpf.ExtALUXorX,
  bpf.ExtALUXorX,
  bpf.ExtALUXorX,
  bpf.ExtVLANTag,
  bpf.ExtVLANTagPresent,
  bpf.ExtPayloadOffset,
  bpf.ExtVLANProto,
];

function raw(op: number, k = 0, jt = 0, jf = 0): RawInstruction {
  return { op, jt, jf, k };
}

/** An offset that is mostly within a packet. */
function randomOffset(random: Random): number {
  if (random.once(30)) return random.pick(edges.filter((edge) => edge < 0xffff_f000));
  if (random.once(12)) return 0xfff0_0000 + random.below(40); // SKF_NET_OFF
  return random.below(40);
}

function randomLoad(random: Random): RawInstruction {
  const size = random.pick([0x00, 0x08, 0x10]);
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return raw(0x20 | size, randomOffset(random));
    case 3:
      return raw(0x40 | size, random.once(3) ? randomWord(random) : random.below(20));
    case 4:
      return raw(0xb1, randomOffset(random));
    case 5:
      return raw(random.pick([0x80, 0x81]));
    case 6:
      return raw(0x20 | size, 0xffff_f000 + random.pick(extensions));
    case 7:
    case 8:
      return raw(0x00, randomWord(random));
    default:
      return raw(0x01, random.once(3) ? randomWord(random) : random.below(20));
  }
}

function randomALU(random: Random): RawInstruction {
  if (random.once(12)) return raw(0x84);
  const op = 0x04 | random.pick(aluOps);
  if (random.once(2)) return raw(op | 0x08, random.once(5) ? random.word() : 0);
  const k = randomWord(random);
  if (op === 0x64 || op === 0x74) return raw(op, k % 32);
  return raw(op, op === 0x34 || op === 0x94 ? k || 1 : k);
}

/** A jump that so many instructions follow. */
function randomJump(random: Random, following: number): RawInstruction {
  const skip = () => random.below(Math.min(following, random.once(4) ? 256 : 6));
  if (random.once(6)) return raw(0x05, skip());
  const op = random.pick([0x15, 0x25, 0x35, 0x45]);
  return raw(op | random.pick([0x00, 0x08]), randomWord(random), skip(), skip());
}

/**
 * Makes a program that the kernel takes. What it computes shows in how much of a long packet is kept.
 *
 * @param random Where chance comes from.
 * @returns The program, of 4 to 400 instructions, mostly short.
 */
export function randomProgram(random: Random): RawInstruction[] {
  const stored = random.below(4);
  const program: RawInstruction[] = [];
  for (let n = 0; n < stored; n++) {
    program.push(randomLoad(random), raw(random.pick([0x02, 0x03]), n));
  }
  const length = random.once(50) ? 400 : 1 + random.below(random.once(5) ? 60 : 14);
  while (program.length < length) {
    const chance = random.below(12);
    if (chance < 4) program.push(randomLoad(random));
    else if (chance < 7) program.push(randomALU(random));
    else if (chance < 9) program.push(randomJump(random, length + 2 - program.length));
    else if (chance < 10) program.push(raw(random.pick([0x07, 0x87])));
    else if (chance < 11 && stored > 0) {
      program.push(raw(random.pick([0x02, 0x03, 0x60, 0x61]), random.below(stored)));
    } else if (random.once(4)) program.push(raw(random.pick([0x06, 0x16]), random.below(200)));
  }
  program.push(raw(0x94, 61), raw(0x04, random.below(2)), raw(0x16, random.once(9) ? 7 : 0));
  return program;
}

/** Appends attributes of the types 0 to 2. Now and then one is longer or shorter than it says. */
function appendAttributes(random: Random, depth: number, into: number[]): void {
  for (let left = random.below(7); left > 0 && into.length < 400; left--) {
    const start = into.length;
    into.push(0, 0, 0, 0);
    if (depth > 0 && !random.once(5)) appendAttributes(random, depth - 1, into);
    else for (let data = random.below(9); data > 0; data--) into.push(random.below(256));
    let length = into.length - start;
    if (random.once(80)) length += random.below(12) - 6;
    if (random.once(120)) length = random.below(5);
    const type = random.below(3) | random.pick([0, 0, 0, 0x8000, 0x4000]);
    const header = new Uint8Array(Uint16Array.of(length, type).buffer);
    header.forEach((byte, i) => into[start + i] = byte);
    while (into.length % 4 !== 0) into.push(0);
  }
}

/**
 * Makes attributes of the types 0 to 2, nested in each other.
 *
 * @param random Where chance comes from.
 * @param depth How deep they may be nested.
 * @returns The attributes, some hundred bytes at most.
 */
export function randomAttributes(random: Random, depth: number): Uint8Array {
  const bytes: number[] = [];
  appendAttributes(random, depth, bytes);
  return Uint8Array.from(bytes);
}

/**
 * Makes a packet of some bytes to some hundred.
 *
 * @param random Where chance comes from.
 * @returns Bytes without a meaning, or with attributes at a multiple of four.
 */
export function randomPacket(random: Random): Uint8Array {
  const bytes = random.once(2)
    ? random.bytes(1 + random.below(random.once(3) ? 20 : 100))
    : Uint8Array.from([...random.bytes(4 * random.below(8)), ...randomAttributes(random, 2)]);
  if (bytes.length === 0) return random.bytes(1);
  return random.once(6) ? bytes.subarray(0, 1 + random.below(bytes.length)) : bytes;
}

/**
 * Changes a program a little, so that about every other one is invalid afterwards.
 *
 * @param random Where chance comes from.
 * @param program A valid program.
 * @returns A program of its own.
 */
export function mutate(random: Random, program: readonly RawInstruction[]): RawInstruction[] {
  const changed = program.map((instruction) => ({ ...instruction }));
  for (let i = 0; i <= random.below(2); i++) {
    const at = random.below(changed.length);
    changed[at] = mutateInstruction(random, changed[at], changed.length - at - 1);
  }
  if (random.once(15)) changed.pop();
  if (random.once(15)) changed.splice(random.below(changed.length), 1);
  return changed;
}

function mutateInstruction(
  random: Random,
  instruction: RawInstruction,
  following: number,
): RawInstruction {
  const near = () => Math.max(0, following + random.below(4) - 2);
  switch (random.below(10)) {
    case 0:
      return { ...instruction, op: instruction.op ^ 1 << random.below(random.once(4) ? 16 : 8) };
    case 1:
      return { ...instruction, op: random.below(0x100) };
    case 2:
      return { ...instruction, k: randomWord(random) };
    case 3:
      return { ...instruction, jt: near() & 0xff };
    case 4:
      return { ...instruction, jf: random.below(0x100) };
    case 5:
      return raw(random.pick([0x02, 0x03, 0x60, 0x61]), random.below(random.once(3) ? 20 : 8));
    case 6:
      return raw(random.pick([0x05, 0x15, 0x2d, 0x35, 0x45]), near(), near() & 0xff, near() & 0xff);
    case 7:
      return raw(random.pick([0x20, 0x28, 0x30]), 0xffff_f000 - 4 + random.below(80));
    case 8:
      return raw(0x04 | random.pick([...aluOps, 0xb0]), random.pick([0, 1, 31, 32, 33, 0x100]));
    default:
      return raw(random.pick([0x16, 0x06, 0x0e]), random.below(9));
  }
}
