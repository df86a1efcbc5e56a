/** Everything that reads bytes which somebody else wrote. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { acknowledgedError } from "../lib/acknowledgement.ts";
import type { ByteOrder } from "../lib/attribute.ts";
import { AttributeDecoder, unmarshalAttributes } from "../lib/attribute_decoder.ts";
import { makeDebugger } from "../lib/debug.ts";
import { drawMessage } from "../lib/debug_mnl.ts";
import { AttributeError, MessageError } from "../lib/errors.ts";
import {
  HeaderFlags,
  HeaderType,
  marshalMessage,
  parseMessages,
  unmarshalMessage,
} from "../lib/message.ts";
import { humanLine } from "../lib/monitor/text/human.ts";
import { NamespaceView } from "../lib/monitor/follow/namespace_view.ts";
import { int32, int32Bytes, string, uint16, uint32, uint64, uint8 } from "../lib/nlenc.ts";
import { Family } from "../lib/options.ts";
import { attributePath } from "../lib/rtnetlink/attribute_path.ts";
import { objectKinds } from "../lib/rtnetlink/kinds.ts";
import {
  decodeObject,
  encodeObject,
  type IpJson,
  type ObjectKind,
} from "../lib/rtnetlink/object_kind.ts";
import { anyBytes, attributeLists, mutated } from "./byte_arbitraries.ts";
import { codecs, decode, encode, setOf } from "./codecs.ts";
import {
  attempt,
  givesBack,
  joinBytes,
  readEvents,
  recordedData,
  toHex,
} from "./object_helpers.ts";
import { objectsOf } from "./objects.ts";
import { inotifyEvents, readSource, readWatch, receivedHeaders } from "./system_decoders.ts";

/** One that reads bytes. */
export interface Decoder {
  /** Gives all that can be read from the bytes. */
  decode(bytes: Uint8Array): unknown;
  /** What it may throw. */
  error?: new (message: string) => Error;
  /** Bytes, most of which are nearly good. */
  bytes: fc.Arbitrary<Uint8Array>;
  /** Whether what it gives may be views of the bytes. */
  views?: boolean;
  /** How many random cases there are. */
  runs?: number;
}

const names = ["uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"] as const;
const orders: readonly ByteOrder[] = ["native", "big", "little"];

/** Everything that a decoder tells about each of its attributes, and why it ends. */
function walk(ad: AttributeDecoder, read: (ad: AttributeDecoder) => unknown): unknown[] {
  const values: unknown[] = [];
  const end = attempt(AttributeError, () => {
    while (ad.next()) {
      values.push([ad.type, ad.typeFlags, ad.length, attempt(AttributeError, () => read(ad))]);
    }
  });
  assert.equal(ad.count, values.length);
  return [...values, end];
}

/** Walks in each byte order. */
function walkAll(bytes: Uint8Array, read: (ad: AttributeDecoder) => unknown): unknown[] {
  return orders.map((order) => {
    const ad = new AttributeDecoder(bytes);
    ad.byteOrder = order;
    const values = walk(ad, read);
    assert.ok(values.length - 1 <= bytes.length / 4);
    ad.rewind();
    assert.deepEqual(walk(ad, read), values);
    return values;
  });
}

function walkNested(ad: AttributeDecoder): unknown[] {
  return walk(ad, () => ad.nested(walkNested));
}

const readers: Record<string, (ad: AttributeDecoder) => unknown> = {
  bytes: (ad) => ad.bytes(),
  string: (ad) => ad.string(),
  flag: (ad) => ad.flag(),
  do: (ad) => ad.do((data) => toHex(data)),
  nested: (ad) => ad.nested(walkNested),
  ...Object.fromEntries(names.map((name) => [name, (ad: AttributeDecoder) => ad[name]()])),
};

const attributes = fc.oneof(anyBytes, mutated(attributeLists([0, 1, 2, 3, 0x3fff])));

/** The messages of a datagram, up to one that is malformed. */
function parse(bytes: Uint8Array): unknown[] {
  const messages: unknown[] = [];
  const end = attempt(MessageError, () => {
    for (const message of parseMessages(bytes)) messages.push(message);
  });
  assert.ok(messages.length <= bytes.length / 16);
  return [...messages, end];
}

