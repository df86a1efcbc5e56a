import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { Nested, NetByteOrder } from "../lib/attribute.ts";
import { AttributeError } from "../lib/errors.ts";
import { bytes as cString, uint16Bytes, uint32Bytes, uint64Bytes } from "../lib/nlenc.ts";
import {
  type AttributeSet,
  attributesToJson,
  type Codec,
  lookUp,
} from "../lib/rtnetlink/codec/attribute_set.ts";
import * as compound from "../lib/rtnetlink/codec/compound.ts";
import * as network from "../lib/rtnetlink/codec/network.ts";
import * as scalars from "../lib/rtnetlink/codec/scalar.ts";
import * as structs from "../lib/rtnetlink/codec/struct.ts";
import { objectKinds } from "../lib/rtnetlink/kinds.ts";
import { nestedDeep, tlv } from "./byte_arbitraries.ts";
import {
  boxed,
  codecs,
  decode,
  encode,
  type Fields,
  leafAttributes,
  point,
  there,
} from "./codecs.ts";
import { type AnyCodec, fromHex, givesBack, joinBytes, toHex } from "./object_helpers.ts";
import { check } from "./property.ts";

const { headedNest, indexedArray, multi, nest, numberedArray, packedArray, selected } = compound;
const { formatAddress, hardwareAddress, ipAddress, ipv4, parseAddress } = network;
const { byteArray, charArray, struct } = structs;
const { be16, be32, be64, bitfield32, bytes, flag, s32, s64, sint, string, text } = scalars;
const { u16, u32, u64, u8, uint } = scalars;

/** What the modules of codecs export besides codecs and ways to make one. */
const others = /^(decode|encode|format|parse)[A-Z]|^(afterHeader|pad)$/;

test("the table of codecs has all that the modules export", () => {
  const modules = { ...scalars, ...compound, ...network, ...structs };
  for (const name of Object.keys(modules).filter((name) => !others.test(name))) {
    assert.ok(Object.keys(codecs).some((row) => row.split(" ").includes(name)), name);
  }
});

const flat: AttributeSet = {
  a: [1, "A", u32],
  b: [2, "B", string],
  c: [3, "C", flag],
  list: [4, "LIST", multi(u16)],
  nest: [5, "NEST", nest(() => leafAttributes)],
};

test("decodeAttributes() keeps unknown attributes at their place", () => {
  const known = [tlv(1, uint32Bytes(7)), tlv(2, cString("x")), tlv(3)];
  const unknown = [tlv(9, [1, 2, 3]), tlv(9, [4]), tlv(9 | Nested), tlv(0x3fff, [5])];
  const lists = fc.shuffledSubarray([
    joinBytes(...unknown.slice(0, 2)),
    unknown[2],
    unknown[3],
    ...known,
  ]);
  check("decodeAttributes()", lists, (parts) => {
    there(flat, joinBytes(...parts));
  });
  assert.deepEqual(there(flat, joinBytes(unknown[0], known[0], unknown[2], known[2])), {
    attribute9: Uint8Array.of(1, 2, 3),
    a: 7,
    attribute32777: new Uint8Array(),
    c: true,
  });
});

test("decodeAttributes() takes the first of an attribute and keeps its duplicates raw", () => {
  const [one, two, three] = [1, 2, 3].map((value) => tlv(1, uint32Bytes(value)));
  assert.deepEqual(there(flat, joinBytes(one, tlv(3), two, three)), {
    a: 1,
    c: true,
    attribute1: [uint32Bytes(2), uint32Bytes(3)],
  });
  const bad = tlv(1, [1]);
  assert.deepEqual(there(flat, joinBytes(bad, one)), {
    attribute1: [Uint8Array.of(1), uint32Bytes(1)],
  });
  const m = (value: number) => tlv(4, uint16Bytes(value));
  assert.deepEqual(there(flat, joinBytes(m(1), m(2), tlv(4, [9]), m(3))), {
    list: [1, 2],
    attribute4: [Uint8Array.of(9), uint16Bytes(3)],
  });
});

