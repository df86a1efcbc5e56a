import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  bytes,
  int32,
  int32Bytes,
  littleEndian,
  putInt32,
  putUint16,
  putUint32,
  putUint64,
  putUint8,
  string,
  uint16,
  uint16Bytes,
  uint32,
  uint32Bytes,
  uint64,
  uint64Bytes,
  uint8,
  uint8Bytes,
} from "../lib/nlenc.ts";
import { check } from "./property.ts";

/** One kind of integer: its size and bounds, and its three functions. */
interface Integer<T extends number | bigint> {
  name: string;
  size: number;
  low: T;
  high: T;
  put(bytes: Uint8Array, value: T): void;
  get(bytes: Uint8Array): T;
  make(value: T): Uint8Array;
}

const numbers: Array<Integer<number>> = [
  { name: "uint8", size: 1, low: 0, high: 0xff, put: putUint8, get: uint8, make: uint8Bytes },
  { name: "uint16", size: 2, low: 0, high: 0xffff, put: putUint16, get: uint16, make: uint16Bytes },
  {
    name: "uint32",
    size: 4,
    low: 0,
    high: 2 ** 32 - 1,
    put: putUint32,
    get: uint32,
    make: uint32Bytes,
  },
  {
    name: "int32",
    size: 4,
    low: -(2 ** 31),
    high: 2 ** 31 - 1,
    put: putInt32,
    get: int32,
    make: int32Bytes,
  },
];
const bigs: Array<Integer<bigint>> = [
  {
    name: "uint64",
    size: 8,
    low: 0n,
    high: 2n ** 64n - 1n,
    put: putUint64,
    get: uint64,
    make: uint64Bytes,
  },
];

/** The least significant byte first on this machine, or last. */
function native(...littleEndianBytes: number[]): Uint8Array {
  return Uint8Array.from(littleEndian ? littleEndianBytes : littleEndianBytes.reverse());
}

for (
  const { name, size, low, high, put, get, make } of [...numbers, ...bigs] as Array<Integer<never>>
) {
  const values: fc.Arbitrary<number | bigint> = typeof low === "bigint"
    ? fc.bigInt({ min: low, max: high })
    : fc.integer({ min: low, max: high });

  test(`${name}() reads what ${name}Bytes() and its put function write`, () => {
    check(`nlenc.${name}()`, values, (value) => {
      const made = make(value as never);
      assert.equal(made.length, size);
      assert.equal(get(made), value);
      const place = new Uint8Array(size + 2).fill(0xee);
      put(place.subarray(1, 1 + size), value as never);
      assert.deepEqual([...place], [0xee, ...made, 0xee]);
    });
    assert.equal(get(make(low)), low);
    assert.equal(get(make(high)), high);
  });

  test(`${name}() and its put function take exactly ${size} bytes`, () => {
    for (const length of [0, size - 1, size + 1, 2 * size].filter((length) => length !== size)) {
      const error = {
        name: "RangeError",
        message: `Expected ${size} byte${size === 1 ? "" : "s"}, got ${length}`,
      };
      assert.throws(() => get(new Uint8Array(length)), error);
      assert.throws(() => put(new Uint8Array(length), low), error);
    }
  });

  test(`${name}Bytes() takes whole numbers within its bounds`, () => {
    const one = (typeof low === "bigint" ? 1n : 1) as never;
    for (const value of [low - one, high + one] as never[]) {
      const error = {
        name: "RangeError",
        message: new RegExp(`is not a ${name}: expected a whole`),
      };
      assert.throws(() => make(value), error);
      assert.throws(() => put(new Uint8Array(size), value), error);
    }
    for (const value of [0.5, NaN, Infinity, -Infinity, "1", undefined, null] as never[]) {
      assert.throws(() => make(value), RangeError, `${value}`);
      assert.throws(() => put(new Uint8Array(size), value), RangeError, `${value}`);
    }
  });

  test(`${name}Bytes() takes ${size === 8 ? "bigints" : "numbers"} only`, () => {
    const [value, message] = size === 8
      ? [1, `1 is not a ${name}: expected a whole number from ${low} to ${high}, a bigint`]
      : [1n, `1n is not a ${name}: expected a whole number from ${low} to ${high}`];
    assert.throws(() => make(value as never), { name: "RangeError", message });
    assert.throws(() => put(new Uint8Array(size), value as never), { name: "RangeError", message });
  });
}

