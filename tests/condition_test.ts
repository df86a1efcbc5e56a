import assert from "node:assert/strict";
import { ConditionError, NetworkMirror, parseConditions } from "../lib/monitor/mod.ts";
import { delay, makeNamespace, noNamespaces } from "./harness.ts";
import { test } from "./netlink.ts";

const skip = noNamespaces;

test("parseConditions() reads words, however they are quoted", {}, () => {
  const texts = ["eth0 up", "eth0 address 10.0.0.1/24", "route default dev eth0", "not eth1 gone"];
  const wanted = [...texts, "eth0 address", "br0 mtu 1500", "route ::/0 via fe80::1", "a.b down"];
  const parsed = (words: string[]) => parseConditions(words).map(({ text }) => text);
  assert.deepEqual(parsed(wanted), wanted);
  assert.deepEqual(parsed([wanted.join(" ")]), wanted);
  assert.deepEqual(parsed(wanted.join(" ").split(" ")), wanted);
  assert.deepEqual(parsed(["  eth0\tup ", "", "lo", "exists\n"]), ["eth0 up", "lo exists"]);
});

const verbs = "up, down, exists, gone, carrier, address, mtu";
const network = "default, or a network such as 10.0.0.0/8 without bits behind its prefix";
const address = "an address such as 10.0.0.1 or 10.0.0.1/24";

const wrong: Array<[texts: string[], message: string]> = [
  [[], "No condition: expected IFACE, route or not"],
  [[" ", ""], "No condition: expected IFACE, route or not"],
  [["10.0.0.1/8 up"], 'Bad condition "10.0.0.1/8": expected IFACE, route or not'],
  [["eth0"], `Bad condition "eth0": expected ${verbs} after "eth0"`],
  [["lo up eth0 upp"], `Bad condition "eth0 upp": expected ${verbs} after "eth0"`],
  [["eth0 toString"], `Bad condition "eth0 toString": expected ${verbs} after "eth0"`],
  [["lo up", "not"], 'Bad condition "not": expected IFACE, route or not after "not"'],
  [["eth0 mtu"], 'Bad condition "eth0 mtu": expected a number of bytes after "eth0 mtu"'],
  [["eth0 mtu 1e3"], 'Bad condition "eth0 mtu 1e3": expected a number of bytes after "eth0 mtu"'],
  [
    ["eth0 address 10.0.0.256"],
    `Bad condition "eth0 address 10.0.0.256": expected ${address} after "eth0 address"`,
  ],
  [
    ["eth0 address 10.0.0.1/33"],
    `Bad condition "eth0 address 10.0.0.1/33": expected ${address} after "eth0 address"`,
  ],
  [["route"], `Bad condition "route": expected ${network} after "route"`],
  [["route 10.0.0.1/8"], `Bad condition "route 10.0.0.1/8": expected ${network} after "route"`],
  [["route eth0"], `Bad condition "route eth0": expected ${network} after "route"`],
  [
    ["route default via eth0"],
    'Bad condition "route default via eth0": expected the address of a gateway after "route default via"',
  ],
  [
    ["route default dev"],
    'Bad condition "route default dev": expected IFACE after "route default dev"',
  ],
];

test("parseConditions() says what is wrong, where, and what it expected", {}, () => {
  for (const [texts, message] of wrong) {
    assert.throws(() => parseConditions(texts), (error) => {
      assert.ok(error instanceof ConditionError);
      assert.equal(error.message, message);
      return true;
    });
  }
});

