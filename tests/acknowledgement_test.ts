/** What an Error or Done message says, made up where the kernel never says so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { acknowledgedError, withNames } from "../lib/acknowledgement.ts";
import { uint16Bytes, uint32Bytes } from "../lib/nlenc.ts";
import { attributePath } from "../lib/rtnetlink/attribute_path.ts";
import { MessageType } from "../lib/rtnetlink/mod.ts";
import {
  type AttributeEncoder,
  HeaderFlags,
  HeaderType,
  marshalMessage,
  type Message,
  OpError,
  unmarshalMessage,
} from "../mod.ts";
import { attributeBytes, joinBytes } from "./object_helpers.ts";

const { AcknowledgeTLVs, Capped } = HeaderFlags;

type Fill = (ae: AttributeEncoder) => void;

/** Asks for the links that are bridges. */
const getLink: Uint8Array = marshalMessage({
  header: { type: MessageType.GetLink },
  data: joinBytes(
    new Uint8Array(16), // struct ifinfomsg
    attributeBytes((ae) => ae.nested(18, (info) => info.string(1, "bridge"))),
  ),
});

/** An Error message as the kernel makes it for a request, or a Done message without one. */
function acknowledgement(
  errno: number,
  tlvs: Fill,
  { type = HeaderType.Error as number, flags = 0 } = {},
): Message {
  const echo = type === HeaderType.Done ? [] : getLink.subarray(0, flags & Capped ? 16 : undefined);
  return unmarshalMessage(marshalMessage({
    header: { type, flags: flags | AcknowledgeTLVs, sequence: 7 },
    data: joinBytes(uint32Bytes(-errno >>> 0), echo, attributeBytes(tlvs)),
  }));
}

const names = () => Promise.resolve(attributePath);

async function errorOf(tlvs: Fill, options = {}): Promise<OpError> {
  const error = acknowledgedError("receive", acknowledgement(22, tlvs, options));
  return await withNames(error, names) as OpError;
}

test("acknowledgedError() gives the cookie and all that a policy can have", async () => {
  const error = await errorOf((ae) => {
    ae.bytes(3, Uint8Array.of(1, 2, 3));
    ae.nested(4, (policy) => {
      policy.uint32(1, 13);
      policy.int64(2, -5n);
      policy.int64(3, 7n);
      policy.uint32(6, 4);
      policy.uint32(7, 8);
      policy.uint32(8, 2);
      policy.uint32(9, 3);
      policy.uint32(10, 0xff);
      policy.bytes(11, new Uint8Array());
      policy.uint64(12, 2n ** 63n);
      policy.uint32(99, 1);
    });
    ae.uint32(99, 1);
  });
  assert.deepEqual(error.cookie, Uint8Array.of(1, 2, 3));
  assert.deepEqual(error.policy, {
    type: 13,
    typeName: "nested",
    minValue: -5n,
    maxValue: 7n,
    minLength: 4,
    maxLength: 8,
    policyIndex: 2,
    maxType: 3,
    bitfield32Mask: 0xff,
    mask: 2n ** 63n,
  });
});

test("acknowledgedError() puts policies into words", async () => {
  type Part = [type: number, value: number | bigint];
  const words = async (...parts: Part[]) => {
    const { message } = await errorOf((ae) => {
      ae.uint32(2, 32);
      ae.nested(4, (policy) => {
        for (const [type, value] of parts) {
          if (typeof value === "number") policy.uint32(type, value);
          else if (type < 4) policy.int64(type, value);
          else policy.uint64(type, value);
        }
      });
    });
    return message.match(/^receive: IFLA_LINKINFO must be (.*): Invalid argument/)![1];
  };
  assert.equal(await words([1, 1]), "a flag");
  assert.equal(await words([1, 2], [4, 1n], [5, 2n]), "a u8 of 1 to 2");
  assert.equal(await words([1, 2], [4, 0n], [5, 255n]), "a u8 of 1 byte");
  assert.equal(await words([1, 5], [4, 0n], [5, 2n ** 64n - 1n]), "a u64 of 8 bytes");
  assert.equal(await words([1, 7], [2, -1n], [3, 5n]), "an s16 of -1 to 5");
  assert.equal(await words([1, 9], [2, -(2n ** 63n)], [3, 2n ** 63n - 1n]), "an s64 of 8 bytes");
  assert.equal(await words([1, 17], [4, 3n]), "a uint of at least 3");
  assert.equal(await words([1, 4], [12, 6n]), "a u32 within the bits 0x6");
  assert.equal(await words([1, 15], [10, 7]), "a bitfield32 within the bits 0x7");
  assert.equal(await words([1, 10], [6, 6], [7, 6]), "a value of 6 bytes");
  assert.equal(await words([1, 11], [7, 1]), "a string of at most 1 byte");
  assert.equal(await words([1, 12], [6, 1]), "a NUL-terminated string of at least 1 byte");
  assert.equal(await words([1, 13], [8, 1], [9, 2]), "a nest");
  assert.equal(await words([1, 14]), "a nest of nests");
  assert.equal(await words([1, 99]), "a value");
  assert.equal(await words(), "a value");
});