test("decodeAttributes() keeps the order of duplicates that do not stand together", () => {
  const [good, bad, flagged] = [tlv(1, uint32Bytes(1)), tlv(1, [1]), tlv(1 | Nested)];
  const [other, unknown, flaggedUnknown] = [tlv(3), tlv(9, [1]), tlv(9 | Nested, [2])];
  const item = tlv(4, uint16Bytes(1));
  there(flat, joinBytes(bad, other, good));
  there(flat, joinBytes(good, other, bad, unknown, good));
  there(flat, joinBytes(flagged, other, flagged, good));
  there(flat, joinBytes(unknown, flaggedUnknown, unknown));
  there(flat, joinBytes(item, other, item, tlv(4, [9]), unknown, item));
  const data = tlv(2, uint32Bytes(5));
  there(kinds, joinBytes(data, tlv(3, [1]), data));
  there(kinds, joinBytes(data, tlv(3, [1]), data, tlv(1, cString("count")), data));
  const many = { ...kinds, data: [2, "DATA", multi(kinds.data[2])] } as AttributeSet;
  there(many, joinBytes(data, tlv(3, [1]), data, tlv(1, cString("count")), data));
});

test("decodeAttributes() keeps values of the wrong size raw", () => {
  for (const length of [0, 1, 3, 5, 8]) {
    const data = new Uint8Array(length);
    assert.deepEqual(there(flat, tlv(1, data)), { attribute1: data });
  }
  assert.deepEqual(there(flat, tlv(3, [0])), { attribute3: new Uint8Array(1) });
  assert.deepEqual(there({ bits: [1, "BITS", bitfield32] }, tlv(1, [1, 2, 3])), {
    attribute1: Uint8Array.of(1, 2, 3),
  });
  assert.deepEqual(there({ yes: [1, "YES", scalars.bool8] }, tlv(1, [2])), {
    attribute1: Uint8Array.of(2),
  });
  assert.deepEqual(there({ list: [1, "LIST", packedArray(u16)] }, tlv(1, [2])), {
    attribute1: Uint8Array.of(2),
  });
});

test("decodeAttributes() keeps a value with unexpected flag bits raw", () => {
  const data = uint32Bytes(1);
  assert.deepEqual(there(flat, tlv(1 | NetByteOrder, data)), { attribute16385: data });
  assert.deepEqual(there(flat, tlv(1 | Nested, data)), { attribute32769: data });
  assert.deepEqual(there(flat, tlv(5 | Nested | NetByteOrder)), {
    attribute49157: new Uint8Array(),
  });
});

test("decodeAttributes() gives a nest back with the flag bit that it came with", () => {
  const inner = tlv(2, uint32Bytes(1));
  for (const flagged of [false, true]) {
    const sets: AttributeSet[] = [
      { v: [5, "V", nest(() => leafAttributes, flagged)] },
      { v: [5, "V", headedNest(() => struct({}), () => leafAttributes, flagged)] },
      { v: [5, "V", indexedArray(bytes, { first: 2, flagged })] },
      { v: [5, "V", numberedArray(bytes, flagged)] },
    ];
    for (const set of sets) {
      for (const bit of [0, Nested]) assert.ok("v" in there(set, tlv(5 | bit, inner)));
      const made = { v: { ...decode(set, tlv(5, inner)).v } };
      if (!("0" in made.v)) {
        assert.equal(toHex(encode(set, made)), toHex(tlv(flagged ? 5 | Nested : 5, inner)));
      }
    }
  }
});

test("decodeAttributes() keeps a nest of malformed attributes raw, and throws for those outside", () => {
  const malformed = Uint8Array.of(3, 0, 1, 0);
  assert.deepEqual(there(flat, joinBytes(tlv(5, malformed), tlv(3))), {
    attribute5: malformed,
    c: true,
  });
  assert.throws(() => decode(flat, malformed), { name: "AttributeError" });
});

test("decodeAttributes() leaves what is nested too deep raw", () => {
  const endless: AttributeSet = { inner: [1, "INNER", nest(() => endless)] };
  const object = there(endless, nestedDeep(1, 16_000));
  let depth = 0;
  for (let at = object; at.inner !== undefined; at = at.inner) depth++;
  assert.equal(depth, 32);
});

test("decodeAttributes() reads nests of which each has something unusual not over and over", () => {
  let reads = 0;
  const counted: Codec<number> = {
    decode: (ad) => (reads++, ad.uint8()),
    encode: (ae, type, value) => ae.uint8(type, value),
  };
  const endless: AttributeSet = {
    value: [1, "VALUE", counted],
    inner: [2, "INNER", nest(() => endless)],
  };
  let data: Uint8Array = new Uint8Array();
  const depth = 24;
  // In each nest one attribute is there twice, which shows only behind the nest within.
  for (let i = 0; i < depth; i++) data = joinBytes(tlv(1, [i]), tlv(2, data), tlv(1, [i]));
  for (let i = 0; i < 20; i++) decode(endless, new Uint8Array());
  reads = 0;
  there(endless, data);
  assert.ok(reads < 10 * depth ** 2, `${reads} times`);
});