const recorded = readEvents().map(({ bytes }) => bytes);
const datagrams = mutated(
  fc.array(fc.constantFrom(...recorded.filter(({ length }) => length < 500)), { maxLength: 3 })
    .map((parts) => joinBytes(...parts)),
);

/** What debugging tells of a message. */
function tell(bytes: Uint8Array): unknown {
  const message = attempt(MessageError, () => unmarshalMessage(bytes));
  if (typeof message === "string") return message;
  const lines = [0, 4, 16].flatMap((size) => drawMessage(message, size));
  makeDebugger((line) => lines.push(line), Family.Route)!.received(message);
  for (const line of lines) assert.match(line, /^[\t\x20-\x7e]*$/);
  return lines;
}

/** What the kernel answers to a request that it refuses: an error number, the request, and more about it. */
const acknowledgements = mutated(
  fc.record({
    errno: fc.constantFrom(0, -2, -34, -(2 ** 31), 2 ** 31 - 1),
    request: fc.uint8Array({ maxLength: 24 }),
    more: attributeLists([1, 2, 3, 4, 5, 6]),
  }).map(({ errno, request, more }) =>
    joinBytes(int32Bytes(errno), marshalMessage({ data: request }), more)
  ),
);

function acknowledged(data: Uint8Array): unknown[] {
  const { Capped, AcknowledgeTLVs } = HeaderFlags;
  return [HeaderType.Error, HeaderType.Done].flatMap((type) =>
    [0, Capped, AcknowledgeTLVs, Capped | AcknowledgeTLVs].map((flags) => {
      const header = { length: 16 + data.length, type, flags, sequence: 7, pid: 9 };
      const error = acknowledgedError("execute", { header, data });
      return error && [error.message, { ...error }];
    })
  );
}

/** Asserts that JSON says what the object says: nothing undefined, no number that JSON does not have. */
function checkJson(json: IpJson): void {
  JSON.stringify(json, (key, value) => {
    assert.ok(value !== undefined && !ArrayBuffer.isView(value), key);
    assert.ok(typeof value !== "number" || Number.isFinite(value), key);
    return value;
  });
}

/** Some objects of each kind, which the monitor knows already. */
const known = new Map<ObjectKind<object>, object[]>(objectKinds.map((kind) => [
  kind,
  recordedData(kind).slice(0, 3).map((data) => decodeObject(kind, data)),
]));