test("every integer of 8 and of 16 bits survives, with all of its bytes used", () => {
  for (let value = 0; value < 0x10000; value++) {
    assert.equal(uint16(uint16Bytes(value)), value);
    assert.equal(new Uint16Array(uint16Bytes(value).buffer)[0], value);
  }
  for (let value = 0; value < 0x100; value++) assert.deepEqual([...uint8Bytes(value)], [value]);
});

test("integers are in native byte order", () => {
  assert.deepEqual(uint16Bytes(0x0102), native(2, 1));
  assert.deepEqual(uint32Bytes(0x01020304), native(4, 3, 2, 1));
  assert.deepEqual(uint64Bytes(0x0102030405060708n), native(8, 7, 6, 5, 4, 3, 2, 1));
  assert.deepEqual(int32Bytes(-2), native(0xfe, 0xff, 0xff, 0xff));
  assert.equal(uint32(native(4, 3, 2, 1)), 0x01020304);
  assert.equal(int32(native(0, 0, 0, 0x80)), -(2 ** 31));
});

test("littleEndian tells how this machine stores integers", () => {
  assert.equal(littleEndian, new Uint32Array(native(1, 0, 0, 0).buffer)[0] === 1);
});

test("bytes() adds the NUL that C expects", () => {
  assert.deepEqual(bytes("nltest"), Uint8Array.of(0x6e, 0x6c, 0x74, 0x65, 0x73, 0x74, 0));
  assert.deepEqual(bytes(""), Uint8Array.of(0));
  assert.deepEqual(bytes("é"), Uint8Array.of(0xc3, 0xa9, 0));
});

test("bytes() keeps a NUL inside, and has no bytes for half a surrogate pair", () => {
  assert.deepEqual(bytes("a\0b"), Uint8Array.of(0x61, 0, 0x62, 0));
  assert.equal(string(bytes("a\0b")), "a\0b");
  assert.deepEqual(bytes("\ud800"), bytes("\ufffd"));
  assert.equal(string(bytes("\ud83d\ude00")), "\u{1f600}");
});

test("string() drops the NULs at the end and no others", () => {
  const read = (...data: number[]) => string(Uint8Array.from(data));
  assert.equal(read(), "");
  assert.equal(read(0), "");
  assert.equal(read(0, 0, 0), "");
  assert.equal(read(0x61), "a");
  assert.equal(read(0x61, 0), "a");
  assert.equal(read(0x61, 0, 0, 0), "a");
  assert.equal(read(0x61, 0, 0x62, 0), "a\0b");
  assert.equal(read(0, 0x61), "\0a");
});

test("string() replaces what is no UTF-8", () => {
  assert.equal(string(Uint8Array.of(0x61, 0xff, 0)), "a\ufffd");
  assert.equal(string(Uint8Array.of(0xc3)), "\ufffd");
  assert.equal(string(new Uint8Array(40).fill(0xff)), "\ufffd".repeat(40));
});

test("string() keeps a byte order mark, which is text like any other", () => {
  assert.equal(string(bytes("\ufeffeth0")), "\ufeffeth0");
});

test("string() reads what bytes() writes, however long", () => {
  const texts = fc.string({ unit: "grapheme", maxLength: 80 }).filter((text) =>
    !text.endsWith("\0")
  );
  check("nlenc.string()", texts, (text) => assert.equal(string(bytes(text)), text));
  for (const length of [31, 32, 33, 1000]) {
    assert.equal(string(bytes("x".repeat(length))), "x".repeat(length));
    assert.equal(string(bytes("ü".repeat(length))), "ü".repeat(length));
  }
});

test("string() reads a view in the middle of a buffer", () => {
  const place = bytes("one two three");
  assert.equal(string(place.subarray(4, 7)), "two");
});
