import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assemble,
  filter,
  type FilterMessage,
  matches,
  type NumberTest,
  type Predicate,
  VM,
} from "../lib/bpf/mod.ts";
import { littleEndian } from "../lib/nlenc.ts";
import { AttributeEncoder, marshalMessage } from "../mod.ts";
import { Random } from "./bpf_arbitraries.ts";
import { randomMessage } from "./bpf_predicates.ts";
import { toHex } from "./object_helpers.ts";

/** A test about programs is about those of a little-endian machine. */
const skip = littleEndian ? false : "the expected programs are those of a little-endian machine";

/** What every filter ends with: it drops if the message is as long as the datagram. */
const drop = "ldh [0] mul #0x1000100 rsh #16 ldx #len jeq x, gone, keep gone: ret #0 keep: ret #-1";

/** Filters, and programs that do the same which nobody would write shorter by hand. */
const programs: [what: string, predicate: Predicate, program: string][] = [
  ["everything", {}, "ret #-1"],
  ["nothing", { or: [] }, `ldh [4] jset #0xf0ff, drop, keep drop: ${drop}`],
  [
    "a type of message",
    { type: 17 },
    `ldh [4] jeq #0x1100, keep jset #0xf0ff, drop, keep drop: ${drop}`,
  ],
  [
    "an address family of addresses",
    { type: [20, 21], family: 10 },
    `ldh [4] jeq #0x1400, is jeq #0x1500, is jset #0xf0ff, drop, keep
     is: ld #len jlt #17, keep ldb [16] jeq #10, keep, drop drop: ${drop}`,
  ],
  [
    "a link by its index",
    { type: [16, 17], ifindex: 0x1234 },
    `ldh [4] jeq #0x1000, is jeq #0x1100, is jset #0xf0ff, drop, keep
     is: ld #len jlt #24, keep ld [20] jeq #0x34120000, keep, drop drop: ${drop}`,
  ],
  [
    "a link by its name",
    { type: 16, ifname: "wg0" },
    `ldh [4] jeq #0x1000, is jset #0xf0ff, drop, keep
     is: ld #32 ldx #3 ld #nla jeq #0, drop tax
     ldh [x + 0] jne #0x0800, drop ld [x + 4] jeq #0x77673000, keep, drop drop: ${drop}`,
  ],
  [
    "a link by one of its names",
    { type: 16, ifname: ["wg0", "wg1", "lo"] },
    `ldh [4] jeq #0x1000, is jset #0xf0ff, drop, keep
     is: ld #32 ldx #3 ld #nla jeq #0, drop tax
     ldh [x + 0] jeq #0x0800, wg jne #0x0700, drop
     ldh [x + 4] jne #0x6c6f, drop ldb [x + 6] jeq #0, keep, drop
     wg: ld [x + 4] jeq #0x77673000, keep jeq #0x77673100, keep, drop drop: ${drop}`,
  ],
  [
    "a kind of link",
    { type: 16, attribute: { header: 16, path: [18, 1], string: "tun" } },
    `ldh [4] jeq #0x1000, is jset #0xf0ff, drop, keep
     is: ld #32 ldx #18 ld #nla jeq #0, drop ldx #1 ld #nlan jeq #0, drop tax
     ldh [x + 0] jne #0x0800, drop ld [x + 4] jeq #0x74756e00, keep, drop drop: ${drop}`,
  ],
  [
    "links that are up",
    { type: 16, field: { offset: 8, size: 4, value: { mask: 1, value: 1 } } },
    `ldh [4] jeq #0x1000, is jset #0xf0ff, drop, keep
     is: ld #len jlt #28, keep ld [24] jset #0x1000000, keep, drop drop: ${drop}`,
  ],
  [
    "links with a large MTU",
    { type: 16, attribute: { header: 16, path: 4, uint32: { min: 1501 } } },
    `ldh [4] jeq #0x1000, is jset #0xf0ff, drop, keep
     is: ld #32 ldx #4 ld #nla jeq #0, drop tax ldh [x + 0] jne #0x0800, drop
     ldh [x + 6] jne #0, keep ldh [x + 4] mul #0x01000100 rsh #16 jge #1501, keep, drop
     drop: ${drop}`,
  ],
  [
    "links with a jumbo frame's MTU",
    { type: 16, attribute: { header: 16, path: 4, uint32: { min: 0x2300, max: 0x23ff } } },
    `ldh [4] jeq #0x1000, is jset #0xf0ff, drop, keep
     is: ld #32 ldx #4 ld #nla jeq #0, drop tax ldh [x + 0] jne #0x0800, drop
     ldh [x + 6] jne #0, drop ldb [x + 5] jeq #0x23, keep, drop drop: ${drop}`,
  ],
  [
    "links between two indexes",
    { type: 16, ifindex: { min: 1000, max: 100_000 } },
    `ldh [4] jeq #0x1000, is jset #0xf0ff, drop, keep
     is: ld #len jlt #24, keep ldh [22] jeq #0, low
     mul #0x01000100 rsh #16 jge #2, drop ldh [20] mul #0x01000100 rsh #16 jge #34465, drop, keep
     low: ldh [20] mul #0x01000100 rsh #16 jge #1000, keep, drop drop: ${drop}`,
  ],
  [
    "routes of a table",
    { type: 24, table: 100 },
    `ldh [4] jeq #0x1800, is jset #0xf0ff, drop, keep
     is: ld #28 ldx #15 ld #nla jeq #0, short tax
     ldh [x + 0] jne #0x0800, drop ld [x + 4] jeq #0x64000000, keep, drop
     short: ld #len jlt #21, keep ldb [20] jeq #100, keep, drop drop: ${drop}`,
  ],
  [
    "addresses within a prefix",
    { type: 20, attribute: { header: 8, path: 1, bytes: Uint8Array.of(10, 64, 0, 0), bits: 10 } },
    `ldh [4] jeq #0x1400, is jset #0xf0ff, drop, keep
     is: ld #24 ldx #1 ld #nla jeq #0, drop tax ldh [x + 0] jne #0x0800, drop
     ld [x + 4] and #0xffc00000 jeq #0x0a400000, keep, drop drop: ${drop}`,
  ],
  [
    "what is about anything but links and routes",
    { not: { type: [16, 17, 24, 25] } },
    `ldh [4] jeq #0x1000, drop jeq #0x1100, drop jeq #0x1800, drop jeq #0x1900, drop, keep drop: ${drop}`,
  ],
];

