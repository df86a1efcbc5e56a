/** What the tests of rtnetlink's kinds of objects share: fixtures, and arbitrary objects made from the tables. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { AttributeEncoder } from "../lib/attribute_encoder.ts";
import { AttributeError } from "../lib/errors.ts";
import { type Message, unmarshalMessage } from "../lib/message.ts";
import type { AttributeSet, Codec } from "../lib/rtnetlink/codec/attribute_set.ts";
import { hardwareAddress, ipAddress, ipv4, ipv6 } from "../lib/rtnetlink/codec/network.ts";
import * as scalars from "../lib/rtnetlink/codec/scalar.ts";
import type { Struct } from "../lib/rtnetlink/codec/struct.ts";
import {
  decodeObject,
  encodeObject,
  type LinkLookup,
  type ObjectKind,
} from "../lib/rtnetlink/object_kind.ts";

/** A codec of whatever values. */
// deno-lint-ignore no-explicit-any
export type AnyCodec = Codec<any>;

/** The bytes that hexadecimal text stands for. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

/** Bytes one after the other. */
export function joinBytes(...parts: Array<Uint8Array | number[]>): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Attributes as an encoder gets them. */
export function attributeBytes(fill: (ae: AttributeEncoder) => void): Uint8Array {
  const ae = new AttributeEncoder();
  fill(ae);
  return ae.encode();
}

/** Hexadecimal text for bytes. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The lines of a file of JSON lines in tests/fixtures. */
export function readFixture<T>(name: string): T[] {
  const text = readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

/** A message that the kernel sent, and the `ip` command during which it came. */
export interface RecordedMessage {
  cmd: string;
  group: number;
  type: number;
  message: Message;
  bytes: Uint8Array;
}

type EventLine = { cmd: string } | { cmd?: undefined; hex: string; group: number; type: number };

/** The messages of rtnetlink-events.jsonl. */
export function readEvents(): RecordedMessage[] {
  let cmd = "";
  const messages: RecordedMessage[] = [];
  for (const line of readFixture<EventLine>("rtnetlink-events.jsonl")) {
    if (line.cmd !== undefined) {
      cmd = line.cmd;
    } else {
      const bytes = fromHex(line.hex);
      messages.push({ ...line, cmd, bytes, message: unmarshalMessage(bytes) });
    }
  }
  return messages;
}

/** The messages of rtnetlink-events.jsonl that tell about objects of a kind. */
export function eventsOf<T extends object>(kind: ObjectKind<T>): RecordedMessage[] {
  return readEvents().filter(({ type }) => type === kind.newType || type === kind.deleteType);
}

/** The raw attributes anywhere in an object, by their path. */
export function rawAttributes(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    /^attribute\d+$/.test(key) ? [`${path}.${key}`] : rawAttributes(inner, `${path}.${key}`)
  );
}

/** What `ip -j -d ... show` of iproute2 6.1 printed for a message; null where it did not list the object. */
export interface IpExample {
  object: unknown;
  json: Record<string, unknown> | null;
}

/** Runs a check on every example of a kind in fixtures/ip-*.jsonl and asserts that there were enough. */
export function checkIpExamples<T extends object>(
  kind: ObjectKind<T>,
  file: string,
  atLeast: number,
  check: (object: T, json: Record<string, unknown> | null, links: LinkLookup) => void,
): void {
  type Line = { links: Record<number, string>; kind: string; hex: string; json: null };
  const [{ links: names }, ...lines] = readFixture<Line>(file);
  const links = (index: number) => names[index] ? { name: names[index], flags: 0 } : undefined;
  let count = 0;
  for (const line of lines.filter(({ kind: name }) => name === kind.name)) {
    const { data } = unmarshalMessage(fromHex(line.hex));
    const object = decodeObject(kind, data);
    assert.equal(toHex(encodeObject(kind, object)), toHex(data));
    check(object, line.json, links);
    count++;
  }
  assert.ok(count >= atLeast, `${count} examples`);
}

/** Checks every message of a kind in rtnetlink-events.jsonl: nothing raw, and the same bytes again. */
export function checkEvents<T extends object>(kind: ObjectKind<T>, atLeast: number): void {
  const events = eventsOf(kind);
  assert.ok(events.length >= atLeast, `${events.length} messages`);
  for (const { cmd, message } of events) {
    const object = decodeObject(kind, message.data);
    assert.deepEqual(rawAttributes(object), [], cmd);
    assert.equal(toHex(encodeObject(kind, object)), toHex(message.data), cmd);
  }
}

const ipv4Text = fc.ipV4();
const ipv6Text = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) =>
  ipv6.get(new DataView(bytes.buffer, bytes.byteOffset), 0)
);
const hardwareText = fc.uint8Array({ maxLength: 20 }).map((bytes) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":")
);
const plainText = fc.string({ unit: "grapheme", maxLength: 40 }).filter((text) =>
  !text.includes("\0")
);
const { u8, u16, u32, u64, s8, s16, s32, s64, be16, be32, be64, uint, sint } = scalars;
const integers = (low: number, high: number) =>
  fc.oneof(fc.integer({ min: low, max: high }), fc.constantFrom(low, high));

