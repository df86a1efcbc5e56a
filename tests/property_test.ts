import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { marshalAttributes } from "../lib/attribute.ts";
import { AttributeDecoder, unmarshalAttributes } from "../lib/attribute_decoder.ts";
import { type Decoder, decoders } from "./decoders.ts";
import { toHex } from "./object_helpers.ts";
import { check, corpus, textOf } from "./property.ts";
import { roundTrips } from "./round_trips.ts";

/** Runs a function that may not take more steps from attribute to attribute than that. */
function limited<T>(limit: number, fn: () => T): T {
  const { next } = AttributeDecoder.prototype;
  let steps = 0;
  AttributeDecoder.prototype.next = function () {
    assert.ok(++steps <= limit, `more than ${limit} steps`);
    return next.call(this);
  };
  try {
    return fn();
  } finally {
    AttributeDecoder.prototype.next = next;
  }
}

/** What is read as text; views of the bytes must be allowed, and within their bounds. */
function textWithin(value: unknown, bytes: Uint8Array, views: boolean): string {
  return textOf(value, ({ buffer, byteOffset, byteLength }) => {
    if (buffer !== bytes.buffer || byteLength === 0) return;
    assert.ok(views, "memory of somebody else's");
    assert.ok(byteOffset >= bytes.byteOffset);
    assert.ok(byteOffset + byteLength <= bytes.byteOffset + bytes.length);
  });
}

/** What comes of bytes: a value or an error that is allowed, as text. */
function outcome({ decode, error, views = false }: Decoder, bytes: Uint8Array): string {
  return limited(100 * (bytes.length / 4 + 1), () => {
    try {
      return textWithin(decode(bytes), bytes, views);
    } catch (thrown) {
      if (error !== undefined && thrown instanceof error) return `${thrown}`;
      throw thrown;
    }
  });
}

/** Bytes in the middle of others, at an odd place. */
function surrounded(bytes: Uint8Array, by: number): Uint8Array {
  const start = 9 + bytes.length % 8;
  const buffer = new Uint8Array(start + bytes.length + 40).fill(by);
  buffer.set(bytes, start);
  return buffer.subarray(start, start + bytes.length);
}

for (const [name, decoder] of Object.entries(decoders)) {
  test(`${name} become a value or a typed error, whatever they are and whatever stands around them`, () => {
    check(name, decoder.bytes, (bytes) => {
      const expected = outcome(decoder, bytes.slice());
      for (const by of [0xff, 0]) {
        const place = surrounded(bytes, by);
        const before = new Uint8Array(place.buffer).slice();
        assert.equal(outcome(decoder, place), expected);
        assert.equal(toHex(new Uint8Array(place.buffer)), toHex(before));
      }
    }, decoder.runs);
  });
}

for (const [name, { values, write, read, attributesFrom }] of Object.entries(roundTrips)) {
  test(`${name} gives the same value and the same bytes`, () => {
    check(name, values, (value) => {
      const bytes = write(value);
      const again = read(bytes);
      assert.equal(textOf(again), textOf(value));
      assert.equal(toHex(write(again)), toHex(bytes));
      if (attributesFrom === undefined) return;
      const attributes = bytes.subarray(attributesFrom);
      assert.equal(toHex(marshalAttributes(unmarshalAttributes(attributes))), toHex(attributes));
    });
  });
}

test("a property that fails prints the line that the corpus lacks", () => {
  const line = '{"property":"small bytes","hex":"09","why":""}';
  assert.throws(
    () =>
      check("small bytes", fc.uint8Array(), (bytes) => assert.ok(bytes.every((byte) => byte < 9))),
    (error: Error) => error.message.endsWith(`Add to tests/fixtures/corpus.jsonl: ${line}`),
  );
  const seed = /"property":"small numbers","seed":-?\d+,"path":"[\d:]+","why":""\}$/;
  assert.throws(
    () => check("small numbers", fc.nat(), (number) => assert.ok(number < 9)),
    (error: Error) => seed.test(error.message),
  );
});

test("every line of the corpus belongs to a property and says why it is there", () => {
  const names = Object.keys({ ...decoders, ...roundTrips });
  for (const line of corpus) {
    assert.ok(names.some((name) => name.startsWith(line.property)), line.property);
    assert.ok(line.hex !== undefined || line.seed !== undefined, line.property);
    assert.ok(line.why.length > 0, line.property);
  }
});