for (const [what, predicate, byHand] of programs) {
  test(`filter() makes a short program for ${what}`, { skip: Boolean(skip) }, () => {
    const program = filter(predicate);
    assert.equal(program.length, assemble(byHand).length);
    const [vm, other] = [new VM(program), new VM(byHand)];
    const random = new Random(1);
    for (let i = 0; i < 500; i++) {
      const bytes = marshalMessage(randomMessage(random));
      assert.equal(vm.run(bytes), other.run(bytes), toHex(bytes));
    }
  });
}

/** Builds a message about a link. */
function link(fn: (attributes: AttributeEncoder) => void, type = 16): FilterMessage {
  const attributes = new AttributeEncoder();
  fn(attributes);
  return {
    header: { type, flags: 0 },
    data: Uint8Array.from([...new Uint8Array(16), ...attributes.encode()]),
  };
}

/** Asserts what matches() says, and that a filter keeps or drops accordingly. */
function check(predicate: Predicate, message: FilterMessage, wanted: boolean): void {
  const { header, data } = message;
  const bytes = marshalMessage({ header, data }).subarray(0, 16 + data.length);
  const text = JSON.stringify(predicate);
  assert.equal(matches(predicate, message), wanted, `matches(${text})`);
  assert.equal(new VM(filter(predicate)).run(bytes) > 0, wanted, `filter(${text})`);
}

test("a number may be one, one of several, within bounds, or have bits", () => {
  const message = link((attributes) => {
    attributes.uint8(1, 200);
    attributes.uint16(2, 0x1234);
    attributes.uint32(3, 0xfedc_ba98);
    attributes.byteOrder = "big";
    attributes.uint16(4, 0x1234);
    attributes.uint32(5, 0xfedc_ba98);
  });
  const values: [path: number, size: 8 | 16 | 32, value: number][] = [
    [1, 8, 200],
    [2, 16, 0x1234],
    [3, 32, 0xfedc_ba98],
    [4, 16, 0x1234],
    [5, 32, 0xfedc_ba98],
  ];
  for (const [path, size, value] of values) {
    const tests: [NumberTest, boolean][] = [
      [value, true],
      [value - 2 ** size, value >= 2 ** (size - 1)],
      [value - 1, false],
      [[1, value, 2], true],
      [[], false],
      [{}, true],
      [{ min: value }, true],
      [{ min: value + 1 }, false],
      [{ max: value }, true],
      [{ max: value - 1 }, false],
      [{ min: value - 1, max: value + 1 }, true],
      [{ min: 0, max: 2 ** size - 1 }, true],
      [{ min: value - 0x11 }, true],
      [{ max: value + 0x11 }, true],
      [{ min: value + 1, max: value - 1 }, false],
      [{ mask: 0, value: 0 }, true],
      [{ mask: 0, value: 1 }, false],
      [{ mask: 2 ** size - 1, value }, true],
      [{ mask: 0x18, value: value & 0x18 }, true],
      [{ mask: 0x18, value: ~value & 0x18 }, false],
      [{ mask: 8, value: value & 8 }, true],
      [{ mask: 8, value: ~value & 8 }, false],
      [{ mask: 8, value: 1 }, false],
    ];
    for (const [test, wanted] of tests) {
      if (typeof test === "number" && test < -(2 ** (size - 1))) continue;
      const byteOrder = path > 3 ? "big" as const : "native" as const;
      const attribute = { header: 16, path, byteOrder, [`uint${size}`]: test };
      check({ attribute }, message, wanted);
      check({ not: { attribute } }, message, !wanted);
    }
  }
});