test("encodeAttributes() writes fields in their order and skips those that are undefined", () => {
  assert.equal(
    toHex(encode(flat, { c: true, a: undefined, b: "x", list: [1, 2] })),
    toHex(joinBytes(tlv(3), tlv(2, cString("x")), tlv(4, uint16Bytes(1)), tlv(4, uint16Bytes(2)))),
  );
  assert.equal(encode(flat, { c: false }).length, 0);
});

test("encodeAttributes() names a field that is not in the table", () => {
  assert.throws(() => encode(flat, { mtu: 1 }), {
    name: "AttributeError",
    message: 'Unknown field "mtu": expected one of a, b, c, list, nest',
  });
  assert.throws(() => encode(flat, { toString: 1 }), { name: "AttributeError" });
  assert.throws(() => encode(flat, { nest: { nested: 1 } }), { name: "AttributeError" });
});

test("encodeAttributes() names the field that does not fit, and those around it", () => {
  const tooLong = "65536 bytes long, more than the 65535 that its length field can say";
  const cases: Array<[AttributeSet, Fields, string]> = [
    [
      flat,
      { c: true, a: -1 },
      "A (a): Attribute 1 cannot be encoded: -1 is not a uint32: expected",
    ],
    [flat, { b: "x".repeat(65531) }, `B (b): Attribute 2 cannot be encoded: it is ${tooLong}`],
    [flat, { list: [1, 2, 65536] }, "LIST (list): Attribute 4 cannot be encoded: 65536 is not a"],
    [flat, { nest: { size: 0.5 } }, "NEST (nest): SIZE (size): Attribute 2 cannot be encoded: 0.5"],
    [flat, { nest: { nested: 1 } }, 'NEST (nest): Unknown field "nested": expected one of name'],
    [kinds, { kind: "leaf", data: { size: -1 } }, "DATA (data): SIZE (size): Attribute 2 cannot"],
    [
      { at: [1, "AT", boxed] },
      { at: { point: { x: 256 } } },
      "AT (at): point: x: 256 is not a uint8",
    ],
    [{ ip: [1, "IP", ipAddress] }, { ip: "10.0.0" }, 'IP (ip): "10.0.0" is no IP address'],
  ];
  for (const [set, object, message] of cases) {
    assert.throws(() => encode(set, object), (error) => {
      assert.ok(error instanceof AttributeError);
      assert.equal(error.message.slice(0, message.length), message);
      return true;
    });
  }
});

test("encodeAttributes() refuses values that do not fit", () => {
  const refused: Array<[AnyCodec, unknown]> = [
    [u8, 256],
    [u16, -1],
    [u32, 2 ** 32],
    [u32, 1.5],
    [u32, NaN],
    [u64, 2n ** 64n],
    [s32, 2 ** 31],
    [s64, 2n ** 63n],
    [be16, 65536],
    [be32, -1],
    [be64, -1n],
    [uint, -1n],
    [sint, 2n ** 63n],
    [u32, 1n],
    [be16, 1n],
    [packedArray(u8), [1n]],
    [string, "a\0b"],
    [string, "\udc00"],
    [text, "a\0b"],
    [text, "\udc00"],
    [charArray(8), "a\0b"],
    [charArray(8), "\udc00"],
    [ipAddress, "10.0.0"],
    [hardwareAddress, "0g"],
    [ipv4, "::1"],
    [packedArray(u8), [1, 300]],
    [byteArray(2), new Uint8Array(3)],
    [charArray(2), "abc"],
    [point, { x: 256 }],
    [boxed, { point: { x: 1, shortLength: 1 } }],
    [bitfield32, { value: 2 ** 32, selector: 0 }],
    [indexedArray(u8), [256]],
    [bytes, new Uint8Array(65532)],
    [nest(() => leafAttributes), { size: -1 }],
  ];
  for (const [codec, value] of refused) {
    const set = { value: [1, "VALUE", codec] } as AttributeSet;
    assert.throws(() => encode(set, { value }), { name: "AttributeError" }, String(value));
  }
});

