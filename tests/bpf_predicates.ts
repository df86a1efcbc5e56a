/**
 * Random predicates and messages of rtnetlink in which what is asked for is often there.
 *
 * @module
 */
import type { FilterMessage, NumberTest, Predicate } from "../lib/bpf/mod.ts";
import type { Random } from "./bpf_arbitraries.ts";

const names = ["lo", "wg0", "wg1", "eth0", "eth10", "veth1234", "a-long-name-of-15"];

/** By kind of object the length of the fixed structure, and the type of the message that one is new. */
const kinds: readonly (readonly [type: number, header: number])[] = [
  [16, 16],
  [16, 16],
  [20, 8],
  [24, 12],
  [24, 12],
  [28, 12],
  [32, 12],
  [52, 12],
  [80, 4],
  [88, 4],
  [104, 8],
];

/** Types of attributes: those that predicates know by name, and a few more. */
const types = [1, 2, 3, 4, 5, 9, 15, 18];

const numbers = [0, 1, 2, 5, 10, 254, 255, 256, 1500, 0x1_0000, 0x8000_0000, 0xffff_ffff];

function randomNumber(random: Random, size: number): number {
  return random.pick(numbers) % 2 ** (8 * size);
}

function randomNumberTest(random: Random, size: number): NumberTest {
  switch (random.below(8)) {
    case 0:
      return { min: randomNumber(random, size), max: randomNumber(random, size) };
    case 1:
      return random.once(2)
        ? { min: randomNumber(random, size) }
        : { max: randomNumber(random, size) };
    case 2:
      return { mask: randomNumber(random, size), value: randomNumber(random, size) };
    case 3: {
      const mask = 2 ** random.below(8 * size);
      return { mask, value: random.pick([0, mask]) };
    }
    case 4:
      return Array.from({ length: random.below(4) }, () => randomNumber(random, size));
    default:
      return randomNumber(random, size);
  }
}

function randomAttributeTest(random: Random): Predicate {
  // Often the same few attributes, so that one predicate asks for one of them several times.
  if (random.once(2)) {
    const at = { header: 16, path: random.pick([1, 2, [1, 2]]) };
    return { attribute: { ...at, uint32: randomNumberTest(random, 4) } };
  }
  const [type, header] = random.pick(kinds);
  const path = Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, () => random.pick(types));
  const byteOrder = random.once(4) ? "big" as const : undefined;
  const at = { header, path: path.length === 1 && random.once(2) ? path[0] : path, byteOrder };
  const kind = random.once(2) ? {} : { type: [type, type + 1] };
  switch (random.below(7)) {
    case 0:
      return { ...kind, attribute: at };
    case 1:
      return { ...kind, attribute: { ...at, uint8: randomNumberTest(random, 1) } };
    case 2:
      return { ...kind, attribute: { ...at, uint16: randomNumberTest(random, 2) } };
    case 3:
      return { ...kind, attribute: { ...at, string: random.pick(names) } };
    case 4: {
      const bytes = randomValue(random);
      const bits = random.once(2) ? random.below(8 * bytes.length + 1) : undefined;
      return { ...kind, attribute: { ...at, bytes, bits } };
    }
    default:
      return { ...kind, attribute: { ...at, uint32: randomNumberTest(random, 4) } };
  }
}

/** A predicate about one thing. */
function randomLeaf(random: Random): Predicate {
  switch (random.below(12)) {
    case 0:
      return { type: random.pick(kinds)[0] + random.below(3) };
    case 1:
      return { type: random.pick([[16, 17], [20, 21, 24], { mask: 0xfffc, value: 24 }, 2]) };
    case 2:
      return { flags: randomNumberTest(random, 2) };
    case 3:
      return { family: random.pick([2, 10, [2, 10], randomNumberTest(random, 1)]) };
    case 4:
    case 5:
      return { ifindex: random.pick([1, 2, 5, [1, 5], randomNumberTest(random, 4)]) };
    case 6:
      return {
        ifname: random.once(3) ? [random.pick(names), random.pick(names)] : random.pick(names),
      };
    case 7:
      return { table: random.pick([254, 255, 256, 1500, randomNumberTest(random, 4)]) };
    case 8:
      return { protocol: randomNumberTest(random, 1) };
    case 9: {
      const size = random.pick([1, 2, 4] as const);
      const byteOrder = random.once(4) ? "big" as const : undefined;
      return {
        field: {
          offset: random.below(3) * 4,
          size,
          value: randomNumberTest(random, size),
          byteOrder,
        },
      };
    }
    default:
      return randomAttributeTest(random);
  }
}