test("what is not there or has another length fulfils nothing, and every not", () => {
  const message = link((attributes) => {
    attributes.uint16(4, 5);
    attributes.bytes(3, Uint8Array.of(0x6c, 0x6f)); // "lo" without its NUL
    attributes.bytes(6, Uint8Array.of(0x6c, 0x6f, 0, 0));
    attributes.nested(18, (info) => info.string(1, "veth"));
  });
  const missing: Predicate[] = [
    { ifname: "lo" },
    { table: 0 },
    { protocol: 0 },
    { attribute: { header: 16, path: 4, uint32: {} } },
    { attribute: { header: 16, path: 4, uint8: {} } },
    { attribute: { header: 16, path: 5 } },
    { attribute: { header: 16, path: 6, string: "lo" } },
    { attribute: { header: 16, path: 3, bytes: Uint8Array.of(0x6c) } },
    { attribute: { header: 16, path: [18, 2], uint32: {} } },
    { attribute: { header: 16, path: [18, 1, 1] } },
    { attribute: { header: 16, path: [17, 1] } },
    { attribute: { header: 4000, path: 1 } },
  ];
  for (const predicate of missing) {
    check(predicate, message, false);
    check({ not: predicate }, message, true);
    check({ not: { not: predicate } }, message, false);
  }
  const there: Predicate[] = [
    { attribute: { header: 16, path: 4 } },
    { attribute: { header: 16, path: [18] } },
    { attribute: { header: 16, path: [18, 1], string: ["bridge", "veth"] } },
    { attribute: { header: 16, path: 3, bytes: Uint8Array.of(0x6c, 0x6f) } },
    {
      attribute: {
        header: 16,
        path: 4,
        uint16: 5,
        bytes: new Uint8Array(Uint16Array.of(5).buffer),
      },
    },
  ];
  for (const predicate of there) {
    check(predicate, message, true);
    check({ not: predicate }, message, false);
  }
});

test("of bytes as many bits count as are asked for, and the length counts always", () => {
  const value = Uint8Array.from({ length: 19 }, (_, i) => 0xa5 + i);
  const message = link((attributes) => attributes.bytes(7, value));
  for (let bits = 0; bits <= 8 * value.length; bits++) {
    for (const other of [0, bits - 1, bits, 8 * value.length - 1]) {
      if (other < 0 || other >= 8 * value.length) continue;
      const bytes = value.slice();
      bytes[other >> 3] ^= 0x80 >> (other & 7);
      check({ attribute: { header: 16, path: 7, bytes, bits } }, message, other >= bits);
    }
    const shorter = value.subarray(0, -1);
    if (bits > 8 * shorter.length) continue;
    check({ attribute: { header: 16, path: 7, bytes: shorter, bits } }, message, false);
  }
  check({ attribute: { header: 16, path: 7, bytes: value } }, message, true);
});

test("all fields of a predicate must hold, and and, or and not are fields as others", () => {
  const message = link((attributes) => attributes.string(3, "wg0"));
  const [yes, no]: Predicate[] = [{ ifname: "wg0" }, { ifname: "wg1" }];
  check({ type: 16, ifname: "wg0", ifindex: 0 }, message, true);
  check({ type: 17, ifname: "wg0" }, message, false);
  check({ ...yes, and: [yes, {}], or: [no, yes], not: no }, message, true);
  check({ ...yes, and: [yes, no] }, message, false);
  check({ ...yes, or: [no, no] }, message, false);
  check({ ...yes, not: yes }, message, false);
  check({ and: [] }, message, true);
  check({ or: [] }, message, false);
  check({ ifname: undefined, or: undefined }, message, true);
});

