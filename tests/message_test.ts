import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageError, OpError } from "../lib/errors.ts";
import {
  type Header,
  HeaderFlags,
  headerFlagsString,
  headerLength,
  HeaderType,
  headerTypeString,
  marshalMessage,
  type Message,
  messageLength,
  parseMessages,
  unmarshalMessage,
  validate,
  writeMessage,
} from "../lib/message.ts";
import { littleEndian, uint32Bytes } from "../lib/nlenc.ts";
import { fromHex, toHex } from "./object_helpers.ts";

/** A test about bytes is about those of a little-endian machine. */
const skip = littleEndian ? false : "the expected bytes are those of a little-endian machine";

function header(changes: Partial<Header> = {}): Header {
  return { length: 16, type: 0, flags: 0, sequence: 0, pid: 0, ...changes };
}

test("marshalMessage() writes a header of 16 bytes", { skip }, () => {
  const bytes = marshalMessage({
    header: {
      type: HeaderType.Error,
      flags: HeaderFlags.Request | HeaderFlags.Dump,
      sequence: 0x04030201,
      pid: 0xfffffffe,
    },
  });
  assert.equal(toHex(bytes), "10000000" + "0200" + "0103" + "01020304" + "feffffff");
});

test("marshalMessage() makes up what is not given", { skip }, () => {
  assert.equal(toHex(marshalMessage({})), "10000000" + "00".repeat(12));
  assert.equal(
    toHex(marshalMessage({ data: Uint8Array.of(1) })),
    "14000000" + "00".repeat(12) + "01000000",
  );
});

test(
  "marshalMessage() takes a length that is exact or aligned, and pads in both cases",
  { skip },
  () => {
    const data = Uint8Array.of(1, 2, 3, 4, 5);
    for (const [length, first] of [[21, "15"], [24, "18"], [0, "18"], [undefined, "18"]] as const) {
      const bytes = marshalMessage({ header: { length }, data });
      assert.equal(toHex(bytes), `${first}000000${"00".repeat(12)}0102030405000000`);
    }
  },
);

test("marshalMessage() refuses a length that does not fit the data", () => {
  for (const length of [1, 15, 16, 20, 22, 23, 25, 28]) {
    assert.throws(() => marshalMessage({ header: { length }, data: new Uint8Array(5) }), {
      name: "MessageError",
      message: `Header length is ${length}, but 21 bytes of header and data make it 21 or 24`,
    });
  }
});

test("marshalMessage() refuses data that are no bytes", () => {
  for (const data of ["abc", [1, 2], new ArrayBuffer(4), null] as unknown[] as Uint8Array[]) {
    assert.throws(() => marshalMessage({ data }), {
      name: "MessageError",
      message: "The data of a message must be a Uint8Array",
    });
  }
});

test("messageLength() is the aligned length unless one is given", () => {
  assert.equal(messageLength({}), 16);
  assert.equal(messageLength({ data: new Uint8Array(1) }), 20);
  assert.equal(messageLength({ header: { length: 17 }, data: new Uint8Array(1) }), 17);
});

test("writeMessage() leaves nothing of what was in the buffer, and touches nothing around it", () => {
  for (let size = 0; size < 9; size++) {
    for (const length of [undefined, headerLength + size]) {
      const message = { header: { type: 1, length }, data: new Uint8Array(size).fill(7) };
      const expected = marshalMessage(message);
      const buffer = new Uint8Array(8 + expected.length + 8).fill(0xff);
      writeMessage({ bytes: buffer.subarray(4), view: new DataView(buffer.buffer, 4) }, 4, message);
      const around = "ff".repeat(8);
      assert.equal(toHex(buffer), around + toHex(expected) + around);
    }
  }
});

test("unmarshalMessage() takes a last message that is not padded", () => {
  const bytes = marshalMessage({ header: { length: 17 }, data: Uint8Array.of(9) });
  assert.deepEqual(unmarshalMessage(bytes.subarray(0, 17)).data, Uint8Array.of(9));
  assert.deepEqual(unmarshalMessage(bytes).data, Uint8Array.of(9));
});

