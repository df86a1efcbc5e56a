/** What the tests of rtnetlink's kinds of objects share: fixtures, and arbitrary objects made from the tables. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { AttributeEncoder } from "../lib/attribute_encoder.ts";
import { unmarshalAttributes } from "../lib/attribute_decoder.ts";
import { AttributeError } from "../lib/errors.ts";
import { type Message, unmarshalMessage } from "../lib/message.ts";
import type { AttributeSet, Codec } from "../lib/rtnetlink/codec/attribute_set.ts";
import { hardwareAddress, ipAddress, ipv4, ipv6 } from "../lib/rtnetlink/codec/network.ts";
import { kindOf } from "../lib/rtnetlink/kinds.ts";
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

const recordings = [
  "ip-events-routes",
  "ip-live-routes",
  "ip-live",
  "ip-made-up-routes",
  "ip-made-up",
];

/** The data of all recorded messages about objects of a kind. */
export function recordedData(kind: ObjectKind<object>): Uint8Array[] {
  return recorded.get(kind.name)!;
}

const recorded: Map<string, Uint8Array[]> = readRecordings();

function readRecordings(): Map<string, Uint8Array[]> {
  const lines = recordings.flatMap((name) =>
    readFixture<{ kind?: string; hex: string }>(`${name}.jsonl`).filter(({ kind }) => kind)
  );
  const messages = [
    ...readEvents().map(({ message }) => message),
    ...lines.map(({ hex }) => unmarshalMessage(fromHex(hex))),
  ];
  const links = readFixture<{ hex?: string }>("ip-links.jsonl").filter(({ hex }) => hex)
    .map(({ hex }) => fromHex(hex!));
  const data = new Map<string, Uint8Array[]>([["link", links]]);
  for (const { header, data: one } of messages) {
    const name = kindOf(header.type)?.name;
    if (name === undefined) continue;
    if (!data.has(name)) data.set(name, []);
    data.get(name)!.push(one);
  }
  return data;
}

/** The raw attributes anywhere in an object, by their path. */
export function rawAttributes(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    /^attribute\d+$/.test(key) ? [`${path}.${key}`] : rawAttributes(inner, `${path}.${key}`)
  );
}

/**
 * Runs a check on every example of a kind in fixtures/ip-*.jsonl and asserts that there were enough. It gets what
 * `ip -j -d ... show` of iproute2 6.1 printed for the message; null where that did not list the object.
 */
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
const ipv6Text = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => ipv6.get(bytes, 0));
const hardwareText = fc.uint8Array({ maxLength: 20 }).map((bytes) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":")
);
const plainText = fc.string({ unit: "grapheme", maxLength: 40 }).filter((text) =>
  !text.includes("\0")
);
const { u8, u16, u32, u64, s8, s16, s32, s64, be16, be32, be64, uint, sint } = scalars;

/** Integers between two bounds, often the bounds. */
export const integers = (low: number, high: number): fc.Arbitrary<number> =>
  fc.oneof(fc.integer({ min: low, max: high }), fc.constantFrom(low, high));
const bigs = (low: bigint, high: bigint) =>
  fc.oneof(fc.bigInt({ min: low, max: high }), fc.constantFrom(low, high));
const unsigned = bigs(0n, 2n ** 64n - 1n);
const signed = bigs(-(2n ** 63n), 2n ** 63n - 1n);

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
  [u64, unsigned],
  [be64, unsigned],
  [uint, unsigned],
  [s64, signed],
  [sint, signed],
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

/** The same, found by what the codecs that a table has given words have in common with those above. */
const byDecode = new Map(Array.from(arbitraries, ([codec, values]) => [codec.decode, values]));

/** Arbitrary values of a codec: one of the above, a struct, a nest. */
export function arbitraryValue(codec: AnyCodec): fc.Arbitrary<unknown> {
  const simple = byDecode.get(codec.decode);
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

/**
 * Tells whether attributes became others only in what decodeAttributes() says that the kernel never
 * sends: NULs at the end of text, integers wider than they need to be, holes and padding that are not zero.
 */
export function givesBack(before: Uint8Array, after: Uint8Array): boolean {
  const [was, is] = [before, after].map(unmarshalAttributes);
  return was.length === is.length &&
    was.every(({ type, data }, i) => type === is[i].type && givesBackData(data, is[i].data));
}

function givesBackData(before: Uint8Array, after: Uint8Array): boolean {
  const onlyHoles = before.length > 1 && before.length === after.length &&
    before.every((byte, i) => after[i] === byte || after[i] === 0);
  const [was, is] = [before, after].map(toHex);
  return was === is || onlyHoles || isText(was, is) ||
    before.length === 8 && after.length === 4 ||
    [0, 4, 8, 16].some((start) => isNest(before.subarray(start), after.subarray(start)));
}

/** Whether hexadecimal text is the same but for NULs at the end, of which one is left. */
function isText(was: string, is: string): boolean {
  const text = was.replace(/^((?:..)*?)(?:00)*$/, "$1");
  return is === text || is === `${text}00`;
}

/** The same of data that may be attributes, which may stand after a fixed structure. */
function isNest(before: Uint8Array, after: Uint8Array): boolean {
  try {
    return before.length > 0 && givesBack(before, after);
  } catch (error) {
    if (error instanceof AttributeError) return false;
    throw error;
  }
}

/** What a function gives, or the words of the error that it may throw. */
export function attempt<T>(error: new (message: string) => Error, fn: () => T): T | string {
  try {
    return fn();
  } catch (thrown) {
    if (!(thrown instanceof error)) throw thrown;
    return `${thrown}`;
  }
}