/** Values for the codecs that contain no others. */
export const arbitraries: ReadonlyMap<AnyCodec, fc.Arbitrary<unknown>> = new Map<
  AnyCodec,
  fc.Arbitrary<unknown>
>([
  [u8, integers(0, 0xff)],
  [u16, integers(0, 0xffff)],
  [be16, integers(0, 0xffff)],
  [u32, integers(0, 0xffff_ffff)],
  [be32, integers(0, 0xffff_ffff)],
  [s8, integers(-0x80, 0x7f)],
  [s16, integers(-0x8000, 0x7fff)],
  [s32, integers(-0x8000_0000, 0x7fff_ffff)],
  [u64, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
  [be64, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
  [uint, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
  [s64, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [sint, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [scalars.bool8, fc.boolean()],
  [scalars.flag, fc.constant(true)],
  [scalars.string, plainText],
  [scalars.text, plainText],
  [scalars.bytes, fc.uint8Array({ maxLength: 40 })],
  [
    scalars.bitfield32,
    fc.record(
      { value: integers(0, 0xffff_ffff), selector: integers(0, 0xffff_ffff) },
      { noNullPrototype: true },
    ),
  ],
  [ipAddress, fc.oneof(ipv4Text, ipv6Text)],
  [ipv4, ipv4Text],
  [ipv6, ipv6Text],
  [hardwareAddress, hardwareText],
]);

/** Arbitrary values of a codec: one of the above, a struct, a nest. */
export function arbitraryValue(codec: AnyCodec): fc.Arbitrary<unknown> {
  const simple = arbitraries.get(codec);
  if (simple !== undefined) return simple;
  if ("fields" in codec) return arbitraryStruct(codec as unknown as Struct<object>);
  for (const { set } of codec.inner?.(new Uint8Array(), { object: {} }) ?? []) {
    return arbitraryFields(set);
  }
  throw new Error("no arbitrary values for this codec");
}

function arbitraryStruct(header: Struct<object>): fc.Arbitrary<object> {
  return fc.record(
    Object.fromEntries(
      Object.entries(header.fields).map(([name, [, scalar]]) => [name, arbitraryValue(scalar)]),
    ),
    { noNullPrototype: true },
  );
}

/** Arbitrary objects of a table: any of its fields, in any order. */
export function arbitraryFields(set: AttributeSet): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.keys(set).map((name) =>
    arbitraryValue(set[name][2]).map((value) => [name, value] as const)
  );
  return fc.shuffledSubarray(fields).chain((chosen) => fc.tuple(...chosen)).map((entries) =>
    Object.fromEntries(entries)
  );
}

/** Arbitrary objects of a kind. */
export function arbitraryObject<T extends object>(kind: ObjectKind<T>): fc.Arbitrary<T> {
  return fc.tuple(arbitraryStruct(kind.header), arbitraryFields(kind.attributes))
    .map(([header, attributes]) => ({ ...header, ...attributes }) as T);
}

/** Checks that objects of a kind, any or the given ones, survive encoding and decoding, unknown attributes included. */
export function checkRoundTrip<T extends object>(
  kind: ObjectKind<T>,
  objects: () => fc.Arbitrary<T> = () => arbitraryObject(kind),
): void {
  const unknown = fc.record({
    attribute900: fc.uint8Array({ maxLength: 9 }),
    attribute33700: fc.array(fc.uint8Array({ maxLength: 9 }), { minLength: 2, maxLength: 3 }),
  }, { requiredKeys: [] });
  fc.assert(
    fc.property(objects(), unknown, (known, raw) => {
      const object = { ...known, ...raw };
      const bytes = encodeObject(kind, object);
      const decoded = decodeObject(kind, bytes);
      assert.deepEqual(decoded, object);
      assert.deepEqual(Object.keys(decoded), Object.keys(object));
      assert.equal(toHex(encodeObject(kind, decoded)), toHex(bytes));
      assert.equal(kind.key(decoded), kind.key(object));
      JSON.stringify(kind.toIpJson(decoded));
    }),
  );
}

/** Checks that bytes give an object that can be printed, or an AttributeError, and nothing else. */
export function checkAnyBytes<T extends object>(kind: ObjectKind<T>): void {
  const events = eventsOf(kind).map(({ message }) => message.data);
  assert.ok(events.length > 0);
  const damaged = fc.tuple(
    fc.constantFrom(...events),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
    fc.nat(),
  ).map(([data, changes, cut]) => {
    const bytes = data.slice(0, data.length - cut % 8);
    for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
    return bytes;
  });
  let good = 0;
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 80 })), (bytes) => {
      let object: T;
      try {
        object = decodeObject(kind, bytes);
      } catch (error) {
        assert.ok(error instanceof AttributeError, `${error}`);
        return;
      }
      good++;
      assert.equal(typeof kind.key(object), "string");
      JSON.stringify(kind.toIpJson(object));
      encodeObject(kind, object);
    }),
    { numRuns: 300 },
  );
  assert.ok(good > 0);
}