test("struct fills a short one up with zeros and remembers how short it was", () => {
  const set: AttributeSet = { at: [1, "AT", point] };
  const whole = Uint8Array.of(7, 0, 0, 0, 1, 2, 3, 4);
  const { y } = there(set, tlv(1, whole)).at;
  assert.deepEqual(there(set, tlv(1, whole)).at, { x: 7, y });
  assert.deepEqual(there(set, tlv(1, whole.subarray(0, 4))).at, { x: 7, y: 0, shortLength: 4 });
  assert.deepEqual(there(set, tlv(1, [])).at, { x: 0, y: 0, shortLength: 0 });
  for (let length = 0; length < 8; length++) there(set, tlv(1, whole.subarray(0, length)));
});

test("structs of every length are given back, in every kind of object", () => {
  let count = 0;
  for (const { header, attributes } of objectKinds) {
    for (const [type, name, codec] of Object.values(attributes)) {
      if (!("fields" in codec)) continue;
      const { size } = codec as typeof header;
      for (let length = 0; length < size + 9; length++) {
        const data = tlv(type, new Uint8Array(length).map((_, i) => i + 1));
        const object = decode(attributes, data);
        assert.ok(!(`attribute${type}` in object), name);
        assert.ok(givesBack(data, encode(attributes, object)), `${name} of ${length} bytes`);
      }
      count++;
    }
  }
  assert.ok(count >= 10, `${count} structs`);
});

test("struct keeps what follows the fields that it knows", () => {
  const set: AttributeSet = { at: [1, "AT", point] };
  const long = [7, 0, 0, 0, 1, 0, 0, 0, 8, 9];
  assert.deepEqual(there(set, tlv(1, long)).at.tail, Uint8Array.of(8, 9));
});

test("struct writes zeros for holes and missing fields", () => {
  assert.equal(toHex(point.write({ x: 255 })), "ff00000000000000");
  assert.deepEqual(point.fields.y[0], 4);
  assert.equal(point.size, 8);
});

test("charArray reads up to the NULs and fills up with them", () => {
  const name = charArray(6);
  const set: AttributeSet = { name: [1, "NAME", name] };
  assert.deepEqual(there(set, tlv(1, [0x61, 0x62, 0, 0, 0, 0])), { name: "ab" });
  assert.deepEqual(there(set, tlv(1, [0x61, 0])), { attribute1: Uint8Array.of(0x61, 0) });
});

test("integers in network byte order are written in it", () => {
  const set: AttributeSet = { p: [1, "P", be16], q: [2, "Q", be32], r: [3, "R", be64] };
  assert.equal(
    toHex(encode(set, { p: 0x1234, q: 0x12345678, r: 0x123456789abcdef0n })),
    toHex(joinBytes(
      tlv(1, [0x12, 0x34]),
      tlv(2, [0x12, 0x34, 0x56, 0x78]),
      tlv(3, [0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0]),
    )),
  );
  const mixed: AttributeSet = { p: [1, "P", be16], n: [2, "N", u16] };
  assert.deepEqual(there(mixed, joinBytes(tlv(1, [1, 2]), tlv(2, uint16Bytes(3)), tlv(9))), {
    p: 0x102,
    n: 3,
    attribute9: new Uint8Array(),
  });
});

test("uint and sint take as many bytes as the value needs", () => {
  const length = (codec: Codec<bigint>, value: bigint) =>
    encode({ v: [1, "V", codec] }, { v: value }).length;
  assert.equal(length(uint, 2n ** 32n - 1n), 8);
  assert.equal(length(uint, 2n ** 32n), 12);
  assert.equal(length(sint, -(2n ** 31n)), 8);
  assert.equal(length(sint, 2n ** 31n - 1n), 8);
  assert.equal(length(sint, 2n ** 31n), 12);
  assert.equal(length(sint, -(2n ** 31n) - 1n), 12);
  const set: AttributeSet = { u: [1, "U", uint], s: [2, "S", sint] };
  assert.deepEqual(
    decode(set, joinBytes(tlv(1, uint64Bytes(5n)), tlv(2, new Uint8Array(8).fill(0xff)))),
    {
      u: 5n,
      s: -1n,
    },
  );
  assert.deepEqual(decode(set, tlv(1, [1, 2])), { attribute1: Uint8Array.of(1, 2) });
});

