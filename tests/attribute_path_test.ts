/** The names of attributes by their place in a request, against what the kernel's headers say of who holds whom. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { align } from "../lib/align.ts";
import { typeMask } from "../lib/attribute.ts";
import { string, uint16, uint32Bytes } from "../lib/nlenc.ts";
import { addressAttributes, addressKind } from "../lib/rtnetlink/address.ts";
import { attributePath } from "../lib/rtnetlink/attribute_path.ts";
import type { AttributeSet } from "../lib/rtnetlink/codec/attribute_set.ts";
import { linkKind } from "../lib/rtnetlink/link/link.ts";
import * as afSpec from "../lib/rtnetlink/link/af_spec.ts";
import { linkAttributes } from "../lib/rtnetlink/link/attributes.ts";
import * as bond from "../lib/rtnetlink/link/info_bond.ts";
import { bondPortInfoAttributes } from "../lib/rtnetlink/link/info_bond_port.ts";
import { geneveInfoAttributes } from "../lib/rtnetlink/link/info_geneve.ts";
import * as gre from "../lib/rtnetlink/link/info_gre.ts";
import { hsrInfoAttributes } from "../lib/rtnetlink/link/info_hsr.ts";
import * as tunnels from "../lib/rtnetlink/link/info_iptunnel.ts";
import { ipvlanInfoAttributes } from "../lib/rtnetlink/link/info_ipvlan.ts";
import { macsecInfoAttributes } from "../lib/rtnetlink/link/info_macsec.ts";
import { ovpnInfoAttributes } from "../lib/rtnetlink/link/info_ovpn.ts";
import { vlanInfoAttributes } from "../lib/rtnetlink/link/info_vlan.ts";
import * as vrf from "../lib/rtnetlink/link/info_vrf.ts";
import * as vti from "../lib/rtnetlink/link/info_vti.ts";
import { xfrmInfoAttributes } from "../lib/rtnetlink/link/info_xfrm.ts";
import * as bridge from "../lib/rtnetlink/link/info_bridge.ts";
import { bridgePortInfoAttributes } from "../lib/rtnetlink/link/info_bridge_port.ts";
import { macvlanInfoAttributes } from "../lib/rtnetlink/link/info_macvlan.ts";
import { tunInfoAttributes } from "../lib/rtnetlink/link/info_tun.ts";
import { vxlanInfoAttributes } from "../lib/rtnetlink/link/info_vxlan.ts";
import * as vf from "../lib/rtnetlink/link/vf.ts";
import { linkXdpAttributes } from "../lib/rtnetlink/link/xdp.ts";
import { MessageType } from "../lib/rtnetlink/mod.ts";
import { neighbourAttributes, neighbourKind } from "../lib/rtnetlink/neighbour.ts";
import { netconfAttributes, netconfKind } from "../lib/rtnetlink/netconf.ts";
import { nexthopAttributes, nexthopKind } from "../lib/rtnetlink/nexthop.ts";
import { nsidAttributes, nsidKind } from "../lib/rtnetlink/nsid.ts";
import { encodeObject, type ObjectKind } from "../lib/rtnetlink/object_kind.ts";
import { routeAttributes } from "../lib/rtnetlink/route/object.ts";
import { routeKind } from "../lib/rtnetlink/route/route.ts";
import { ruleAttributes, ruleKind } from "../lib/rtnetlink/rule.ts";
import { marshalMessage, type Message, unmarshalMessage } from "../mod.ts";
import { links } from "./link_arbitraries.ts";
import { arbitraryObject, readEvents } from "./object_helpers.ts";
import { arbitraryNexthop, arbitraryRoute } from "./route_arbitraries.ts";

/** The names of attributes that stand side by side, by type. */
type Names = (type: number) => string | undefined;

const of = (set: AttributeSet): Names => (type) =>
  Object.values(set).find(([number]) => number === type)?.[1];
const each = (name: string): Names => () => name;
/** The members of an enumeration from 1 on. */
const numbered = (prefix: string, words: string): Names => (type) => {
  const word = words.split(" ")[type - 1];
  return word && prefix + word;
};

const tunnel = "ID DST SRC TTL TOS FLAGS PAD OPTS";
const tunnel6 = "ID DST SRC HOPLIMIT TC FLAGS PAD OPTS";
const local = "ACTION SRH TABLE NH4 NH6 IIF OIF BPF VRFTABLE COUNTERS FLAVORS";
const linkNames = of(linkAttributes);

