import assert from "node:assert/strict";
import { test } from "node:test";
import { filter, type FilterMessage, matches, type Predicate } from "../lib/bpf/mod.ts";
import {
  encodeObject,
  ExpressionError,
  type KindName,
  objectKinds,
  parsePredicate,
} from "../lib/rtnetlink/mod.ts";

/** By kind the types of its messages, and the length of what stands before the attributes. */
const kinds = {
  link: [16, 17, 16],
  route: [24, 25, 12],
  neighbour: [28, 29, 12],
  netconf: [80, 81, 4],
} as const;

/** A test of an attribute of a kind. */
function attribute(kind: keyof typeof kinds, type: number, test: object): Predicate {
  const [added, removed, header] = kinds[kind];
  return { type: [added, removed], attribute: { header, path: [type], ...test } };
}

/** Expressions, and the predicates that they are. */
const meanings: [text: string, predicate: Predicate][] = [
  ["link", { type: [16, 17] }],
  ["prefix", { type: 52 }],
  ["action == delete", { type: [17, 21, 105, 25, 29, 33, 81, 89] }],
  ["action != delete", { type: [16, 20, 104, 24, 28, 32, 80, 88, 52] }],
  ["family == inet6", { family: 10 }],
  ["family in [inet, 28]", { family: [2, 28] }],
  ["table == main", { table: 254 }],
  ["route.table == 0x3e8", { type: [24, 25], table: 1000 }],
  ["ifindex == 5", { ifindex: 5 }],
  ["link.index == 5", { type: [16, 17], ifindex: 5 }],
  ['link.name == "wg0"', attribute("link", 3, { string: "wg0" })],
  ["link.name == br-lan.100", attribute("link", 3, { string: "br-lan.100" })],
  ['name in [wg0, "wg\\u0031"]', {
    type: [16, 17],
    or: [
      { attribute: { header: 16, path: [3], string: "wg0" } },
      { attribute: { header: 16, path: [3], string: "wg1" } },
    ],
  }],
  ["link.mtu==1500", attribute("link", 4, { uint32: 1500 })],
  ["link.mtu < 1500", attribute("link", 4, { uint32: { min: 0, max: 1499 } })],
  ["link.mtu >= 1500", attribute("link", 4, { uint32: { min: 1500, max: 0xffff_ffff } })],
  ["link.mtu in 1400 .. 1500", attribute("link", 4, { uint32: { min: 1400, max: 1500 } })],
  ["link.mtu in [1, 2, 3]", attribute("link", 4, { uint32: [1, 2, 3] })],
  ["link.operState == LOWER_LAYER-down", attribute("link", 16, { uint8: 3 })],
  ["link.flags has up", {
    type: [16, 17],
    field: { offset: 8, size: 4, value: { mask: 1, value: 1 } },
  }],
  ["link.flags has [up, lowerUp]", {
    type: [16, 17],
    field: { offset: 8, size: 4, value: { mask: 0x1_0001, value: 0x1_0001 } },
  }],
  ["route.gateway", attribute("route", 5, {})],
  ["route.dport == 80", attribute("route", 29, { uint16: 80, byteOrder: "big" })],
  ["netconf.ifindex == all", attribute("netconf", 1, { uint32: 0xffff_ffff })],
  [
    "netconf.rpFilter < 0",
    attribute("netconf", 3, { uint32: { min: 0x8000_0000, max: 0xffff_ffff } }),
  ],
  [
    "neighbour.lladdr == 02:00:00:00:00:01",
    attribute("neighbour", 2, { bytes: Uint8Array.of(2, 0, 0, 0, 0, 1) }),
  ],
  [
    "route.gateway in 10.64.0.0/10",
    attribute("route", 5, { bytes: Uint8Array.of(10, 64, 0, 0), bits: 10 }),
  ],
  ["route.dst == 10.0.0.0/8", {
    type: [24, 25],
    family: [2, 128],
    field: { offset: 1, size: 1, value: 8 },
    attribute: { header: 12, path: [1], bytes: Uint8Array.of(10, 0, 0, 0) },
  }],
  ['link.linkInfo.kind == "veth"', {
    type: [16, 17],
    attribute: { header: 16, path: [18, 1], string: "veth" },
  }],
  ["link.linkInfo.data.gbp", {
    and: [
      { type: [16, 17] },
      { attribute: { header: 16, path: [18, 1], string: ["vxlan"] } },
      { attribute: { header: 16, path: [18, 2, 23] } },
    ],
  }],
  ["link.mtu != 1", {
    type: [16, 17],
    attribute: { header: 16, path: [4] },
    not: { type: [16, 17], attribute: { header: 16, path: [4], uint32: 1 } },
  }],
  [
    "link or address and not (route or not\tfamily == 2)\n",
    {
      or: [
        { type: [16, 17] },
        { type: [20, 21], not: { or: [{ type: [24, 25] }, { not: { family: 2 } }] } },
      ],
    },
  ],
];

