import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, AddressFlags, addressFlags, addressKind } from "../lib/rtnetlink/address.ts";
import { encodeObject } from "../lib/rtnetlink/object_kind.ts";
import { checkEvents, checkIpExamples, eventsOf } from "./object_helpers.ts";
import { decodeObject } from "../lib/rtnetlink/object_kind.ts";

const v4: Address = {
  family: 2,
  prefixLength: 24,
  headerFlags: 0x80,
  scope: 0,
  index: 3,
  address: "10.0.0.1",
  local: "10.0.0.1",
};
const v6: Address = {
  family: 10,
  prefixLength: 64,
  headerFlags: 0x80,
  scope: 0,
  index: 3,
  address: "2001:db8::1",
};

test("addressKind understands and gives back every recorded message", () => {
  checkEvents(addressKind, 70);
});

test("addressKind prints what ip printed for addresses of a kernel", () => {
  checkIpExamples(addressKind, "ip-live.jsonl", 30, (address, json, links) => {
    assert.deepEqual(addressKind.toIpJson(address, links), json);
  });
});

test("addressKind prints what ip printed for addresses that no kernel made", () => {
  checkIpExamples(addressKind, "ip-made-up.jsonl", 90, (address, json, links) => {
    assert.deepEqual(addressKind.toIpJson(address, links), json);
  });
});

test("addressKind.key() tells IPv4 addresses apart as the kernel does", () => {
  const keyOf = (changes: Partial<Address>) => addressKind.key({ ...v4, ...changes });
  assert.equal(keyOf({}), "3 10.0.0.1/24");
  assert.notEqual(keyOf({ index: 4 }), keyOf({}));
  assert.notEqual(keyOf({ prefixLength: 25 }), keyOf({}));
  assert.notEqual(keyOf({ address: "10.0.0.2", local: "10.0.0.2" }), keyOf({}));
  assert.equal(keyOf({ address: "10.0.0.9" }), keyOf({}), "a peer in the same subnet");
  assert.notEqual(keyOf({ address: "10.0.1.9" }), keyOf({}), "a peer in another subnet");
  assert.equal(keyOf({ label: "v0:1", flags: 1, scope: 253, headerFlags: 0 }), keyOf({}));
  assert.equal(keyOf({ address: "200.0.0.1", prefixLength: 0 }), keyOf({ prefixLength: 0 }));
  const one = keyOf({ address: "10.0.1.9" });
  assert.equal(one, "3 10.0.0.1/24 peer 10.0.1.0");
  assert.equal(keyOf({ address: "10.0.1.77" }), one, "another peer in the peer's subnet");
});

test("addressKind.key() masks a peer at any bit", () => {
  const peers = [0, 1, 9, 20, 31, 32].map((prefixLength) =>
    addressKind.key({ ...v4, local: "0.0.0.0", address: "255.255.255.255", prefixLength })
  );
  assert.deepEqual(peers.map((key) => key.split(" peer ")[1]), [
    undefined,
    "128.0.0.0",
    "255.128.0.0",
    "255.255.240.0",
    "255.255.255.254",
    "255.255.255.255",
  ]);
});

test("addressKind.key() tells IPv6 addresses apart by link and address alone", () => {
  const keyOf = (changes: Partial<Address>) => addressKind.key({ ...v6, ...changes });
  assert.equal(keyOf({}), "3 2001:db8::1");
  assert.equal(keyOf({ prefixLength: 128 }), keyOf({}));
  assert.equal(keyOf({ local: "2001:db8::1", address: "2001:db8::2" }), keyOf({}));
  assert.notEqual(keyOf({ address: "2001:db8::2" }), keyOf({}));
  assert.notEqual(keyOf({ index: 4 }), keyOf({}));
});

test("addressKind.key() of a deletion is that of what it deletes", () => {
  const present = new Set<string>();
  let deleted = 0;
  for (const { type, message } of eventsOf(addressKind)) {
    const key = addressKind.key(decodeObject(addressKind, message.data));
    if (type === addressKind.newType) present.add(key);
    else if (present.delete(key)) deleted++;
  }
  assert.ok(deleted >= 15, `${deleted} deletions`);
});

test("addressFlags() prefers the attribute to the header", () => {
  assert.equal(addressFlags(v4), AddressFlags.Permanent);
  assert.equal(
    addressFlags({ ...v4, flags: AddressFlags.NoPrefixRoute }),
    AddressFlags.NoPrefixRoute,
  );
});

test("addressKind names a link that is not known by its index", () => {
  assert.equal(addressKind.toIpJson(v4).ifname, "if3");
});

test("encodeObject() refuses a prefix length that does not fit", () => {
  assert.throws(() => encodeObject(addressKind, { ...v4, prefixLength: 256 }), {
    name: "AttributeError",
    message: "prefixLength: 256 is not a uint8: expected a whole number from 0 to 255",
  });
});
