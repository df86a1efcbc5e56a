/** Every codec of rtnetlink's tables, and every way to make one, with values. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { AttributeEncoder } from "../lib/attribute_encoder.ts";
import { AttributeError } from "../lib/errors.ts";
import { type AttributeSet, encodeAttributes } from "../lib/rtnetlink/codec/attribute_set.ts";
import { compileAfter } from "../lib/rtnetlink/codec/compile.ts";
import { decoderOf } from "../lib/rtnetlink/codec/decode_attributes.ts";
import {
  headedNest,
  indexedArray,
  late,
  multi,
  nest,
  numberedArray,
  packedArray,
  selected,
} from "../lib/rtnetlink/codec/compound.ts";
import { hardwareAddress, ipAddress, ipv4, ipv6 } from "../lib/rtnetlink/codec/network.ts";
import * as scalars from "../lib/rtnetlink/codec/scalar.ts";
import { byteArray, charArray, pad, struct } from "../lib/rtnetlink/codec/struct.ts";
import {
  type AnyCodec,
  arbitraries,
  arbitraryFields,
  arbitraryValue,
  attempt,
  toHex,
} from "./object_helpers.ts";

const { string, u16, u32, u8, flag } = scalars;

/** An object of some table. */
// deno-lint-ignore no-explicit-any
export type Fields = Record<string, any>;

/** Encodes an object of a table. */
export function encode(set: AttributeSet, object: Fields): Uint8Array {
  const ae = new AttributeEncoder();
  encodeAttributes(set, ae, { object });
  return ae.encode();
}

/** Decodes an object of a table: one attribute after the other, and by the function that is made for a table in use. */
export function decode(set: AttributeSet, data: Uint8Array): Fields {
  const one = attempt(AttributeError, () => decodeBy({ ...set }, data));
  const used = { ...set };
  for (let i = 0; i < compileAfter; i++) decodeBy(used, new Uint8Array());
  const other = attempt(AttributeError, () => decodeBy(used, data));
  assert.deepEqual(other, one);
  if (typeof one === "string" || typeof other === "string") throw new AttributeError(`${one}`);
  assert.deepEqual(Object.keys(other), Object.keys(one));
  assert.equal(toHex(encode(set, other)), toHex(encode(set, one)));
  return one;
}

function decodeBy(set: AttributeSet, data: Uint8Array): Fields {
  const object = {};
  decoderOf(set).decode(data, 0, data.length, { object });
  return object;
}

/** Decodes, and asserts that encoding gives the same bytes back. */
export function there(set: AttributeSet, data: Uint8Array): Fields {
  const object = decode(set, data);
  assert.equal(toHex(encode(set, object)), toHex(data));
  return object;
}

interface Point {
  x: number;
  y: number;
}

/** A struct with a hole. */
export const point = struct<Point>({ x: u8, _1: pad(3), y: u32 });

/** A struct of structs. */
export const boxed = struct<{ lead: number; point: Point; raw: Uint8Array; name: string }>({
  lead: u8,
  point,
  raw: byteArray(3),
  name: charArray(8),
});

/** The attributes of a nest. */
export const leafAttributes: AttributeSet = {
  name: [1, "NAME", string],
  size: [2, "SIZE", u32],
  on: [3, "ON", flag],
};

const { decodeText: _1, encodeText: _2, ...scalarCodecs } = scalars;

const utf8 = new TextEncoder();
const textUpTo = (size: number) =>
  fc.string({ maxLength: size, unit: "grapheme" }).filter((text) =>
    !text.includes("\0") && utf8.encode(text).length <= size
  );
const arrays = fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { maxLength: 5 });
const points = fc.record({ x: fc.nat(255), y: fc.nat() }, { noNullPrototype: true });
const leaves = arbitraryFields(leafAttributes);
/** The codecs, each with values; "kind" beside it selects where something is selected. */
export const codecs: Record<string, [codec: AnyCodec, values: fc.Arbitrary<unknown>]> = {
  ...Object.fromEntries(
    Object.entries({ ...scalarCodecs, ipAddress, ipv4, ipv6, hardwareAddress })
      .map(([name, codec]) => [name, [codec as AnyCodec, arbitraryValue(codec as AnyCodec)]]),
  ),
  struct: [point, points],
  "struct of structs": [
    boxed,
    fc.record({
      lead: fc.nat(255),
      point: points,
      raw: fc.uint8Array({ minLength: 3, maxLength: 3 }),
      name: textUpTo(8),
    }, { noNullPrototype: true }),
  ],
  byteArray: [byteArray(5), fc.uint8Array({ minLength: 5, maxLength: 5 })],
  charArray: [charArray(16), textUpTo(16)],
  nest: [nest(() => leafAttributes), leaves],
  "nest that is flagged": [nest(() => leafAttributes, true), leaves],
  "late nest": [late(nest(() => leafAttributes)), leaves],
  headedNest: [
    headedNest(() => point, () => leafAttributes),
    fc.tuple(points, leaves).map(([head, rest]) => ({ ...head, ...rest })),
  ],
  multi: [multi(u32), fc.array(fc.nat(), { minLength: 1, maxLength: 4 })],
  "multi of nests": [multi(nest(() => leafAttributes)), fc.array(leaves, { minLength: 1 })],
  indexedArray: [indexedArray(u32), arrays],
  "indexedArray of nests": [indexedArray(nest(() => leafAttributes, true)), fc.array(leaves)],
  "indexedArray from 0": [indexedArray(u32, { first: 0, flagged: true }), arrays],
  "indexedArray of one type": [indexedArray(u32, { type: 7 }), arrays],
  numberedArray: [
    numberedArray(string),
    fc.array(
      fc.record({ number: fc.nat(0x3fff), value: arbitraries.get(string)! }, {
        noNullPrototype: true,
      }),
    ),
  ],
  packedArray: [packedArray(u32), arrays],
  "packedArray of structs": [packedArray(point), fc.array(points)],
  "packedArray of signed integers": [packedArray(scalars.s32), fc.array(fc.integer())],
  "packedArray of 64-bit integers": [
    packedArray(scalars.u64),
    fc.array(arbitraries.get(scalars.u64) as fc.Arbitrary<bigint>),
  ],
  selected: [selected("kind", () => ({ test: u16 })), fc.nat(0xffff)],
  "multi of selected": [
    multi(selected("kind", () => ({ test: u16 }))),
    fc.array(fc.nat(0xffff), { minLength: 1 }),
  ],
};

/** The table that a codec of {@link codecs} is tested in. */
export function setOf(name: string): AttributeSet {
  return { value: [5, "VALUE", codecs[name][0]], kind: [6, "KIND", string] };
}