/** What is within an attribute, always. */
const nests: Record<string, Names> = {
  IFLA_LINKINFO: numbered("IFLA_INFO_", "KIND DATA XSTATS SLAVE_KIND SLAVE_DATA"),
  IFLA_BR_MCAST_QUERIER_STATE: of(bridge.bridgeQuerierStateAttributes),
  IFLA_MACVLAN_MACADDR_DATA: each("IFLA_MACVLAN_MACADDR"),
  IFLA_VFINFO_LIST: each("IFLA_VF_INFO"),
  IFLA_VF_INFO: of(vf.vfInfoAttributes),
  IFLA_VF_STATS: of(vf.vfStatsAttributes),
  IFLA_VF_VLAN_LIST: each("IFLA_VF_VLAN_INFO"),
  IFLA_VF_PORTS: each("IFLA_VF_PORT"),
  IFLA_VF_PORT: of(vf.linkPortAttributes),
  IFLA_PORT_SELF: of(vf.linkPortAttributes),
  IFLA_XDP: of(linkXdpAttributes),
  IFLA_PROP_LIST: linkNames,
  IFLA_PROTO_DOWN_REASON: numbered("IFLA_PROTO_DOWN_REASON_", "MASK VALUE"),
  IFLA_DEVLINK_PORT: numbered("DEVLINK_ATTR_", "BUS_NAME DEV_NAME PORT_INDEX"),
  IFLA_DPLL_PIN: numbered("DPLL_A_PIN_", "ID"),
  AF_INET: numbered("IFLA_INET_", "CONF"),
  AF_INET6: of(afSpec.linkInet6Attributes),
  AF_MCTP: numbered("IFLA_MCTP_", "NET PHYS_BINDING"),
  // Arrays whose elements are counted and have no names.
  IFLA_BOND_ARP_IP_TARGET: () => undefined,
  IFLA_BOND_NS_IP6_TARGET: () => undefined,
  IFLA_BOND_AD_INFO: of(bond.bondAdInfoAttributes),
  IFLA_VLAN_EGRESS_QOS: each("IFLA_VLAN_QOS_MAPPING"),
  IFLA_VLAN_INGRESS_QOS: each("IFLA_VLAN_QOS_MAPPING"),
  IFLA_BRIDGE_MST: each("IFLA_BRIDGE_MST_ENTRY"),
  IFLA_BRIDGE_MST_ENTRY: of(afSpec.bridgeMstEntryAttributes),
  IFLA_BRIDGE_VLAN_TUNNEL_INFO: numbered("IFLA_BRIDGE_VLAN_TUNNEL_", "ID VID FLAGS"),
  RTA_METRICS: numbered(
    "RTAX_",
    "LOCK MTU WINDOW RTT RTTVAR SSTHRESH CWND ADVMSS REORDERING HOPLIMIT INITCWND FEATURES " +
      "RTO_MIN INITRWND QUICKACK CC_ALGO FASTOPEN_NO_COOKIE",
  ),
  LWTUNNEL_IP_OPTS: numbered("LWTUNNEL_IP_OPTS_", "GENEVE VXLAN ERSPAN"),
  LWTUNNEL_IP6_OPTS: numbered("LWTUNNEL_IP_OPTS_", "GENEVE VXLAN ERSPAN"),
  LWTUNNEL_IP_OPTS_GENEVE: numbered("LWTUNNEL_IP_OPT_GENEVE_", "CLASS TYPE DATA"),
  LWTUNNEL_IP_OPTS_VXLAN: numbered("LWTUNNEL_IP_OPT_VXLAN_", "GBP"),
  LWTUNNEL_IP_OPTS_ERSPAN: numbered("LWTUNNEL_IP_OPT_ERSPAN_", "VER INDEX DIR HWID"),
  SEG6_LOCAL_BPF: (type) => ["", "SEG6_LOCAL_BPF_PROG", "SEG6_LOCAL_BPF_PROG_NAME"][type],
  SEG6_LOCAL_COUNTERS: numbered("SEG6_LOCAL_CNT_", "PAD PACKETS BYTES ERRORS"),
  SEG6_LOCAL_FLAVORS: numbered("SEG6_LOCAL_FLV_", "OPERATION LCBLOCK_BITS LCNODE_FN_BITS"),
  NHA_RES_GROUP: numbered("NHA_RES_GROUP_", "BUCKETS IDLE_TIMER UNBALANCED_TIMER UNBALANCED_TIME"),
  NHA_RES_BUCKET: numbered("NHA_RES_BUCKET_", "INDEX IDLE_TIME NH_ID"),
  NHA_GROUP_STATS: each("NHA_GROUP_STATS_ENTRY"),
  NHA_GROUP_STATS_ENTRY: numbered("NHA_GROUP_STATS_ENTRY_", "ID PACKETS PACKETS_HW"),
  NDA_FDB_EXT_ATTRS: numbered("NFEA_", "ACTIVITY_NOTIFY DONT_REFRESH"),
};