test("unmarshalMessage() refuses buffers that are too short for a header", () => {
  for (let length = 0; length < headerLength; length++) {
    assert.throws(() => unmarshalMessage(new Uint8Array(length)), {
      name: "MessageError",
      message: `${length} bytes are too short for a header of 16`,
    });
  }
});

test("unmarshalMessage() refuses misleading lengths", () => {
  const withLength = (length: number, size: number) => {
    const bytes = new Uint8Array(size);
    bytes.set(uint32Bytes(length));
    return bytes;
  };
  for (
    const [length, size] of [[0, 16], [15, 16], [17, 16], [20, 16], [0xffffffff, 32], [24, 20]]
  ) {
    assert.throws(() => unmarshalMessage(withLength(length, size)), {
      name: "MessageError",
      message: `Message length ${length} at offset 0 is not within 16 and ${size}`,
    });
  }
  for (const [length, size] of [[16, 20], [16, 17], [17, 21], [20, 24]]) {
    assert.throws(() => unmarshalMessage(withLength(length, size)), {
      name: "MessageError",
      message: `Message length ${length} does not cover the ${size} bytes given`,
    });
  }
});

test("unmarshalMessage() gives a view, at any offset of a buffer", () => {
  const message = { header: { type: 5 }, data: Uint8Array.of(1, 2, 3, 4) };
  for (let offset = 0; offset < 9; offset++) {
    const place = new Uint8Array(offset + 20);
    place.set(marshalMessage(message), offset);
    const read = unmarshalMessage(place.subarray(offset));
    assert.equal(read.header.type, 5);
    assert.deepEqual(read.data, message.data);
    place[offset + 16] = 77;
    assert.equal(read.data[0], 77);
  }
});

test("parseMessages() gives the messages before the one that is cut short", () => {
  const one = marshalMessage({ header: { type: 1 }, data: Uint8Array.of(1, 2, 3, 4) });
  for (let cut = 1; cut < one.length; cut++) {
    const bytes = Uint8Array.from([...one, ...one.subarray(0, cut)]);
    const seen: number[] = [];
    assert.throws(() => {
      for (const { header } of parseMessages(bytes)) seen.push(header.type);
    }, MessageError);
    assert.deepEqual(seen, [1]);
  }
});

test("parseMessages() reads an acknowledgement as the kernel sends it", { skip }, () => {
  const bytes = fromHex(
    "24000000" + "0200" + "0001" + "07000000" + "63000000" + "feffffff" +
      "10000000" + "1200" + "0500" + "07000000" + "00000000",
  );
  const [{ header, data }] = parseMessages(bytes);
  assert.deepEqual(header, { length: 36, type: 2, flags: 0x100, sequence: 7, pid: 99 });
  assert.equal(new DataView(data.buffer, data.byteOffset).getInt32(0, true), -2);
});

const request: Message = { header: header({ sequence: 7, pid: 99 }), data: new Uint8Array() };
const reply = (changes: Partial<Header>): Message => ({
  header: header({ sequence: 7, pid: 99, ...changes }),
  data: new Uint8Array(),
});

test("validate() accepts the replies to a request", () => {
  validate(request, []);
  validate(request, [reply({}), reply({ type: HeaderType.Done })]);
});

test("validate() refuses another request's replies", () => {
  const wrong = [reply({}), reply({ sequence: 8 })];
  assert.throws(() => validate(request, wrong), (error) => {
    assert.ok(error instanceof OpError);
    assert.equal(error.op, "validate");
    assert.equal(error.code, "ESEQUENCE");
    assert.equal(error.message, "validate: reply has sequence 8, its request 7");
    return true;
  });
});

test("validate() refuses replies for another port", () => {
  assert.throws(() => validate(request, [reply({ pid: 100 })]), {
    code: "EPID",
    message: "validate: reply is for port 100, its request came from 99",
  });
});

