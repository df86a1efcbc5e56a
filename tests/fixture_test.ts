import assert from "node:assert/strict";
import { test } from "node:test";
import { marshalMessage, unmarshalMessage } from "../lib/message.ts";
import { objectKinds } from "../lib/rtnetlink/kinds.ts";
import { decodeObject, encodeObject, type ObjectKind } from "../lib/rtnetlink/object_kind.ts";
import { checkEvents, eventsOf, readEvents, toHex } from "./object_helpers.ts";

/** How many messages of each kind the recording has. */
const counts: Record<string, number> = {
  link: 161,
  address: 73,
  route: 244,
  neighbour: 125,
  rule: 23,
  nexthop: 25,
  netconf: 126,
  nsid: 4,
  prefix: 2,
};

test("the recording has messages of every kind", () => {
  assert.deepEqual(objectKinds.map(({ name }) => name).sort(), Object.keys(counts).sort());
  for (const kind of objectKinds) assert.equal(eventsOf(kind).length, counts[kind.name], kind.name);
});

for (const kind of objectKinds) {
  test(`every recorded message of kind ${kind.name} is understood and given back`, () => {
    checkEvents(kind, counts[kind.name]);
  });

  test(`every recorded object of kind ${kind.name} has a key and can be printed`, () => {
    for (const { cmd, message } of eventsOf(kind)) {
      const object = decodeObject(kind, message.data);
      const key = kind.key(object);
      assert.ok(key.length > 0 && !/undefined|NaN|\[object/.test(key), `${key} after ${cmd}`);
      const json = kind.toIpJson(object);
      assert.deepEqual(JSON.parse(JSON.stringify(json)), json, cmd);
    }
  });

  test(`a copy of a recorded object of kind ${kind.name} is the same message`, () => {
    for (const { cmd, message } of eventsOf(kind)) {
      const copy: object = structuredClone(decodeObject(kind, message.data));
      assert.equal(toHex(encodeObject(kind as ObjectKind<object>, copy)), toHex(message.data), cmd);
    }
  });
}

test("every recorded message survives unmarshalling and marshalling, whatever its type", () => {
  const types = new Set<number>();
  for (const { bytes, message, type } of readEvents()) {
    types.add(type);
    assert.equal(message.header.type, type);
    assert.deepEqual(marshalMessage(unmarshalMessage(bytes)), bytes);
  }
  assert.equal(types.size, 30);
});