test("string and text read what stands before the NULs, and leave what is no UTF-8 raw", () => {
  for (const codec of [string, text]) {
    const set: AttributeSet = { s: [1, "S", codec] };
    for (const end of [[], [0], [0, 0]]) {
      assert.deepEqual(decode(set, tlv(1, [0x61, ...end])), { s: "a" });
    }
    for (const data of [[0xff, 0], [0x61, 0, 0x62, 0], [0xc3, 0x28, 0]]) {
      assert.deepEqual(there(set, tlv(1, data)), { attribute1: Uint8Array.from(data) });
    }
    assert.deepEqual(decode(set, encode(set, { s: "\ufeffa\ufffd" })), { s: "\ufeffa\ufffd" });
  }
  assert.equal(toHex(encode({ s: [1, "S", string] }, { s: "" })), toHex(tlv(1, [0])));
  assert.equal(toHex(encode({ s: [1, "S", text] }, { s: "" })), toHex(tlv(1, [])));
});

test("indexedArray leaves an array with gaps raw, numberedArray gives its numbers", () => {
  const gaps = joinBytes(tlv(1, uint32Bytes(10)), tlv(3, uint32Bytes(30)));
  assert.deepEqual(there({ list: [1, "LIST", indexedArray(u32)] }, tlv(1, gaps)), {
    attribute1: gaps,
  });
  assert.deepEqual(there({ list: [1, "LIST", numberedArray(u32)] }, tlv(1, gaps)), {
    list: [{ number: 1, value: 10 }, { number: 3, value: 30 }],
  });
  const oneType = joinBytes(tlv(7, uint32Bytes(10)), tlv(7, uint32Bytes(30)));
  assert.deepEqual(there({ list: [1, "LIST", indexedArray(u32, { type: 7 })] }, tlv(1, oneType)), {
    list: [10, 30],
  });
});

const kinds: AttributeSet = {
  kind: [1, "KIND", string],
  data: [2, "DATA", selected("kind", () => ({ leaf: nest(() => leafAttributes), count: u32 }))],
  other: [3, "OTHER", u8],
};

test("selected finds its format by a sibling that comes before or after it", () => {
  const kind = tlv(1, cString("leaf"));
  const data = tlv(2, tlv(2, uint32Bytes(5)));
  for (const parts of [[kind, data], [data, kind], [data, tlv(3, [1]), kind, tlv(9)]]) {
    const object = there(kinds, joinBytes(...parts));
    assert.equal(object.kind, "leaf");
    assert.deepEqual(object.data, { size: 5 });
  }
  const [first] = Object.keys(there(kinds, joinBytes(data, tlv(3, [1]), kind)));
  assert.equal(first, "data");
});

test("selected leaves the attribute raw, at its place, where there is no format for it", () => {
  const data = tlv(2, uint32Bytes(5));
  const raw = { attribute2: uint32Bytes(5) };
  assert.deepEqual(there(kinds, joinBytes(data, tlv(3, [1]))), { ...raw, other: 1 });
  for (const name of ["nosuch", "constructor", "__proto__", ""]) {
    const object = there(kinds, joinBytes(data, tlv(3, [1]), tlv(1, cString(name))));
    assert.deepEqual(object, { ...raw, other: 1, kind: name });
  }
  assert.deepEqual(Object.keys(there(kinds, joinBytes(data, tlv(3, [1])))), [
    "attribute2",
    "other",
  ]);
  const duplicates = joinBytes(data, tlv(3, [1]), tlv(2, [8]), tlv(2, [9]));
  assert.deepEqual(decode(kinds, duplicates), {
    attribute2: [uint32Bytes(5), Uint8Array.of(8), Uint8Array.of(9)],
    other: 1,
  });
  const count = tlv(1, cString("count"));
  assert.deepEqual(there(kinds, joinBytes(count, data, tlv(2, [8]), tlv(2, [9]), tlv(3, [1]))), {
    kind: "count",
    data: 5,
    attribute2: [Uint8Array.of(8), Uint8Array.of(9)],
    other: 1,
  });
});

test("selected keeps an array of which one element fits no format", () => {
  const set: AttributeSet = {
    kind: [1, "KIND", string],
    data: [2, "DATA", multi(selected("kind", () => ({ count: u32 })))],
    other: [3, "OTHER", u8],
  };
  const good = (value: number) => tlv(2, uint32Bytes(value));
  const data = joinBytes(
    good(1),
    good(2),
    tlv(2, [3]),
    good(4),
    tlv(3, [1]),
    tlv(1, cString("count")),
  );
  assert.deepEqual(there(set, data), {
    data: [1, 2],
    attribute2: [Uint8Array.of(3), uint32Bytes(4)],
    other: 1,
    kind: "count",
  });
});