test("a route belongs to the links of all its nexthops", () => {
  const nexthop = (index: number, gateway: number[]) => {
    const view = new DataView(new ArrayBuffer(8 + 4 + (gateway.length + 3 & ~3)));
    view.setUint16(0, 8 + 4 + gateway.length, littleEndian);
    view.setInt32(4, index, littleEndian);
    view.setUint16(8, 4 + gateway.length, littleEndian);
    view.setUint16(10, 5, littleEndian); // RTA_GATEWAY
    gateway.forEach((byte, i) => view.setUint8(12 + i, byte));
    return [...new Uint8Array(view.buffer)];
  };
  const route = (fn: (attributes: AttributeEncoder) => void): FilterMessage => {
    const { header, data } = link(fn, 24);
    return { header, data: Uint8Array.from([...new Uint8Array(12), ...data.subarray(16)]) };
  };
  check({ ifindex: 7 }, route((attributes) => attributes.uint32(4, 7)), true);
  check({ ifindex: 8 }, route((attributes) => attributes.uint32(4, 7)), false);
  const several = route((attributes) =>
    attributes.bytes(9, Uint8Array.from([...nexthop(2, [1, 2, 3, 4, 5]), ...nexthop(3, [1])]))
  );
  for (const index of [2, 3]) check({ ifindex: index }, several, true);
  // Here a program cannot tell.
  for (const predicate of [{ ifindex: 4 }, { not: { ifindex: 3 } }]) {
    assert.equal(matches(predicate, several), false);
    assert.ok(new VM(filter(predicate)).run(marshalMessage(several)) > 0);
  }
});

function attribute(path: number, uint32?: number): Predicate {
  return { attribute: { header: 16, path, uint32 } };
}

/** Attributes of links, of which each must have a number, together with the next one. */
function ring(count: number): Predicate {
  return {
    or: Array.from({ length: count }, (_, i) => ({
      and: [attribute(i, i % 2), attribute((i + 1) % count, 2)],
    })),
  };
}

/** A predicate that asks for the same few attributes again and again. */
function tangle(random: Random, depth: number): Predicate {
  if (depth === 0 || random.once(6)) {
    return attribute(random.below(5), random.once(2) ? undefined : random.below(3));
  }
  if (random.once(3)) return { not: tangle(random, depth - 1) };
  const parts = Array.from({ length: 2 + random.below(4) }, () => tangle(random, depth - 1));
  return random.once(2) ? { and: parts } : { or: parts };
}

test("filter() goes back to an attribute that it has looked at before", () => {
  const seed = Math.floor(Math.random() * 0x1_0000_0000);
  const random = new Random(seed);
  const messages = Array.from({ length: 200 }, () =>
    link((attributes) => {
      for (let type = 0; type < 5; type++) {
        if (!random.once(3)) attributes.uint32(type, random.below(3));
      }
    }));
  const datagrams = messages.map(({ header, data }) => marshalMessage({ header, data }));
  let wanted = 0;
  for (let i = 0; i < 300; i++) {
    const predicate = tangle(random, 3 + random.below(2));
    const vm = new VM(filter(predicate));
    messages.forEach((message, j) => {
      const matched = matches(predicate, message);
      if (matched) wanted++;
      if (vm.run(datagrams[j]) > 0 === matched) return;
      assert.fail(`seed ${seed}: ${JSON.stringify(predicate)} of ${toHex(datagrams[j])}`);
    });
  }
  assert.ok(wanted > 10_000 && wanted < 50_000, `${wanted} of 60000`);
});

test("the length of a filter grows as that of its predicate, whatever its parts share", {
  skip: Boolean(skip),
}, () => {
  const both = (count: number): Predicate => ({
    or: Array.from({ length: count }, (_, i) => ({ type: 16, ifindex: i, ifname: `a${i % 7}` })),
  });
  const lengths: [predicate: Predicate, length: number][] = [
    [ring(4), 85],
    [ring(8), 165],
    [ring(12), 245],
    [both(10), 98],
    [both(100), 188],
    [{ or: [{ ifindex: 5 }, { ifname: "wg0" }] }, 58],
    [{ not: { or: [{ ifindex: 5 }, { ifname: "wg0" }] } }, 57],
  ];
  for (const [predicate, length] of lengths) {
    const { length: actual } = filter(predicate);
    assert.ok(actual <= length, `${actual} for ${JSON.stringify(predicate)}`);
  }
});