test("validate() accepts multicasts and any reply to a request without sequence or port id", () => {
  type Numbers = readonly [sequence: number, pid: number];
  const cases: Array<[request: Numbers, replies: Numbers[], code?: string]> = [
    [[7, 99], []],
    [[7, 99], [[7, 99], [7, 99]]],
    [[7, 99], [[7, 0]]],
    [[7, 99], [[8, 99]], "ESEQUENCE"],
    [[7, 99], [[0, 99]], "ESEQUENCE"],
    [[7, 99], [[0, 0]], "ESEQUENCE"],
    [[7, 99], [[8, 98]], "ESEQUENCE"],
    [[7, 99], [[7, 98]], "EPID"],
    [[7, 99], [[7, 99], [7, 0], [7, 98]], "EPID"],
    [[7, 0], [[7, 0], [7, 98]]],
    [[7, 0], [[8, 98]], "ESEQUENCE"],
    [[0, 99], [[0, 99], [8, 99], [8, 0]]],
    [[0, 99], [[8, 98]], "EPID"],
    [[0, 0], [[0, 0], [8, 98]]],
    [[2 ** 32 - 1, 2 ** 32 - 1], [[2 ** 32 - 1, 2 ** 32 - 1]]],
  ];
  for (const [[sequence, pid], replies, code] of cases) {
    const one = { ...request, header: header({ sequence, pid }) };
    const all = replies.map(([sequence, pid]) => reply({ sequence, pid }));
    if (code === undefined) validate(one, all);
    else assert.throws(() => validate(one, all), { name: "OpError", op: "validate", code });
  }
});

test("headerTypeString() names the types of all families", () => {
  const names = [HeaderType.Noop, HeaderType.Error, HeaderType.Done, HeaderType.Overrun]
    .map(headerTypeString);
  assert.deepEqual(names, ["noop", "error", "done", "overrun"]);
  assert.deepEqual([0, 5, 16].map(headerTypeString), ["unknown(0)", "unknown(5)", "unknown(16)"]);
});

test("headerTypeString() has a text of its own for every type", () => {
  const texts = Array.from({ length: 0x10000 }, (_, type) => headerTypeString(type));
  assert.equal(new Set(texts).size, texts.length);
  texts.forEach((text, type) => {
    assert.match(text, type > 0 && type < 5 ? /^[a-z]+$/ : new RegExp(`^unknown\\(${type}\\)$`));
  });
});

test("headerFlagsString() tells every flag of every value", () => {
  const bits = new Map(Array.from({ length: 6 }, (_, i) => [headerFlagsString(1 << i), 1 << i]));
  assert.equal(bits.size, 6);
  for (let flags = 0; flags < 0x10000; flags++) {
    const parts = headerFlagsString(flags).split("|");
    assert.equal(parts.reduce((sum, part) => sum + (bits.get(part) ?? Number(part)), 0), flags);
  }
});

test("headerFlagsString() names the flags of all types", () => {
  assert.equal(headerFlagsString(0), "0");
  assert.equal(headerFlagsString(HeaderFlags.Request), "request");
  assert.equal(
    headerFlagsString(63),
    "request|multi|acknowledge|echo|dumpinterrupted|dumpfiltered",
  );
  assert.equal(
    headerFlagsString(
      HeaderFlags.Request | HeaderFlags.Acknowledge | HeaderFlags.Create | HeaderFlags.Replace,
    ),
    "request|acknowledge|0x500",
  );
  assert.equal(headerFlagsString(HeaderFlags.Dump), "0x300");
});

test("marshalMessage() refuses numbers that do not fit the header", () => {
  const wrong: Array<Partial<Header>> = [
    { type: 0x10000 },
    { type: -1 },
    { flags: 0x10000 },
    { flags: 0.5 },
    { sequence: 2 ** 32 },
    { sequence: -1 },
    { pid: 2 ** 32 },
    { pid: NaN },
  ];
  for (const header of wrong) {
    assert.throws(() => marshalMessage({ header }), {
      name: "MessageError",
      message: /^Header fields must be whole numbers: type/,
    });
  }
});