/**
 * Makes a predicate.
 *
 * @param random Where chance comes from.
 * @param depth How deep it may be.
 * @returns The predicate.
 */
export function randomPredicate(random: Random, depth: number): Predicate {
  if (depth === 0 || random.once(4)) return randomLeaf(random);
  const parts = () =>
    Array.from({ length: 1 + random.below(3) }, () => randomPredicate(random, depth - 1));
  switch (random.below(5)) {
    case 0:
      return { and: parts() };
    case 1:
      return { or: parts() };
    case 2:
      return { not: randomPredicate(random, depth - 1) };
    case 3:
      return { ...randomLeaf(random), ...randomLeaf(random) };
    default:
      return { ...randomLeaf(random), or: parts(), not: randomPredicate(random, depth - 1) };
  }
}

function randomValue(random: Random): Uint8Array {
  const size = random.pick([0, 1, 2, 4, 4, 4, 4]);
  if (random.once(3)) {
    const text = new TextEncoder().encode(random.pick(names));
    // Without the NUL that belongs to it, with it, and with one more.
    const bytes = new Uint8Array(text.length + random.pick([0, 1, 1, 1, 1, 2]));
    bytes.set(text);
    return bytes;
  }
  const view = new DataView(new ArrayBuffer(size));
  const number = randomNumber(random, Math.max(1, size));
  if (size === 1) view.setUint8(0, number);
  if (size === 2) view.setUint16(0, number, random.once(4) ? false : true);
  if (size === 4) view.setUint32(0, number, random.once(4) ? false : true);
  return new Uint8Array(view.buffer);
}

function appendAttributes(random: Random, depth: number, into: number[]): void {
  for (let left = random.below(5); left > 0; left--) {
    const start = into.length;
    into.push(0, 0, 0, 0);
    if (depth > 0 && random.once(2)) appendAttributes(random, depth - 1, into);
    else into.push(...randomValue(random));
    const length = into.length - start + (random.once(60) ? random.below(9) - 4 : 0);
    const type = random.pick(random.once(2) ? types : [1, 2]) | random.pick([0, 0, 0, 0x8000]);
    new Uint8Array(Uint16Array.of(length, type).buffer)
      .forEach((byte, i) => into[start + i] = byte);
    while (into.length % 4 !== 0) into.push(0);
  }
}

/**
 * Makes a message.
 *
 * @param random Where chance comes from.
 * @returns The message; now and then it is not a family's, or shorter than its fixed structure.
 */
export function randomMessage(random: Random): FilterMessage {
  const [kind, length] = random.pick(kinds);
  const bytes = Array.from({ length }, () => random.pick([0, 1, 2, 5, 10, 254, 255]));
  bytes[0] = random.pick([2, 10]);
  // The index of most kinds.
  if (length > 4 && random.once(2)) bytes.splice(4, 4, random.pick([1, 2, 5]), 0, 0, 0);
  appendAttributes(random, 2, bytes);
  const data = Uint8Array.from(random.once(20) ? bytes.slice(0, random.below(16)) : bytes);
  const type = random.once(20) ? random.below(16) : kind + random.pick([0, 0, 1, 2]);
  return { header: { type, flags: random.pick([0, 2, 0x100, 0x300, 0x600]) }, data };
}

/** Whether a predicate asks for the index of a link anywhere. */
export function asksForIndex({ and = [], or = [], not, ifindex }: Predicate): boolean {
  return ifindex !== undefined || [...and, ...or, ...(not ? [not] : [])].some(asksForIndex);
}