test("acknowledgedError() names what is missing by its place", async () => {
  const missing = async (type: number, nest?: number, options = {}) =>
    (await errorOf((ae) => {
      ae.uint32(5, type);
      if (nest !== undefined) ae.uint32(6, nest);
    }, options)).message.replace(/^receive: (.*): Invalid argument \(EINVAL\)$/, "$1");
  assert.equal(await missing(3), "IFLA_IFNAME is missing");
  assert.equal(await missing(3, 16), "IFLA_IFNAME is missing"); // the place of the header
  assert.equal(await missing(2, 32), "IFLA_LINKINFO > IFLA_INFO_DATA is missing");
  assert.equal(await missing(99, 32), "IFLA_LINKINFO > attribute99 is missing");
  assert.equal(await missing(2, 36), "IFLA_LINKINFO > IFLA_INFO_KIND > attribute2 is missing");
  assert.equal(await missing(2, 1000), "attribute2 in the attribute at offset 1000 is missing");
  assert.equal(await missing(3, undefined, { flags: Capped }), "attribute3 is missing");
  assert.equal(await missing(3, undefined, { type: HeaderType.Done }), "attribute3 is missing");
});

test("acknowledgedError() reads what it can of a mangled acknowledgement", async () => {
  const wrong = await errorOf((ae) => {
    for (let type = 0; type < 8; type++) ae.bytes(type, Uint8Array.of(0xff, 0, 0xfe));
    ae.string(1, "the kernel's words");
    ae.nested(4, (policy) => {
      for (let type = 0; type < 14; type++) policy.bytes(type, new Uint8Array(3));
      policy.uint32(7, 15);
    });
  });
  assert.equal(wrong.code, "EINVAL");
  assert.equal(wrong.extendedMessage, "the kernel's words");
  assert.equal(wrong.offset, undefined);
  assert.deepEqual(wrong.policy, { maxLength: 15 });
  const cut = acknowledgement(22, (ae) => ae.string(1, "words"));
  for (let length = 4; length < cut.data.length; length++) {
    const error = acknowledgedError("receive", { ...cut, data: cut.data.slice(0, length) });
    assert.equal(error!.code, "EINVAL", `${length}`);
  }
});

test("acknowledgedError() makes of any bytes an OpError or nothing", async () => {
  const tlvs = fc.array(
    fc.tuple(fc.nat(8), fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.nat(60).map(uint32Bytes))),
  ).map((list) => attributeBytes((ae) => list.forEach(([type, data]) => ae.bytes(type, data))));
  const echo = fc.tuple(fc.constantFrom(...Object.values(MessageType)), fc.nat(80), tlvs).map(
    ([type, length, data]) =>
      joinBytes(
        uint32Bytes(length),
        uint16Bytes(type),
        new Uint8Array(10),
        data,
        new Uint8Array(16),
      ),
  );
  const errno = fc.oneof(fc.integer({ min: -4096, max: 1 }), fc.integer())
    .map((number) => uint32Bytes(number >>> 0));
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.tuple(errno, fc.oneof(echo, fc.constant(new Uint8Array())), tlvs)
      .map((parts) => joinBytes(...parts)),
  );
  const type = fc.constantFrom(HeaderType.Error, HeaderType.Done);
  let errors = 0;
  await fc.assert(
    fc.asyncProperty(type, fc.nat(0xffff), data, fc.boolean(), async (type, flags, data, known) => {
      const header = { length: 16 + data.length, type, flags, sequence: 1, pid: 1 };
      const request = known ? unmarshalMessage(getLink) : undefined;
      const error = await withNames(acknowledgedError("execute", { header, data }, request), names);
      const number = data.length < 4
        ? undefined
        : -new DataView(data.slice().buffer).getInt32(0, true);
      if (number === undefined ? type === HeaderType.Done : number <= 0) {
        assert.equal(error, undefined);
        return;
      }
      assert.ok(error instanceof OpError);
      assert.equal(error.errno, number);
      errors++;
    }),
    { numRuns: 3000 },
  );
  assert.ok(errors > 500, `${errors} errors`);
});