/** What the monitor makes of a message about an object. */
function records(kind: ObjectKind<object>, object: object, json: IpJson): unknown[] {
  const view = new NamespaceView(objectKinds.map(({ name }) => name));
  const reading = view.begin(kind);
  for (const one of known.get(kind)!) reading.add(one);
  const differences = [
    ...view.finish(reading),
    ...[HeaderFlags.Replace, 0].flatMap((flags) => view.apply(kind, object, false, flags)),
    ...view.apply(kind, object, true, 0),
  ];
  const before = kind.toIpJson(known.get(kind)![0]);
  const changes = [
    ...differences.map(({ action, object, previous }) => ({
      action,
      object: kind.toIpJson(object),
      ...previous && { previous: kind.toIpJson(previous) },
    })),
    { action: "new", object: json, previous: before } as const,
  ];
  const lines = changes.flatMap((change) =>
    [false, true].map((color) =>
      humanLine(
        { time: "2026-11-21T01:51:03.290622Z", sequence: 1, kind: kind.name, ...change },
        color,
      )
    )
  );
  // deno-lint-ignore no-control-regex
  for (const line of lines) assert.doesNotMatch(line, /\x1b(?!\[\d+m)|[^\x1b\x20-\x7e\xa0-\uffff]/);
  return [lines, [...view.doubtful]];
}

/** The names around some places of a request, which are names at all. */
function paths(kind: ObjectKind<object>, data: Uint8Array): unknown[] {
  const header = { length: 16 + data.length, type: kind.newType, flags: 0, sequence: 0, pid: 0 };
  return [0, 16, 16 + kind.header.size, 40, 12 + data.length, 16 + data.length, 2 ** 32 - 1]
    .flatMap((offset) =>
      [undefined, 1].map((missing) => {
        const path = attributePath({ header, data }, offset, missing);
        assert.ok(path?.every((name) => /^\w+( \d+)?$/.test(name)) ?? true, `${path}`);
        return path;
      })
    );
}

/** Everything that the library makes of the data of a message about an object. */
function readObject(kind: ObjectKind<object>, data: Uint8Array): unknown {
  const object = attempt(AttributeError, () => decodeObject(kind, data));
  if (typeof object === "string") return object;
  const again = encodeObject(kind, object);
  const copy = decodeObject(kind, again);
  assert.deepEqual(copy, object);
  assert.ok(
    givesBack(data.subarray(kind.header.size), again.subarray(kind.header.size)),
    `became ${toHex(again)}`,
  );
  assert.equal(toHex(encodeObject(kind, copy)), toHex(again));
  const key = kind.key(object);
  assert.equal(kind.key(copy), key);
  const links = (index: number) => index % 2 ? { name: `link${index}`, flags: index } : undefined;
  const json = [undefined, links].map((links) => kind.toIpJson(object, links));
  json.forEach(checkJson);
  return { object, key, json, paths: paths(kind, data), records: records(kind, object, json[0]) };
}

/** The data of messages about objects of a kind, of the kernel's or of our own making, whole or damaged. */
function objectBytes(kind: ObjectKind<object>): fc.Arbitrary<Uint8Array> {
  const types = Object.values(kind.attributes).map(([type]) => type);
  return fc.oneof(
    { weight: 4, arbitrary: mutated(fc.constantFrom(...recordedData(kind))) },
    { weight: 2, arbitrary: mutated(objectsOf(kind).map((object) => encodeObject(kind, object))) },
    fc.tuple(fc.constantFrom(...recordedData(kind)), attributeLists(types))
      .map(([data, list]) => joinBytes(data.slice(0, kind.header.size), list)),
    anyBytes,
  );
}

/** The attributes of a table with one codec, and others. */
function codecBytes(name: string): fc.Arbitrary<Uint8Array> {
  const values = codecs[name][1].map((value) => encode(setOf(name), { value, kind: "test" }));
  return fc.oneof(mutated(values), mutated(attributeLists([5, 6, 7])), anyBytes);
}

function readValue(name: string, data: Uint8Array): unknown {
  const object = attempt(AttributeError, () => decode(setOf(name), data));
  if (typeof object === "string") return object;
  const again = encode(setOf(name), object);
  assert.deepEqual(decode(setOf(name), again), object);
  assert.ok(givesBack(data, again), `became ${toHex(again)}`);
  assert.equal(toHex(encode(setOf(name), decode(setOf(name), again))), toHex(again));
  return object;
}

/** Rows of a table that differ in one function. */
function rows<T>(functions: Record<string, T>, row: (fn: T, name: string) => [string, Decoder]) {
  return Object.fromEntries(Object.entries(functions).map(([name, fn]) => row(fn, name)));
}

/** All of them, by what they read and who reads it. */
export const decoders: Record<string, Decoder> = {
  ...rows({ parseMessages: parse, unmarshalMessage }, (decode, name) => [
    `messages in ${name}()`,
    { decode, error: MessageError, bytes: datagrams, views: true },
  ]),
  "a message in a Debugger": { decode: tell, bytes: datagrams },
  "an acknowledgement in acknowledgedError()": { decode: acknowledged, bytes: acknowledgements },
  "a source in SocketHeader": { decode: readSource, bytes: mutated(receivedHeaders) },
  "an event in NetNSWatch": { decode: readWatch, bytes: mutated(inotifyEvents) },
  "attributes in unmarshalAttributes()": {
    decode: unmarshalAttributes,
    error: AttributeError,
    bytes: attributes,
  },
  ...rows(readers, (read, name) => [
    `attributes in AttributeDecoder.${name}()`,
    { decode: (bytes) => walkAll(bytes, read), bytes: attributes },
  ]),
  ...rows({ uint8, uint16, uint32, uint64, int32, string }, (decode, name) => [
    `a value in nlenc.${name}()`,
    { decode, error: RangeError, bytes: fc.uint8Array({ maxLength: 9 }), runs: 50 },
  ]),
  ...rows(codecs, (_, name) => [
    `attributes with codec ${name}`,
    { decode: (bytes) => readValue(name, bytes), bytes: codecBytes(name) },
  ]),
  ...Object.fromEntries(objectKinds.map((kind) => [
    `data of kind ${kind.name}`,
    {
      decode: (bytes: Uint8Array) => readObject(kind, bytes),
      bytes: objectBytes(kind),
      runs: 250,
    },
  ])),
};
