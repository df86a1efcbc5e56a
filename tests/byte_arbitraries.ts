/** Arbitrary bytes: any, those that look like attributes, and valid messages with something wrong. */
import fc from "fast-check";
import { align } from "../lib/align.ts";
import { marshalAttributes, Nested, NetByteOrder } from "../lib/attribute.ts";
import { littleEndian } from "../lib/nlenc.ts";
import { joinBytes } from "./object_helpers.ts";

type Change = (bytes: Uint8Array, at: number, value: number) => Uint8Array;

/** What a length field says when it lies. */
const lengths = [0, 1, 3, 4, 5, 7, 8, 15, 16, 17, 20, 32, 0x7fff, 0x8000, 0xffff, 0xffff_ffff];

function edit(
  bytes: Uint8Array,
  size: number,
  at: number,
  fn: (view: DataView, at: number) => void,
) {
  const copy = bytes.slice();
  const place = 4 * (at % Math.max(copy.length / 4 | 0, 1));
  if (place + size <= copy.length) fn(new DataView(copy.buffer), place);
  return copy;
}

/** What can go wrong with bytes at a place. Fields are at multiples of four, as all lengths and types are. */
const changes: Change[] = [
  (bytes, at, value) =>
    bytes.map((byte, i) => i === at % bytes.length ? byte ^ 1 << value % 8 : byte),
  (bytes, at, value) => bytes.map((byte, i) => i === at % bytes.length ? value : byte),
  (bytes, at) => bytes.slice(0, at % (bytes.length + 1)),
  (bytes, at) => bytes.slice(0, bytes.length - at % 8),
  (bytes, at, value) => {
    const start = at % (bytes.length + 1);
    return joinBytes(bytes.slice(0, start), bytes.slice(start + value % 24));
  },
  (bytes, at, value) => {
    const start = align(at % (bytes.length + 1));
    return joinBytes(bytes.slice(0, start + value % 64), bytes.slice(start));
  },
  (bytes, at, value) =>
    edit(bytes, 2, at, (view, place) => view.setUint16(place, lengths[value % 16], littleEndian)),
  (bytes, at, value) =>
    edit(bytes, 4, at, (view, place) => view.setUint32(place, lengths[value % 16], littleEndian)),
  (bytes, at, value) =>
    edit(
      bytes,
      2,
      at,
      (view, place) => view.setUint16(place, bytes.length - place + value % 9 - 4, littleEndian),
    ),
  (bytes, at, value) =>
    edit(bytes, 4, at, (view, place) => view.setUint16(place + 2, value, littleEndian)),
  (bytes, at, value) =>
    edit(bytes, 4, at, (view, place) => {
      const flags = value & 1 ? Nested : NetByteOrder;
      view.setUint16(place + 2, view.getUint16(place + 2, littleEndian) ^ flags, littleEndian);
    }),
];

/** One attribute of some type. */
export function tlv(type: number, data: Uint8Array | number[] = []): Uint8Array {
  return marshalAttributes([{ type, data: Uint8Array.from(data) }]);
}

/** An attribute within an attribute, and so on. */
export function nestedDeep(type: number, depth: number): Uint8Array {
  const bytes = new Uint8Array(4 * depth);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += 4) {
    view.setUint16(at, bytes.length - at, littleEndian);
    view.setUint16(at + 2, type, littleEndian);
  }
  return bytes;
}

/** Bytes with up to four things wrong. */
export function mutated(valid: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat(changes.length - 1), fc.nat(4096), fc.nat(255));
  return fc.tuple(valid, fc.array(change, { maxLength: 4 })).map(([bytes, list]) =>
    list.reduce((damaged, [index, at, value]) => changes[index](damaged, at, value), bytes)
  );
}

/** Any bytes, and small numbers, which are many lengths and types. */
export const anyBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.array(fc.nat(12), { maxLength: 60 }).map((bytes) => Uint8Array.from(bytes)),
);

/** Well-formed attributes of some types with any data, often attributes again. */
export function attributeLists(types: readonly number[]): fc.Arbitrary<Uint8Array> {
  const type = fc.tuple(fc.constantFrom(...types), fc.constantFrom(0, 0, 0, Nested, NetByteOrder))
    .map(([type, flags]) => type | flags);
  const { list } = fc.letrec<{ list: Uint8Array; data: Uint8Array }>((tie) => ({
    data: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(0, 1, 2, 4, 8, 16).map((length) => new Uint8Array(length)),
      tie("list"),
    ),
    list: fc.array(fc.record({ type, data: tie("data") }), { maxLength: 6 })
      .map((attributes) => marshalAttributes(attributes)),
  }));
  return list;
}