test("encodeAttributes() throws for a format that is not there", () => {
  assert.throws(() => encode(kinds, { kind: "nosuch", data: 1 }), {
    name: "AttributeError",
    message: "DATA (data): No format for kind nosuch: expected one of leaf, count",
  });
});

test("lookUp() finds the nearest field", () => {
  const outer = { object: { kind: "outer", family: 2 } };
  assert.equal(lookUp({ object: { kind: undefined }, outer }, "kind"), "outer");
  assert.equal(lookUp({ object: { kind: "inner" }, outer }, "kind"), "inner");
  assert.equal(lookUp({ object: {}, outer }, "nosuch"), undefined);
  assert.equal(lookUp(undefined, "kind"), undefined);
});

test("attributesToJson() follows the table", () => {
  const set: AttributeSet = {
    a: [2, "A", u32, "first"],
    b: [1, "B", u32, "second", (value: number) => value === 0 ? undefined : `0x${value}`],
    c: [3, "C", u32],
  };
  const json = attributesToJson(set, { c: 1, b: 5, a: 0 });
  assert.deepEqual(Object.entries(json), [["first", 0], ["second", "0x5"]]);
  assert.deepEqual(attributesToJson(set, { b: 0 }), {});
});

test("formatAddress() writes addresses as inet_ntop() does", () => {
  const cases: Record<string, string> = {
    "00000000": "0.0.0.0",
    "ffffffff": "255.255.255.255",
    "00000000000000000000000000000000": "::",
    "00000000000000000000000000000001": "::1",
    "00000000000000000000000001020304": "::1.2.3.4",
    "00000000000000000000ffff01020304": "::ffff:1.2.3.4",
    "00000000000000000000fffe01020304": "::fffe:102:304",
    "20010db8000000000000000000000001": "2001:db8::1",
    "20010db8000000010001000100010001": "2001:db8:0:1:1:1:1:1",
    "20010000000000010000000000000001": "2001:0:0:1::1",
    "20010000000000010001000000000001": "2001::1:1:0:0:1",
    "00010002000300040005000600070000": "1:2:3:4:5:6:7:0",
    "00010002000300040005000600000000": "1:2:3:4:5:6::",
    "fe8000000000000002000000000000ab": "fe80::200:0:0:ab",
  };
  for (const [hex, address] of Object.entries(cases)) {
    assert.equal(formatAddress(fromHex(hex)), address);
    assert.equal(toHex(parseAddress(address)), hex);
  }
  assert.throws(() => formatAddress(new Uint8Array(5)), { name: "AttributeError" });
});

test("parseAddress() refuses what is no address", () => {
  for (
    const address of [
      "",
      "1.2.3",
      "1.2.3.4.5",
      "1.2.3.256",
      "01.2.3.4",
      "1.2.3.-4",
      "1.2.3.4 ",
      ":",
      ":::",
      "1::2::3",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7:8::",
      "12345::",
      "::g",
      "::1.2.3",
      "1.2.3.4::",
      "fe80::1%eth0",
    ]
  ) assert.throws(() => parseAddress(address), { name: "AttributeError" }, address);
  assert.equal(toHex(parseAddress("1::ABCD:1.2.3.4")), "00010000000000000000abcd01020304");
});

test("parseAddress() takes what the runtime takes for an address", () => {
  const pieces = fc.constantFrom(
    "",
    "0",
    "1",
    "ff",
    "12",
    "255",
    "256",
    "01",
    "ffff",
    "g",
    "1.2.3.4",
  );
  const texts = fc.array(fc.tuple(pieces, fc.constantFrom(":", ":", "::", ".")), { maxLength: 9 })
    .map((parts) => parts.flat().slice(0, -1).join(""));
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.array(fc.constantFrom(0, 0, 1, 255), { minLength: 16, maxLength: 16 })
      .map((parts) => Uint8Array.from(parts)),
  );
  check("parseAddress()", fc.oneof(texts, bytes.map(formatAddress)), (text) => {
    if (isIP(text) === 0) {
      return assert.throws(() => parseAddress(text), { name: "AttributeError" });
    }
    const bytes = parseAddress(text);
    assert.equal(bytes.length, isIP(text) === 4 ? 4 : 16);
    assert.deepEqual(parseAddress(formatAddress(bytes)), bytes);
  }, 500);
});