/** Conditions that hold, and those that do not, each with what is the case. */
const facts: Array<[text: string, met: boolean, fact: string]> = [
  ["lo up", true, "lo is UNKNOWN"],
  ["v0 up", true, "v0 is UP"],
  ["v0 down", false, "v0 is UP"],
  ["not v0 down", true, "v0 is UP"],
  ["w0 up", false, "w0 is LOWERLAYERDOWN, without a carrier"],
  ["w0 down", true, "w0 is LOWERLAYERDOWN, without a carrier"],
  ["w1 up", false, "w1 is switched off"],
  ["w1 down", true, "w1 is switched off"],
  ["w9 up", false, "there is no link w9"],
  ["w9 down", false, "there is no link w9"],
  ["not w9 up", true, "there is no link w9"],
  ["w9 gone", true, "there is no link w9"],
  ["w9 exists", false, "there is no link w9"],
  ["v0 exists", true, "there is a link v0"],
  ["an-alternative-name exists", true, "there is a link an-alternative-name"],
  ["v0 gone", false, "there is a link v0"],
  ["v0 carrier", true, "v0 has a carrier"],
  ["w0 carrier", false, "w0 has no carrier"],
  ["w1 carrier", false, "w1 is switched off"],
  ["v0 mtu 1400", true, "v0 has mtu 1400"],
  ["v0 mtu 1500", false, "v0 has mtu 1400"],
  ["v0 address", true, "v0 has 10.0.0.1/24, 10.0.1.1/32, 2001:db8::1/64"],
  ["v0 address 10.0.0.1", true, "v0 has 10.0.0.1/24, 10.0.1.1/32, 2001:db8::1/64"],
  ["v0 address 10.0.0.1/24", true, "v0 has 10.0.0.1/24, 10.0.1.1/32, 2001:db8::1/64"],
  ["v0 address 10.0.0.1/25", false, "v0 has 10.0.0.1/24, 10.0.1.1/32, 2001:db8::1/64"],
  ["v0 address 10.0.1.1", true, "v0 has 10.0.0.1/24, 10.0.1.1/32, 2001:db8::1/64"],
  ["v0 address 10.0.1.2", false, "v0 has 10.0.0.1/24, 10.0.1.1/32, 2001:db8::1/64"], // its peer's
  ["v0 address 2001:DB8:0::1/64", true, "v0 has 10.0.0.1/24, 10.0.1.1/32, 2001:db8::1/64"],
  ["v1 address", false, "v1 has fe80::1/64"],
  ["v1 address fe80::1", true, "v1 has fe80::1/64"],
  ["w1 address", false, "w1 has no address"],
  ["br0 address 2001:db8::7", false, "br0 has 2001:db8::7/64 (tentative)"],
  ["lo address", true, "lo has 127.0.0.1/8, ::1/128"],
  ["route default", true, "route default is via 10.0.0.9 dev v0, unreachable"],
  ["route 0.0.0.0/0", true, "route default is via 10.0.0.9 dev v0"],
  ["route ::/0", false, "route default is unreachable"],
  ["route default via 10.0.0.9", true, "route default is via 10.0.0.9 dev v0, unreachable"],
  ["route default via 10.0.0.8", false, "route default is via 10.0.0.9 dev v0, unreachable"],
  ["route default dev v0", true, "route default is via 10.0.0.9 dev v0, unreachable"],
  ["route default dev v1", false, "route default is via 10.0.0.9 dev v0, unreachable"],
  ["route default dev w9", false, "route default is via 10.0.0.9 dev v0, unreachable"],
  ["route 10.0.0.0/24", true, "route 10.0.0.0/24 is dev v0"],
  ["route 10.0.0.0/16", false, "there is no route 10.0.0.0/16"],
  ["not route 10.0.0.0/16", true, "there is no route 10.0.0.0/16"],
  ["route 10.1.0.0/16", false, "there is no route 10.1.0.0/16"], // it is in another table
  ["route 10.2.0.0/16", false, "route 10.2.0.0/16 is blackhole"],
  [
    "route 10.3.0.0/16 via 10.0.0.8",
    true,
    "route 10.3.0.0/16 is via 10.0.0.7 dev v0, via 10.0.0.8 dev v0",
  ],
  ["route 10.4.0.0/16 dev w0", false, "route 10.4.0.0/16 is dev w0 (without a carrier)"],
  [
    "route 10.5.0.0/16 via 10.0.0.5",
    true,
    "route 10.5.0.0/16 is via 10.0.0.5 dev v0, via 10.0.0.6 dev v0",
  ],
  ["route 10.6.0.0/16 via 2001:db8::9", true, "route 10.6.0.0/16 is via 2001:db8::9 dev v0"],
  ["route 10.9.9.9", true, "route 10.9.9.9/32 is dev v0"],
  ["route 2001:db8:1::/48", true, "route 2001:db8:1::/48 is via 2001:db8::9 dev v0"],
];

test("conditions hold, or not, as the kernel says", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.run(
    "sysctl",
    "-qw",
    "net.ipv6.conf.default.addr_gen_mode=1",
    "net.ipv4.nexthop_compat_mode=0",
  );
  const failed = ns.batch([
    "link add v0 mtu 1400 type veth peer name v1",
    "link add w0 type veth peer name w1",
    "link add br0 type bridge",
    ...["v0", "v1", "w0", "br0"].map((name) => `link set ${name} up`),
    "link property add dev v0 altname an-alternative-name",
    "addr add 10.0.0.1/24 dev v0",
    "addr add 10.0.1.1 peer 10.0.1.2/32 dev v0",
    "addr add 2001:db8::1/64 dev v0 nodad",
    "addr add 2001:db8::7/64 dev br0",
    "addr add fe80::1/64 dev v1 nodad",
    "route add default via 10.0.0.9",
    "route add unreachable ::/0",
    "route add 10.1.0.0/16 via 10.0.0.9 table 7",
    "route add blackhole 10.2.0.0/16",
    "route add 10.3.0.0/16 nexthop via 10.0.0.7 nexthop via 10.0.0.8",
    "route add 10.4.0.0/16 dev w0",
    "nexthop add id 5 via 10.0.0.5 dev v0",
    "nexthop add id 6 via 10.0.0.6 dev v0",
    "nexthop add id 7 group 5/6",
    "route add 10.5.0.0/16 nhid 7",
    "route add 10.6.0.0/16 via inet6 2001:db8::9 dev v0",
    "route add 10.9.9.9 dev v0",
    "route add 2001:db8:1::/48 via 2001:db8::9",
  ]);
  assert.equal(failed, 0);
  using mirror = await NetworkMirror.open({ netNS: { pid: ns.pid } });
  for (
    let i = 0;
    i < 100 &&
    [...mirror.links.values()].some(({ name, operState }) => name === "v0" && operState !== 6);
    i++
  ) {
    await delay(20);
  }
  const found = parseConditions(facts.map(([text]) => text)).map(({ text, check }) => {
    const { met, fact } = check(mirror);
    return [text, met, fact];
  });
  assert.deepEqual(found, facts);
});
