/** Everything that is written as bytes and read again. */
import fc from "fast-check";
import { align } from "../lib/align.ts";
import { type AttributeInit, type ByteOrder, marshalAttributes } from "../lib/attribute.ts";
import { AttributeDecoder, unmarshalAttributes } from "../lib/attribute_decoder.ts";
import { AttributeEncoder } from "../lib/attribute_encoder.ts";
import { marshalMessage, type Message, parseMessages } from "../lib/message.ts";
import { objectKinds } from "../lib/rtnetlink/kinds.ts";
import { decodeObject, encodeObject } from "../lib/rtnetlink/object_kind.ts";
import { codecs, decode, encode, setOf } from "./codecs.ts";
import { arbitraries, integers, joinBytes } from "./object_helpers.ts";
import { objectsOf } from "./objects.ts";
import * as scalars from "../lib/rtnetlink/codec/scalar.ts";

/** Something that is written and read. */
// deno-lint-ignore no-explicit-any
export interface RoundTrip<T = any> {
  /** What there is to write. */
  values: fc.Arbitrary<T>;
  /** Writes it. */
  write(value: T): Uint8Array;
  /** Reads it. */
  read(bytes: Uint8Array): T;
  /** Where the attributes begin, where there are any. */
  attributesFrom?: number;
}

const plain = { noNullPrototype: true };

/** Messages one after the other, the last one without padding. */
const messages: RoundTrip<Message[]> = {
  values: fc.array(
    fc.tuple(
      fc.record({
        type: integers(0, 0xffff),
        flags: integers(0, 0xffff),
        sequence: integers(0, 0xffff_ffff),
        pid: integers(0, 0xffff_ffff),
      }, plain),
      fc.uint8Array({ maxLength: 70 }),
    ).map(([header, data]) => ({ header: { length: 16 + data.length, ...header }, data })),
    { maxLength: 4 },
  ),
  write(messages) {
    const bytes = joinBytes(...messages.map(marshalMessage));
    const last = messages.at(-1)?.header.length ?? 0;
    return bytes.slice(0, bytes.length - align(last) + last);
  },
  read: (bytes) => [...parseMessages(bytes)],
};

const attributes: RoundTrip<AttributeInit[]> = {
  values: fc.array(
    fc.tuple(integers(0, 0xffff), fc.uint8Array({ maxLength: 20 }))
      .map(([type, data]) => ({ length: 4 + data.length, type, data })),
    { maxLength: 8 },
  ),
  write: marshalAttributes,
  read: unmarshalAttributes,
  attributesFrom: 0,
};

/** The methods that an encoder and a decoder share, with values; each one's place is its attributes' type. */
const methods: Array<[name: string, values: fc.Arbitrary<unknown>]> = [
  ["bytes", arbitraries.get(scalars.bytes)!],
  ["string", arbitraries.get(scalars.string)!],
  ["flag", fc.constant(true)],
  ["uint8", arbitraries.get(scalars.u8)!],
  ["uint16", arbitraries.get(scalars.u16)!],
  ["uint32", arbitraries.get(scalars.u32)!],
  ["uint64", arbitraries.get(scalars.u64)!],
  ["int8", arbitraries.get(scalars.s8)!],
  ["int16", arbitraries.get(scalars.s16)!],
  ["int32", arbitraries.get(scalars.s32)!],
  ["int64", arbitraries.get(scalars.s64)!],
];

/** Calls of an encoder: the method's name and the value, or the calls of the encoder within. */
type Calls = Array<[name: string, value: unknown]>;

const { calls } = fc.letrec<{ calls: Calls }>((tie) => ({
  calls: fc.array(
    fc.oneof(
      { depthSize: "small" },
      ...methods.map(([name, values]) => fc.tuple(fc.constant(name), values)),
      fc.tuple(fc.constant("nested"), tie("calls")),
    ),
    { maxLength: 6 },
  ),
}));

function writeCalls(ae: AttributeEncoder, calls: Calls): void {
  for (const [name, value] of calls) {
    const type = methods.findIndex(([method]) => method === name);
    if (type < 0) ae.nested(methods.length, (inner) => writeCalls(inner, value as Calls));
    else ae[name as "bytes"](type, value as Uint8Array);
  }
}

function readCalls(ad: AttributeDecoder): Calls {
  const calls: Calls = [];
  while (ad.next()) {
    const [name] = methods[ad.type] ?? ["nested"];
    calls.push([name, name === "nested" ? ad.nested(readCalls) : ad[name as "bytes"]()]);
  }
  return calls;
}

function builder(order: ByteOrder): RoundTrip<Calls> {
  return {
    values: calls,
    write(calls) {
      const ae = new AttributeEncoder();
      ae.byteOrder = order;
      writeCalls(ae, calls);
      return ae.encode();
    },
    read(bytes) {
      const ad = new AttributeDecoder(bytes);
      ad.byteOrder = order;
      return readCalls(ad);
    },
    attributesFrom: 0,
  };
}

/** All of them, by the names that the corpus knows them by. */
export const roundTrips: Record<string, RoundTrip> = {
  "round trip of messages": messages,
  "round trip of attributes": attributes,
  ...Object.fromEntries(
    (["native", "big", "little"] as const).map((order) => [
      `round trip of an AttributeEncoder in ${order} byte order`,
      builder(order),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(codecs).map(([name, [, values]]) => [
      `round trip of codec ${name}`,
      {
        values: values.map((value) => ({ value, kind: "test" })),
        write: (object) => encode(setOf(name), object),
        read: (bytes) => decode(setOf(name), bytes),
        attributesFrom: 0,
      } satisfies RoundTrip,
    ]),
  ),
  ...Object.fromEntries(objectKinds.map((kind) => [
    `round trip of kind ${kind.name}`,
    {
      values: objectsOf(kind),
      write: (object) => encodeObject(kind, object),
      read: (bytes) => decodeObject(kind, bytes),
      attributesFrom: kind.header.size,
    } satisfies RoundTrip,
  ])),
};