const byKind: Record<string, Names> = {
  bond: of(bond.bondInfoAttributes),
  bridge: of(bridge.bridgeInfoAttributes),
  erspan: of(gre.greInfoAttributes),
  geneve: of(geneveInfoAttributes),
  gre: of(gre.greInfoAttributes),
  gretap: of(gre.greInfoAttributes),
  hsr: of(hsrInfoAttributes),
  ip6erspan: of(gre.ip6greInfoAttributes),
  ip6gre: of(gre.ip6greInfoAttributes),
  ip6gretap: of(gre.ip6greInfoAttributes),
  ip6tnl: of(tunnels.ip6tnlInfoAttributes),
  ipip: of(tunnels.ipTunnelInfoAttributes),
  ipvlan: of(ipvlanInfoAttributes),
  ipvtap: of(ipvlanInfoAttributes),
  macsec: of(macsecInfoAttributes),
  macvlan: of(macvlanInfoAttributes),
  macvtap: of(macvlanInfoAttributes),
  netkit: numbered(
    "IFLA_NETKIT_",
    "PEER_INFO PRIMARY POLICY PEER_POLICY MODE SCRUB PEER_SCRUB HEADROOM TAILROOM PAIRING",
  ),
  ovpn: of(ovpnInfoAttributes),
  sit: of(tunnels.ipTunnelInfoAttributes),
  tun: of(tunInfoAttributes),
  vlan: of(vlanInfoAttributes),
  vrf: of(vrf.vrfInfoAttributes),
  vti: of(vti.vtiInfoAttributes),
  vti6: of(vti.vti6InfoAttributes),
  xfrm: of(xfrmInfoAttributes),
  veth: numbered("VETH_INFO_", "PEER"),
  vxlan: of(vxlanInfoAttributes),
};

const bySlaveKind: Record<string, Names> = {
  bond: of(bondPortInfoAttributes),
  bridge: of(bridgePortInfoAttributes),
  vrf: of(vrf.vrfPortInfoAttributes),
};

const byEncap: Record<number, Names> = {
  1: numbered("MPLS_IPTUNNEL_", "DST TTL"),
  2: numbered("LWTUNNEL_IP_", tunnel),
  4: numbered("LWTUNNEL_IP6_", tunnel6),
  5: numbered("SEG6_IPTUNNEL_", "SRH"),
  7: numbered("SEG6_LOCAL_", local),
};

/** What is within attributes that depend on the family of the message. */
const byFamily: Record<string, Record<number, Names>> = {
  IFLA_AF_SPEC: {
    0: (type) => ({ 2: "AF_INET", 10: "AF_INET6", 45: "AF_MCTP" })[type],
    7: of(afSpec.bridgeAfSpecAttributes),
  },
  IFLA_PROTINFO: { 7: of(bridgePortInfoAttributes), 10: of(afSpec.linkInet6Attributes) },
};

/** Attributes that stand one after the other in a message. */
interface Run {
  data: Uint8Array;
  names: Names;
  family: number;
}

function* attributesOf(data: Uint8Array): Generator<{ type: number; value: Uint8Array }> {
  for (let at = 0; at < data.length;) {
    const length = uint16(data.subarray(at, at + 2));
    const type = uint16(data.subarray(at + 2, at + 4)) & typeMask;
    yield { type, value: data.subarray(at + 4, at + length) };
    at += align(length);
  }
}

/** What a sibling says. */
function sibling<T>(data: Uint8Array, type: number, read: (value: Uint8Array) => T): T | undefined {
  for (const found of attributesOf(data)) if (found.type === type) return read(found.value);
  return undefined;
}