test("a name may have any characters", () => {
  for (const name of ["a", "abc", "abcd", "äöü", "1234567890123456789", "\uFEFFx", "\uFFFD"]) {
    const message = link((attributes) => attributes.string(3, name));
    check({ ifname: name }, message, true);
    check({ ifname: `${name}x` }, message, false);
    check({ ifname: name.slice(1) }, message, false);
  }
  // What is no text is not taken for the character that stands for it.
  const noText = link((attributes) => attributes.bytes(3, Uint8Array.of(0xff, 0)));
  check({ ifname: "\uFFFD" }, noText, false);
});

test("messages that are not rtnetlink's own are kept, but not wanted", () => {
  const vm = new VM(filter({ ifname: "wg0" }));
  for (const type of [1, 2, 3, 4, 15]) {
    const message = { header: { type, flags: 0 }, data: new Uint8Array(20) };
    assert.ok(vm.run(marshalMessage(message)) > 0);
    assert.equal(matches({ ifname: "wg0" }, message), false);
  }
  assert.equal(vm.run(marshalMessage({ header: { type: 16 }, data: new Uint8Array(16) })), 0);
});

// deno-lint-ignore no-explicit-any
const faults: [predicate: any, message: string][] = [
  [{ name: "wg0" }, "predicate has a field name: expected type, flags, family, protocol, table, "],
  [{ and: [{}, { typ: 1 }] }, "predicate.and[1] has a field typ: expected type"],
  [{ type: 65536 }, "predicate.type is 65536, not a whole number from -32768 to 65535"],
  [{ type: "16" }, 'predicate.type is "16", no test of a number'],
  [{ family: [2, 1.5] }, "predicate.family is 1.5, not a whole number from -128 to 255"],
  [{ not: { ifindex: { min: NaN } } }, "min of predicate.not.ifindex is NaN, not a whole number"],
  [{ flags: { mask: 1 } }, "value of predicate.flags is undefined, not a whole number"],
  [{ ifname: 5 }, "predicate.ifname.string is 5, no text without NUL"],
  [{ ifname: ["a", "b\0"] }, 'predicate.ifname.string is "b\\u0000", no text without NUL'],
  [{ attribute: { header: 16, path: [] } }, "predicate.attribute.path is empty"],
  [
    { attribute: { header: 16, path: [18, 16384] } },
    "predicate.attribute.path is 16384, not a whole number from 0 to 16383",
  ],
  [
    { attribute: { path: 1 } },
    "predicate.attribute.header is undefined, not a whole number from 0 to 65535",
  ],
  [
    { attribute: { header: 16, path: 1, uint16: { min: -1, max: 70000 } } },
    "max of predicate.attribute.uint16 is 70000, not a whole number from -32768 to 65535",
  ],
  [
    { attribute: { header: 16, path: 1, bytes: new Uint8Array(4), bits: 33 } },
    "predicate.attribute.bits is 33, not a whole number from 0 to 32",
  ],
  [
    { field: { offset: -4, size: 4, value: 1 } },
    "predicate.field.offset is -4, not a whole number from 0 to 65535",
  ],
  [{ field: { offset: 4, size: 3, value: 1 } }, "predicate.field.size is 3, not 1, 2 or 4"],
  [null, "predicate is null, no object with some of the fields type, flags"],
  [{ and: [5] }, "predicate.and[0] is 5, no object with some of the fields type"],
  [{ or: {} }, "predicate.or is {}, no array of predicates"],
  [{ type: { mn: 5 } }, "predicate.type has a field mn: expected min, max"],
  [{ family: 2n }, "predicate.family is 2n, no test of a number"],
  [{ field: null }, "predicate.field is null, no object with some of the fields offset, size"],
  [
    { attribute: { header: 16, path: 3, text: "wg0" } },
    "predicate.attribute has a field text: expected header, path, uint8",
  ],
  [{ attribute: { header: 16 } }, "predicate.attribute.path is undefined, no number"],
  [
    { attribute: { header: 16, path: 3, byteOrder: "little" } },
    'predicate.attribute.byteOrder is "little", no byte order: expected "native" or "big"',
  ],
  [
    { attribute: { header: 16, path: 1, bytes: [1] } },
    "predicate.attribute.bytes is [1], no Uint8Array",
  ],
];

for (const [predicate, message] of faults) {
  test(`filter() tells that ${message}`, () => {
    assert.throws(() => filter(predicate), (error: Error) => {
      assert.equal(error.name, "PredicateError");
      assert.equal(error.message.slice(0, message.length), message);
      return true;
    });
  });
}

test("matches() refuses an unknown field", () => {
  assert.throws(() => matches({ name: "wg0" } as Predicate, link(() => {})), {
    name: "PredicateError",
    message: "predicate has an unknown field name",
  });
});
