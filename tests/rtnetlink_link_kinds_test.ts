import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Link } from "../lib/rtnetlink/link/attributes.ts";
import {
  NetkitMode,
  NetkitPairing,
  NetkitPolicy,
  NetkitScrub,
} from "../lib/rtnetlink/link/info_netkit.ts";
import { linkKind } from "../lib/rtnetlink/link/link.ts";
import { decodeObject, encodeObject, type IpJson } from "../lib/rtnetlink/object_kind.ts";
import { kinds, slaveKinds } from "./link_arbitraries.ts";
import { checkLinkExamples, decodeLink, ether, readLinkExamples } from "./link_examples.ts";
import { eventsOf, rawAttributes, toHex } from "./object_helpers.ts";

/** Links of kinds that the tests' own kernel may not have; the file says where they come from. */
const examples = readLinkExamples("ip-link-kinds.jsonl");

test("linkKind prints what ip printed for links of each kind on a 6.1 kernel that pads", () => {
  assert.equal(checkLinkExamples(examples, /^6\.1$/), 35);
});

test("linkKind prints what ip printed for links of each kind on a 7.2 kernel", () => {
  assert.equal(checkLinkExamples(examples, /^7\.2$/), 96);
});

test("linkKind prints what ip printed for links of each kind that no kernel made", () => {
  assert.equal(checkLinkExamples(examples, /^made up$/), 130);
});

/** What sort of link the one of this name is on the 7.2 kernel. */
function infoOf(name: string): Link["linkInfo"] {
  const { hex } = examples.find(({ set, json }) => set === "7.2" && json?.ifname === name)!;
  return decodeLink(hex!).linkInfo;
}

/** Some fields of an object. */
function pick(object: object | undefined, ...keys: string[]): unknown {
  return Object.fromEntries(keys.map((key) => [key, (object as Record<string, unknown>)[key]]));
}

test("decodeObject() reads what ip 6.1 does not print, or as another type", () => {
  const geneve = infoOf("gx0")?.data;
  assert.deepEqual(pick(geneve, "local", "portRange"), {
    local: "192.0.2.78",
    portRange: { low: 1, high: 65535 },
  });
  assert.deepEqual(pick(infoOf("gr1")?.data, "pmtudisc", "ignoreDf"), {
    pmtudisc: false,
    ignoreDf: true,
  });
  assert.deepEqual(pick(infoOf("gx1")?.data, "local6"), { local6: "2001:db8::78" });
  assert.deepEqual(pick(infoOf("hx0")?.data, "version", "interlink"), {
    version: 1,
    interlink: 97,
  });
  const bond = ["coupledControl", "broadcastNeigh", "lacpStrict"];
  assert.deepEqual(pick(infoOf("bx0")?.data, ...bond), {
    coupledControl: 0,
    broadcastNeigh: 1,
    lacpStrict: 1,
  });
  const port = ["actorPortPrio", "adChurnActorState", "adChurnPartnerState"];
  assert.deepEqual(pick(infoOf("p4")?.slaveData, ...port), {
    actorPortPrio: 777,
    adChurnActorState: 0,
    adChurnPartnerState: 0,
  });
  assert.deepEqual(pick(infoOf("xf0")?.data, "link"), { link: 12 });
  assert.deepEqual(infoOf("ov1"), { kind: "ovpn", data: { mode: 1 } });
  assert.deepEqual(infoOf("nk2")?.data, {
    primary: true,
    policy: NetkitPolicy.Blackhole,
    mode: NetkitMode.L3,
    scrub: NetkitScrub.None,
    headroom: 0,
    tailroom: 0,
    pairing: NetkitPairing.Pair,
    peerPolicy: NetkitPolicy.Forward,
    peerScrub: NetkitScrub.Default,
  });
});

test("a kernel made a link of every kind whose data are known, and a port of every one", () => {
  const found = new Set<string | undefined>();
  const ports = new Set<string | undefined>();
  for (const { set, hex } of [...examples, ...readLinkExamples("ip-links.jsonl")]) {
    if (hex === undefined || set.startsWith("made up")) continue;
    const { linkInfo } = decodeLink(hex);
    if (linkInfo?.data !== undefined) found.add(linkInfo.kind);
    if (linkInfo?.slaveData !== undefined) ports.add(linkInfo.slaveKind);
  }
  // The other end of a pair is told in requests only.
  for (const { message } of eventsOf(linkKind)) {
    found.add(decodeObject(linkKind, message.data).linkInfo?.kind);
  }
  assert.deepEqual(Object.keys(kinds).filter((kind) => !found.has(kind)), []);
  assert.deepEqual(Object.keys(slaveKinds).filter((kind) => !ports.has(kind)), []);
});

for (const [kind, data] of Object.entries(kinds)) {
  test(`linkKind round-trips arbitrary data of kind ${kind}`, () => {
    fc.assert(fc.property(data, (data) => checkInfo({ kind, data })));
  });
}

for (const [slaveKind, slaveData] of Object.entries(slaveKinds)) {
  test(`linkKind round-trips arbitrary data of a port of kind ${slaveKind}`, () => {
    fc.assert(fc.property(slaveData, (slaveData) => checkInfo({ slaveKind, slaveData })));
  });
}

test("linkKind round-trips a negative priority of a port of a bond", () => {
  checkInfo({ slaveKind: "bond", slaveData: { prio: -5 } });
});

/** Checks that what sort of link a link is comes back as it was, and can be printed. */
function checkInfo(linkInfo: object): void {
  const link = { ...ether, linkInfo } as Link;
  const bytes = encodeObject(linkKind, link);
  const decoded = decodeObject(linkKind, bytes);
  assert.deepEqual(decoded, link);
  assert.deepEqual(rawAttributes(decoded), []);
  assert.equal(toHex(encodeObject(linkKind, decoded)), toHex(bytes));
  JSON.stringify(linkKind.toIpJson(decoded));
}

test("linkKind.toIpJson() prints nothing of a tunnel's ends but that they may be any", () => {
  const print = (linkInfo: Link["linkInfo"]) =>
    (linkKind.toIpJson({ ...ether, linkInfo }).linkinfo as IpJson).info_data;
  assert.deepEqual(print({ kind: "gre" }), {});
  assert.deepEqual(print({ kind: "gre", data: {} }), { remote: "any", local: "any", ttl: 0 });
  assert.deepEqual(print({ kind: "ipip", data: { local: "0.0.0.0", remote: "10.0.0.1" } }), {
    remote: "10.0.0.1",
    local: "any",
    ttl: 0,
    pmtudisc: false,
  });
  assert.deepEqual(print({ kind: "vti6", data: { local: "::", link: 3 } }), {
    remote: "any",
    local: "any",
    link: "if3",
  });
  assert.equal(print({ kind: "netkit", data: { mode: NetkitMode.L2 } }), undefined);
});