/** The attributes within an attribute. */
function within(name: string, value: Uint8Array, { data, family }: Run): Run[] {
  const run = (names: Names | undefined): Run[] =>
    names === undefined ? [] : [{ data: value, names, family }];
  switch (name) {
    case "IFLA_INFO_DATA":
      return run(byKind[`${sibling(data, 1, string)}`]);
    case "IFLA_INFO_SLAVE_DATA":
      return run(bySlaveKind[`${sibling(data, 4, string)}`]);
    case "IFLA_NETKIT_PEER_INFO":
    case "VETH_INFO_PEER":
      return [{ data: value.subarray(16), names: linkNames, family: value[0] }];
    case "RTA_ENCAP":
      return run(byEncap[sibling(data, 21, uint16)!]);
    case "NHA_ENCAP":
      return run(byEncap[sibling(data, 7, uint16)!]);
    case "RTA_MULTIPATH": {
      const parts: Run[] = [];
      for (let at = 0; at < value.length;) {
        const length = uint16(value.subarray(at, at + 2));
        parts.push({
          data: value.subarray(at + 8, at + length),
          names: of(routeAttributes),
          family,
        });
        at += length;
      }
      return parts;
    }
    default:
      return run(byFamily[name]?.[family] ?? nests[name]);
  }
}

/** All attributes of a run and within it: their place in memory, their length and their path. */
function* pathsOf(
  run: Run,
  outer: string[] = [],
): Generator<{ start: number; end: number; leaf: boolean; path: string[] }> {
  for (const { type, value } of attributesOf(run.data)) {
    const name = run.names(type) ?? `attribute${type}`;
    const path = [...outer, name];
    const runs = within(name, value, run);
    const start = value.byteOffset - 4;
    yield { start, end: value.byteOffset + value.length, leaf: runs.length === 0, path };
    for (const inner of runs) yield* pathsOf(inner, path);
  }
}

// deno-lint-ignore no-explicit-any
const kinds: Array<[kind: ObjectKind<any>, set: AttributeSet, objects?: fc.Arbitrary<object>]> = [
  [linkKind, linkAttributes, links],
  [routeKind, routeAttributes, arbitraryRoute],
  [nexthopKind, nexthopAttributes, arbitraryNexthop],
  [addressKind, addressAttributes],
  [neighbourKind, neighbourAttributes],
  [ruleKind, ruleAttributes],
  [netconfKind, netconfAttributes],
  [nsidKind, nsidAttributes],
];

for (const [kind, set, objects] of kinds) {
  test(`attributePath() finds every attribute of every ${kind.name}`, () => {
    const seen = new Set<string>();
    const type = fc.nat(3).map((more) => kind.newType + more);
    const unknown = fc.constantFrom({}, { attribute900: Uint8Array.of(1, 2, 3) });
    fc.assert(
      fc.property(objects ?? arbitraryObject(kind), unknown, type, (known, raw, type) => {
        const encoded = encodeObject(kind, { ...known, ...raw });
        const request = unmarshalMessage(marshalMessage({ header: { type }, data: encoded }));
        const { data } = request;
        const offsetOf = (place: number) => place - data.byteOffset + 16;
        const attributes = data.subarray(kind.header.size, encoded.length);
        const run: Run = { data: attributes, names: of(set), family: data[0] };
        for (const { start, end, leaf, path } of pathsOf(run)) {
          seen.add(path.join(" > "));
          for (const place of [start, start + 3, ...leaf ? [end - 1] : []]) {
            assert.deepEqual(attributePath(request, offsetOf(place)), path);
          }
          const lacking = attributePath(request, offsetOf(start), 0x3fff);
          assert.deepEqual(lacking, [...path, "attribute16383"]);
        }
        assert.equal(attributePath(request, 16 + kind.header.size - 1), undefined);
        assert.equal(attributePath(request, 16 + data.length), undefined);
      }),
      { numRuns: 100 },
    );
    assert.ok(seen.size >= Object.keys(set).length, `${seen.size} paths`);
  });
}

/** A request about a link, from the words of its attributes. */
function aboutLink(type: number, attributes: number[]): Message {
  const data = Uint8Array.from([...new Uint8Array(16), ...attributes]);
  return unmarshalMessage(marshalMessage({ header: { type }, data }));
}

test("attributePath() knows the requests that have a link's or a nexthop's attributes", () => {
  const one = [8, 0, 1, 0, 0, 0, 0, 0];
  for (const type of [108, 109, 110]) { // RTM_NEWLINKPROP, RTM_DELLINKPROP, RTM_GETLINKPROP
    assert.deepEqual(attributePath(aboutLink(type, one), 32), ["IFLA_ADDRESS"]);
  }
  const RTM_GETNEXTHOPBUCKET = 118;
  const data = Uint8Array.from([...new Uint8Array(8), ...one]); // struct nhmsg
  const header = { type: RTM_GETNEXTHOPBUCKET, length: 32, flags: 0, sequence: 0, pid: 0 };
  assert.deepEqual(attributePath({ header, data }, 24), ["NHA_ID"]);
  assert.equal(attributePath(aboutLink(200, one), 32), undefined);
});