for (const [text, predicate] of meanings) {
  test(`parsePredicate() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parsePredicate(text), predicate);
    filter(predicate);
  });
}

/** The message that an object is new, or gone. */
function message(kind: KindName, object: object, action = "new"): FilterMessage {
  const found = objectKinds.find(({ name }) => name === kind)!;
  const type = action === "new" ? found.newType : found.deleteType!;
  return { header: { type, flags: 0 }, data: encodeObject(found, object) };
}

const vlan = { kind: "vlan", data: { id: 7, flags: { flags: 1, mask: 0xffff_ffff } } };
const vxlan = { kind: "vxlan", data: { id: 70_000, learning: false, gbp: true } };
const port = { kind: "veth", slaveKind: "bridge", slaveData: { state: 3, learning: true } };

/** Objects with expressions that hold for them, and some that do not. */
const judgements: [kind: KindName, object: object, holds: string[], not: string[]][] = [
  [
    "link",
    { index: 3, flags: 0x1_1043, name: "wg0", mtu: 1420, operState: 6 },
    [
      "link",
      "mtu > 1419 and mtu <= 1420",
      "link.operState == up and link.flags has [up, running]",
      "not link.flags has noArp",
      "index == 3",
      "action == new",
      "not link.alias",
      "not link.alias == x",
    ],
    ["link.name != wg0", "link.alias != x", "link.address", "family == inet", "not not address"],
  ],
  [
    "link",
    { linkInfo: vlan },
    ["linkInfo.data.id == 7", "linkInfo.data.id < 70000", "link.linkInfo.data.id != 70000"],
    ["linkInfo.data.id == 70000", "link.linkInfo.data.id == 8", "link.linkInfo.data.learning"],
  ],
  [
    "link",
    { linkInfo: vxlan },
    [
      "linkInfo.data.id == 70000",
      "link.linkInfo.data.gbp",
      "link.linkInfo.data.gbp == true",
      "link.linkInfo.data.learning == false",
      "link.linkInfo.data",
    ],
    ["linkInfo.data.id < 70000", "link.linkInfo.data.learning", "link.linkInfo.data.gbp != true"],
  ],
  [
    "link",
    { linkInfo: port },
    ["link.linkInfo.slaveData.state == forwarding", "linkInfo.slaveData.learning"],
    ["link.protInfo.state == forwarding", "linkInfo.data"],
  ],
  [
    "link",
    { family: 7, protInfo: { state: 3 } },
    ["link.protInfo.state == forwarding"],
    ["link.protInfo.state == disabled"],
  ],
  [
    "address",
    { family: 2, index: 4, prefixLength: 24, address: "10.1.2.3", local: "10.1.2.3", flags: 128 },
    [
      "address.address in 10.0.0.0/8",
      "address.local == 10.1.2.3/24",
      "address.local in [fd00::/8, 10.1.0.0/16]",
      'address.address == "10.1.2.3"',
      "address.address in 10.1.2.3/0",
      "local in 10.1.2.2/31",
      "address.flags has permanent",
      "ifindex == 4",
    ],
    [
      "address.address in 11.0.0.0/8",
      "address.local == 10.1.2.3/25",
      "address.address in ::/0",
      "address.local != 10.1.2.3/24",
      "table == 0",
    ],
  ],
  [
    "route",
    { family: 2, dstLength: 16, headerTable: 252, protocol: 4, dst: "10.1.0.0", table: 1000 },
    [
      "route.dst in 10.0.0.0/8",
      "route.dst in 0.0.0.0/0",
      "route.dst == 10.1.0.0/16",
      "route.dst == 10.1.0.0",
      "route.dst in 10.1.0.0/16",
      "route.dst in [fd00::/8, 10.0.0.0/8]",
      "dst in [10.0.0.0/8, fd00::/8, 9.9.9.9]",
      "route.table == 1000 and table > 255",
      "protocol == static",
    ],
    ["route.dst in 10.1.0.0/17", "route.dst in ::/0", "route.dst == 0.0.0.0/0", "route.gateway"],
  ],
  [
    "route",
    { family: 10, headerTable: 254 },
    ["route.dst == ::/0", "route.dst in ::/0", "table == main", "not route.dst"],
    ["route.dst == 0.0.0.0/0", "route.dst in 0.0.0.0/0", "route.dst != ::/0"],
  ],
  // A label whose bytes are those of an IPv4 address.
  [
    "route",
    { family: 28, dstLength: 20, dst: "40976" },
    ["route.dst", "route.dst != 10.1.1.0"],
    ["route.dst == 10.1.1.0", "route.dst in 0.0.0.0/0"],
  ],
  [
    "rule",
    { family: 10, dstLength: 0, srcLength: 32, src: "2001:db8::", action: 1, table: 7 },
    ["rule.dst == ::/0", "rule.src in 2001:db8::/32", "rule.action == toTable", "table == 7"],
    ["rule.dst == 0.0.0.0/0", "rule.src in 2001:db8::/33"],
  ],
];

for (const [kind, object, holds, not] of judgements) {
  test(`an expression judges ${kind} ${JSON.stringify(object)}`, () => {
    const subject = message(kind, object);
    for (const text of holds) assert.equal(matches(parsePredicate(text), subject), true, text);
    for (const text of not) assert.equal(matches(parsePredicate(text), subject), false, text);
  });
}

test("an expression tells new from delete", () => {
  const gone = message("address", { family: 2, address: "10.0.0.1" }, "delete");
  assert.ok(matches(parsePredicate("address and action == delete"), gone));
  assert.ok(!matches(parsePredicate("address and action in [new]"), gone));
});

/** Mistakes, where they are and what is said of them. */
const mistakes: [text: string, position: number, message: string][] = [
  ["", 0, 'Found the end: expected a name such as "link.mtu", "not" or "("'],
  [" \n", 2, 'Found the end: expected a name such as "link.mtu", "not" or "("'],
  ["link and", 8, 'Found the end: expected a name such as "link.mtu", "not" or "("'],
  ["not", 3, 'Found the end: expected a name such as "link.mtu", "not" or "("'],
  ["and link", 0, 'Found "and": expected a name such as "link.mtu", "not" or "("'],
  ["5 == link.mtu", 0, 'Found "5": expected a name such as "link.mtu", "not" or "("'],
  ["link.", 0, 'Found "link.": expected a name such as "link.mtu", "not" or "("'],
  ["(link", 5, 'Found the end: expected "and", "or" or ")"'],
  ["(link mtu", 6, 'Found "mtu": expected "and", "or" or ")"'],
  ["link)", 4, 'Found ")": expected "and", "or" or the end'],
  ["link && address", 5, 'Found "&&": expected "and", "or" or the end'],
  ["link.mtu == 1500 mtu", 17, 'Found "mtu": expected "and", "or" or the end'],
  [
    "link.mtu = 1500",
    9,
    'Found "=": expected "==", "!=", "<", "<=", ">", ">=", "in", "has", "and", "or" or the end',
  ],
  ["lnik.mtu == 1", 0, 'There is no kind and no field "lnik": did you mean link?'],
  ["neighbor", 0, 'There is no kind and no field "neighbor": did you mean neighbour?'],
  ["Operstate == 6", 0, 'There is no kind and no field "Operstate": did you mean operState?'],
  [
    "whatever",
    0,
    'There is no kind and no field "whatever": expected link, address, nexthop, route, neighbour, ' +
    "rule, netconf, nsid, prefix, action, family, ifindex or table",
  ],
  ["link.mut == 1500", 5, 'link has no field "mut": did you mean mtu?'],
  ["link.linkInfo.dta.id == 1", 14, 'link.linkInfo has no field "dta": did you mean data?'],
  ["link.linkInfo.data.idd == 1", 19, 'link.linkInfo.data has no field "idd": did you mean id?'],
  [
    "nsid.constructor",
    5,
    'nsid has no field "constructor": expected family, nsid, pid, fd, targetNsid or currentNsid',
  ],
  ["link.mtu.low == 1", 9, "link.mtu has no fields that can be asked for"],
  ["address == 10.0.0.1", 8, "address is a kind, of which only fields can be compared: expected "],
  ["link.flags", 10, 'link.flags is always there: expected "==", '],
  ["action", 6, 'Found the end: expected "==", "!=" or "in"'],
  ["action has new", 7, 'Found "has": expected "==", "!=" or "in"'],
  ["action == gone", 10, 'Found "gone": expected new or delete'],
  ["link.mtu ==", 11, "Found the end: expected a number"],
  ["link.mtu == (5)", 12, 'Found "(": expected a number'],
  ['link.mtu == "5"', 12, 'Found "5": expected a number'],
  ["link.mtu == 5m", 12, 'Found "5m": expected a number'],
  ["link.mtu == 4294967296", 12, "link.mtu is never 4294967296: expected a number from 0 to 429"],
  ["link.mtu < -1", 11, "link.mtu is never -1: expected a number from 0 to 4294967295"],
  ["netconf.rpFilter in [0, 2147483648]", 24, "netconf.rpFilter is never 2147483648: expected a"],
  ["link.linkInfo.data.id > 0x100000000", 24, "link.linkInfo.data.id is never 0x100000000: "],
  ["link.operState == upp", 18, 'Found "upp": did you mean up?'],
  ["table == 'main'", 9, 'Found "\'": expected a number, unspec, compat, default, main or local'],
  ["link.carrier == true", 16, 'Found "true": expected a number'],
  ["link.linkInfo.data.gbp == 1", 26, 'Found "1": expected true or false'],
  ["link.linkInfo.data.rsc > false", 23, 'link.linkInfo.data.rsc is true or false: expected "=="'],
  ["link.flags has 0", 15, "0 has no bits: expected a value with some"],
  ["link.flags has 1..2", 18, "A range has no bits: expected one value or a list of values"],
  ["link.mtu in [1, 2", 17, 'Found the end: expected "," or "]"'],
  ["link.mtu in []", 13, 'Found "]": expected a number'],
  ["link.mtu in [1,]", 15, 'Found "]": expected a number'],
  ["link.mtu in 5..1", 15, "There is nothing from 5 to 1: expected a range that begins with"],
  ["link.name < wg0", 10, 'link.name is a text: expected "==", "!=" or "in"'],
  ["link.name == and", 13, 'Found "and": expected a text'],
  ['link.name == "wg0', 13, 'The text does not end: expected a closing "'],
  ['link.name == "\\x41"', 13, '"\\x41" is no text: expected a text as in JSON'],
  ['link.name == "a\\u0000"', 13, '"a\\u0000" is no text: expected one without NUL'],
  ["link.name in [a..b]", 17, 'link.name is a text, of which there are no ranges: expected ","'],
  ["link.address == 02:zz", 16, 'Found "02:zz": expected bytes such as 02:00:00:00:00:01'],
  ["route.gateway == 10.0.0.300", 17, 'Found "10.0.0.300": expected an address such as'],
  ["route.gateway == 10.0.0.0/8", 17, "route.gateway has no prefix, but may lie in one: "],
  ["route.dst in [10.0.0.0/8, fd00::/8, lo]", 36, 'Found "lo": expected an address such'],
  ["flags has [up, permanent]", 15, 'Found "permanent": expected a number'],
  ["route.dst in 10.0.0.0/33", 22, 'Found "10.0.0.0/33": expected a prefix of 0 to 32 bits'],
  ["route.dst == 10.0.0.1/8", 13, "10.0.0.1/8 has bits behind its prefix: expected the first"],
  ["link.stats64 == 1", 0, "link.stats64 is a structure and cannot be compared, only whether it"],
  ["route.multipath == 1", 0, "route.multipath is a list and cannot be compared, only whether"],
  ["rule.tunId == 1", 0, "rule.tunId is a 64-bit number and cannot be compared, only whether"],
  ["route.expires == 1", 0, "route.expires is of a form of its own and cannot be compared, only"],
  ["link.linkInfo == 1", 0, "link.linkInfo is an object with fields of its own and cannot be"],
  ["(".repeat(200), 101, "Conditions are nested more than 100 deep"],
  ["not ".repeat(200), 404, "Conditions are nested more than 100 deep"],
];

for (const [text, position, expected] of mistakes) {
  test(`parsePredicate() tells where ${JSON.stringify(text.slice(0, 40))} is wrong`, () => {
    assert.throws(() => parsePredicate(text), (error) => {
      assert.ok(error instanceof ExpressionError, `${error}`);
      const start = `Filter expression, position ${position}: ${expected}`;
      assert.equal(error.message.slice(0, start.length), start);
      assert.equal(error.position, position);
      return true;
    });
  });
}

function errorOf(text: string): ExpressionError {
  try {
    parsePredicate(text);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`${text} is an expression`);
}

test("an ExpressionError shows the line with a caret, and lists what could stand there", () => {
  assert.equal(errorOf("link.mut == 1").excerpt, "link.mut == 1\n     ^");
  assert.equal(errorOf("link\nor\tlnik\nor address").excerpt, "or\tlnik\n  \t^");
  const long = errorOf(`${"link or ".repeat(1000)}lnik${" or link".repeat(1000)}`);
  assert.deepEqual(long.excerpt.split("\n").map(({ length }) => length), [120, 61]);
  assert.ok(errorOf("link.mut == 1").expected.includes("mtu"));
  assert.deepEqual(errorOf("action == x").expected, ["new", "delete"]);
});

test("an expression may be very long", () => {
  const count = 70_000;
  const numbers = Array.from({ length: count }, (_, i) => 2 * i);
  const texts = [
    `link.index in [${numbers.join()}]`,
    numbers.map((number) => `link.index == ${number}`).join(" or "),
  ];
  const [wanted, other] = [2 * count - 2, 2 * count - 3].map((index) => message("link", { index }));
  for (const text of texts) {
    const predicate = parsePredicate(text);
    assert.ok(matches(predicate, wanted));
    assert.ok(!matches(predicate, other));
  }
  const name = "x".repeat(1_000_000);
  const named = matches(parsePredicate(`link.name == "${name}"`), message("link", { name: "x" }));
  assert.equal(named, false);
  assert.throws(() => parsePredicate(`link.${name}`), ExpressionError);
});
