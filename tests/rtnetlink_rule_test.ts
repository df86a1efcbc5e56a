import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeObject } from "../lib/rtnetlink/object_kind.ts";
import { type Rule, ruleAttributes, ruleKind } from "../lib/rtnetlink/rule.ts";
import { RuleAction, RuleFlags } from "../lib/rtnetlink/rule_constants.ts";
import { checkEvents, checkIpExamples, eventsOf } from "./object_helpers.ts";

const rule: Rule = {
  family: 2,
  dstLength: 0,
  srcLength: 0,
  tos: 0,
  headerTable: 254,
  action: RuleAction.ToTable,
  flags: 0,
  suppressPrefixLength: -1,
  table: 254,
  priority: 32766,
  protocol: 2,
};

test("ruleKind understands and gives back every recorded message", () => checkEvents(ruleKind, 23));

for (
  const [file, what, atLeast] of [["ip-live.jsonl", "of a kernel", 35], [
    "ip-made-up.jsonl",
    "that no kernel made",
    150,
  ]] as const
) {
  test(`ruleKind prints what ip printed for rules ${what}`, () => {
    checkIpExamples(ruleKind, file, atLeast, (object, json) => {
      const family = object.family === 2 ? "inet" : "inet6";
      assert.deepEqual(ruleKind.toIpJson(object), { family, ...json });
    });
  });
}

test("ruleKind.key() is readable", () => {
  assert.equal(ruleKind.key(rule), "inet 32766: action 1 protocol 2 table 254");
});

test("ruleKind.key() has all that a rule says", () => {
  const selectors: Partial<Record<keyof typeof ruleAttributes, unknown>> = {
    dst: "10.0.0.0",
    src: "10.0.0.0",
    iifName: "a",
    goto: 0,
    priority: 1,
    fwMark: 0,
    flow: 1,
    tunId: 0n,
    suppressIfgroup: 0,
    suppressPrefixLength: 0,
    table: 100,
    fwMask: 0,
    oifName: "a",
    l3mdev: 1,
    uidRange: { start: 1, end: 2 },
    protocol: 3,
    ipProto: 6,
    sportRange: { start: 1, end: 2 },
    dportRange: { start: 1, end: 2 },
    dscp: 0,
    flowLabel: 0,
    flowLabelMask: 1,
    sportMask: 1,
    dportMask: 1,
    dscpMask: 1,
  };
  assert.deepEqual(Object.keys(selectors).sort(), Object.keys(ruleAttributes).sort());
  const headers = { family: 10, dstLength: 1, srcLength: 1, tos: 4, action: 2 };
  const variants = [
    {},
    ...Object.entries({ ...selectors, ...headers }).map(([name, value]) => ({ [name]: value })),
    { flags: RuleFlags.Invert },
    { uidRange: { start: 1, end: 3 } },
    { attribute99: new Uint8Array([1]) },
    { attribute99: new Uint8Array([2]) },
    { attribute99: [new Uint8Array([1]), new Uint8Array([2])] },
  ];
  const keys = variants.map((changes) => ruleKind.key({ ...rule, ...changes } as Rule));
  assert.equal(new Set(keys).size, keys.length);
});

test("ruleKind.key() has nothing that changes by itself, or that says nothing", () => {
  const same: Array<Partial<Rule>> = [
    { flags: RuleFlags.IifDetached | RuleFlags.OifDetached | RuleFlags.Unresolved },
    { suppressIfgroup: -1 },
    { suppressPrefixLength: undefined },
    { table: undefined },
    { headerTable: 252 },
  ];
  for (const changes of same) {
    assert.equal(ruleKind.key({ ...rule, ...changes }), ruleKind.key(rule));
  }
  const reordered = Object.fromEntries(Object.entries(rule).reverse()) as unknown as Rule;
  assert.equal(ruleKind.key(reordered), ruleKind.key(rule));
});

test("ruleKind.key() of a deletion is that of what it deletes", () => {
  const events = eventsOf(ruleKind);
  const keysOf = (type: number | undefined) =>
    events.filter((event) => event.type === type)
      .map(({ message }) => ruleKind.key(decodeObject(ruleKind, message.data)));
  const added = keysOf(ruleKind.newType);
  assert.equal(new Set(added).size, added.length);
  for (const key of keysOf(ruleKind.deleteType)) assert.ok(added.includes(key), key);
});