test("attributePath() names what is missing in a message or in an attribute of it", () => {
  const linkInfo = aboutLink(MessageType.NewLink, [12, 0, 18, 0, 7, 0, 1, 0, 0x74, 0x75, 0x6e, 0]);
  assert.deepEqual(attributePath(linkInfo, 0, 3), ["IFLA_IFNAME"]);
  assert.deepEqual(attributePath(linkInfo, 16, 3), ["IFLA_IFNAME"]);
  assert.deepEqual(attributePath(linkInfo, 16, 999), ["attribute999"]);
  assert.deepEqual(attributePath(linkInfo, 32, 2), ["IFLA_LINKINFO", "IFLA_INFO_DATA"]);
  assert.deepEqual(attributePath(linkInfo, 36, 2), [
    "IFLA_LINKINFO",
    "IFLA_INFO_KIND",
    "attribute2",
  ]);
  assert.equal(attributePath(linkInfo, 100, 2), undefined);
});

test("attributePath() goes as far as attributes are well-formed", () => {
  const malformed = [8, 0, 18, 0, 3, 0, 1, 0]; // IFLA_LINKINFO, in which an attribute has a length of 3
  const good = [8, 0, 4, 0, 0, 0, 0, 0]; // IFLA_MTU
  const link = (...parts: number[][]) => aboutLink(MessageType.NewLink, parts.flat());
  assert.deepEqual(attributePath(link(malformed, good), 36), ["IFLA_LINKINFO"]);
  assert.deepEqual(attributePath(link(malformed, good), 40), ["IFLA_MTU"]);
  assert.deepEqual(attributePath(link(good, [200, 0, 3, 0]), 32), ["IFLA_MTU"]);
  assert.equal(attributePath(link(good, [200, 0, 3, 0]), 40), undefined);
});

test("attributePath() does not follow ends of veth pairs for ever", () => {
  let attributes: number[] = [];
  const wrap = (type: number, data: number[]) => [
    ...uint32Bytes(data.length + 4 | type << 16),
    ...data,
    ...Array(-data.length & 3).fill(0),
  ];
  while (attributes.length < 20_000) {
    const peer = wrap(1, [...Array(16).fill(0), ...attributes]);
    const kind = wrap(1, [...new TextEncoder().encode("veth"), 0]);
    attributes = wrap(18, [...kind, ...wrap(2, peer)]);
  }
  const path = attributePath(aboutLink(MessageType.NewLink, attributes), 32 + 15_000)!;
  assert.deepEqual(path.slice(0, 3), ["IFLA_LINKINFO", "IFLA_INFO_DATA", "VETH_INFO_PEER"]);
  assert.ok(path.length <= 33, `${path.length} deep`);
});

test("attributePath() makes of any bytes a path or nothing", () => {
  const events = readEvents().map(({ message }) => message);
  assert.ok(events.length > 100);
  const random = fc.record({ type: fc.nat(130), data: fc.uint8Array({ maxLength: 120 }) });
  const damaged = fc.tuple(
    fc.constantFrom(...events),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
    fc.nat(7),
  ).map(([{ header, data }, changes, cut]) => {
    const bytes = data.slice(0, Math.max(0, data.length - cut));
    for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
    return { type: header.type, data: bytes };
  });
  const offset = fc.oneof(fc.nat(1000), fc.constantFrom(0, 15, 16, 2 ** 32 - 1));
  let found = 0;
  fc.assert(
    fc.property(
      fc.oneof(damaged, random),
      offset,
      fc.option(fc.nat(0xffff), { nil: undefined }),
      ({ type, data }, offset, missing) => {
        const header = { type, length: 16 + data.length, flags: 0, sequence: 0, pid: 0 };
        const path = attributePath({ header, data }, offset, missing);
        if (path === undefined) return;
        found++;
        assert.ok(path.length > 0 && path.every((name) => /^\w+$/.test(name)), `${path}`);
      },
    ),
    { numRuns: 3000 },
  );
  assert.ok(found > 300, `${found} paths`);
});
