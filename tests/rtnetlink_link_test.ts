import assert from "node:assert/strict";
import { test } from "node:test";
import { align } from "../lib/align.ts";
import { marshalAttributes, Nested } from "../lib/attribute.ts";
import { Ipv4Conf, Ipv6Conf, Ipv6Stat } from "../lib/rtnetlink/link/af_spec_constants.ts";
import { addrGenModeName } from "../lib/rtnetlink/link/af_spec.ts";
import { BridgePortState } from "../lib/rtnetlink/link/info_bridge_port.ts";
import { linkKind } from "../lib/rtnetlink/link/link.ts";
import type { Link } from "../lib/rtnetlink/link/attributes.ts";
import {
  linkFlagNames,
  LinkFlags,
  linkModeName,
  LinkType,
  operStateName,
} from "../lib/rtnetlink/link/constants.ts";
import { linkAddressText, linkTypeName } from "../lib/rtnetlink/link/type.ts";
import { decodeObject, encodeObject } from "../lib/rtnetlink/object_kind.ts";
import { checkLinkExamples, decodeLink, ether, readLinkExamples } from "./link_examples.ts";
import { checkEvents, eventsOf, toHex } from "./object_helpers.ts";

const examples = readLinkExamples("ip-links.jsonl");

test("linkKind understands and gives back every recorded message", () => {
  checkEvents(linkKind, 161);
});

test("linkKind prints what ip printed for links of a 6.18 kernel", () => {
  assert.equal(checkLinkExamples(examples, /^6\.18/), 60);
});

// That kernel pads before 64-bit integers, as those of machines do that cannot read them anywhere.
test("linkKind prints what ip printed for links of a 6.1 kernel that pads", () => {
  assert.ok(checkLinkExamples(examples, /^6\.1 /) >= 20);
  const padded = examples.filter(({ set, hex }) => set === "6.1 main" && hex).map(({ hex }) =>
    decodeLink(hex!)
  ).filter(({ linkInfo }) => linkInfo?.kind === "bridge" && linkInfo.data?.pad?.length! > 1);
  assert.ok(padded.length > 0);
});

test("linkKind prints what ip printed for links that no kernel made", () => {
  assert.equal(checkLinkExamples(examples, /^made up/), 120);
});

test("linkKind gives back what a bridge says of its ports and their VLANs", () => {
  assert.equal(checkLinkExamples(examples, /^bridge$/), 13);
  const ports = examples.filter(({ set }) => set === "bridge").map(({ hex }) => decodeLink(hex!));
  const port = ports.find(({ name }) => name === "p1");
  assert.equal(port?.protInfo?.locked, true);
  assert.deepEqual(port?.afSpec?.vlanTunnelInfo, [{ id: 1000, vid: 100, flags: 0 }]);
  assert.deepEqual(
    port?.afSpec?.vlanInfo?.filter(({ flags }) => flags !== 0).map(({ vid }) => vid),
    [5, 10, 20, 30],
  );
});

test("linkKind gives back the states of a bridge's port in several spanning trees", () => {
  assert.equal(checkLinkExamples(examples, /^bridge mst$/), 1);
  const port = decodeLink(examples.find(({ set }) => set === "bridge mst")!.hex!);
  assert.deepEqual(port.afSpec?.mst, [
    { msti: 0, state: BridgePortState.Forwarding },
    { msti: 5, state: BridgePortState.Learning },
    { msti: 7, state: BridgePortState.Disabled },
  ]);
});

test("linkKind.key() is the index, whatever the message is about", () => {
  assert.equal(linkKind.key({ ...ether, family: 7, name: "other" }), "4");
  for (const { message } of eventsOf(linkKind)) {
    const link = decodeObject(linkKind, message.data);
    assert.equal(
      linkKind.key(link),
      `${new DataView(message.data.buffer, message.data.byteOffset).getInt32(4, true)}`,
    );
  }
});

test("decodeObject() gives a link arrays of its own", () => {
  const { message } = eventsOf(linkKind).find(({ message }) =>
    decodeObject(linkKind, message.data).afSpec?.inet6?.stats !== undefined
  )!;
  const data = message.data.slice();
  const { inet, inet6 } = decodeObject(linkKind, data).afSpec!;
  data.fill(0xff);
  assert.equal(inet!.conf!.length, Object.keys(Ipv4Conf).length);
  assert.equal(inet6!.conf!.length, Object.keys(Ipv6Conf).length);
  assert.equal(inet6!.conf![Ipv6Conf.Hoplimit], 64);
  assert.equal(inet6!.stats![Ipv6Stat.Num], BigInt(inet6!.stats!.length));
});

test("decodeObject() reads the data of each kind of link that was recorded", () => {
  const kinds = new Set<string>();
  for (const { message } of eventsOf(linkKind)) {
    const { linkInfo } = decodeObject(linkKind, message.data);
    if (linkInfo?.kind !== undefined) kinds.add(linkInfo.kind);
    if (linkInfo?.kind === "vxlan") assert.ok(linkInfo.data!.id! < 100);
    if (linkInfo?.slaveKind === "bridge") assert.ok(linkInfo.slaveData!.no! > 0);
  }
  assert.deepEqual([...kinds].sort(), [
    "bridge",
    "ifb",
    "macvlan",
    "macvtap",
    "tun",
    "veth",
    "vxlan",
  ]);
});

test("decodeObject() keeps the data of an unknown kind raw", () => {
  const data = Uint8Array.of(8, 0, 1, 0, 1, 2, 3, 4);
  const link = { ...ether, linkInfo: { kind: "nosuch", attribute2: data } };
  const decoded = decodeObject(linkKind, encodeObject(linkKind, link));
  assert.deepEqual(decoded, link);
  assert.deepEqual(linkKind.toIpJson(decoded).linkinfo, { info_kind: "nosuch" });
});

test("encodeObject() writes the other end of a veth pair", () => {
  const header = { family: 0, type: 0, index: 0, flags: 0, change: 0 };
  const peer: Link = { ...header, name: "b", netNSFd: 5 };
  const bytes = encodeObject(linkKind, {
    name: "a",
    linkInfo: { kind: "veth", data: { peer } },
  });
  const text = (value: string) => new TextEncoder().encode(`${value}\0`);
  const concat = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
  const inner = marshalAttributes([
    { type: 3, data: text("b") },
    { type: 28, data: Uint8Array.of(5, 0, 0, 0) },
  ]);
  const within = marshalAttributes([{ type: 1, data: concat(new Uint8Array(16), inner) }]);
  const info = marshalAttributes([{ type: 1, data: text("veth") }, { type: 2, data: within }]);
  const expected = marshalAttributes([{ type: 3, data: text("a") }, { type: 18, data: info }]);
  assert.equal(toHex(bytes), toHex(concat(new Uint8Array(16), expected)));
  assert.deepEqual(decodeObject(linkKind, bytes).linkInfo, { kind: "veth", data: { peer } });
});

test("encodeObject() refuses a hardware address that does not fit its field", () => {
  const mac = Array.from({ length: 33 }, () => "02").join(":");
  for (
    const [info, field] of [
      [{ mac: { vf: 0, mac } }, "IFLA_VF_MAC (mac): mac"],
      [{ broadcast: mac }, "IFLA_VF_BROADCAST (broadcast)"],
    ] as const
  ) {
    assert.throws(() => encodeObject(linkKind, { vfinfoList: [info] }), {
      name: "AttributeError",
      message: `IFLA_VFINFO_LIST (vfinfoList): ${field}: ` +
        "A hardware address of 33 bytes does not fit into 32",
    });
  }
});

test("decodeObject() does not follow ends of veth pairs for ever", () => {
  let link: Partial<Link> = {};
  for (let depth = 0; depth < 30; depth++) {
    link = { linkInfo: { kind: "veth", data: { peer: link as Link } } };
  }
  assert.throws(() => encodeObject(linkKind, link), /nested more than/);
});

test("encodeObject() keeps the places of padding among other attributes", () => {
  const pad = { type: 42, data: new Uint8Array(0) };
  const u32 = (type: number) => ({ type, data: Uint8Array.of(type, 0, 0, 0) });
  const attributes = [pad, u32(4), pad, u32(27), u32(13), pad];
  const bytes = new Uint8Array(
    16 + attributes.reduce((n, { data }) => n + 4 + align(data.length), 0),
  );
  bytes.set(marshalAttributes(attributes), 16);
  const link = decodeObject(linkKind, bytes);
  assert.deepEqual(link.pad, [pad.data, pad.data, pad.data]);
  assert.equal(toHex(encodeObject(linkKind, link)), toHex(bytes));
  delete link.group;
  link.promiscuity = 30;
  const changed = marshalAttributes([pad, u32(4), pad, u32(13), pad, u32(30)]);
  assert.equal(toHex(encodeObject(linkKind, link).slice(16)), toHex(changed));
});

test("encodeObject() marks the nests that the kernel marks", () => {
  const bytes = encodeObject(linkKind, { propList: { altName: ["x"] }, xdp: { fd: -1 } });
  const types = new DataView(bytes.buffer);
  assert.equal(types.getUint16(18, true), 52 | Nested);
  assert.equal(types.getUint16(16 + 12 + 2, true), 43);
});

test("linkKind.toIpJson() tells of a carrier that is missing and of a lower link that is down", () => {
  const print = (changes: Partial<Link>, lower?: number) =>
    linkKind.toIpJson(
      { ...ether, ...changes },
      (index) => lower === undefined ? undefined : { name: `l${index}`, flags: lower },
    );
  assert.deepEqual(print({}).flags, ["UP", "LOWER_UP"]);
  assert.deepEqual(print({ flags: LinkFlags.Up }).flags, ["NO-CARRIER", "UP"]);
  assert.deepEqual(print({ flags: 0 }).flags, []);
  assert.deepEqual(print({ link: 7 }, 0).flags, ["UP", "LOWER_UP", "M-DOWN"]);
  assert.deepEqual(print({ link: 7 }, LinkFlags.Up).flags, ["UP", "LOWER_UP"]);
  assert.deepEqual(print({ link: 7 }).flags, ["UP", "LOWER_UP"]);
  assert.deepEqual(print({ link: 7, linkNetnsid: 0 }, 0).flags, ["UP", "LOWER_UP"]);
  assert.equal(print({ link: 7 }, 0).link, "l7");
  assert.equal(print({ link: 7 }).link, "if7");
  assert.equal(print({ link: 7, linkNetnsid: 0 }, 0).link_index, 7);
  assert.equal(print({ link: 0 }).link, null);
});

test("linkFlagNames() names flags in the order of ip", () => {
  const all = Object.values(LinkFlags).reduce((flags: number, flag) => flags | flag, 0);
  assert.equal(
    linkFlagNames(all).join(),
    "LOOPBACK,BROADCAST,POINTOPOINT,MULTICAST,NOARP,ALLMULTI,PROMISC,MASTER,SLAVE,DEBUG,DYNAMIC," +
      "AUTOMEDIA,PORTSEL,NOTRAILERS,UP,LOWER_UP,DORMANT,ECHO",
  );
  assert.deepEqual(linkFlagNames(0x8008_0001), ["UP", "80080000"]);
  assert.deepEqual(linkFlagNames(LinkFlags.Running), []);
});

test("linkTypeName() names hardware types", () => {
  const names = [0, 1, 32, 519, 768, 787, 799, 800, 823, 825, 826, 0xfffe, 0xffff].map(
    linkTypeName,
  );
  assert.equal(
    names.join(),
    "netrom,ether,infiniband,[519],ipip,fcfb0,fcfb12,tr,gre6,6lowpan,[826],none,void",
  );
});

test("linkAddressText() writes the address of a tunnel as an IP address", () => {
  assert.equal(linkAddressText("0a:00:00:01", LinkType.Tunnel), "10.0.0.1");
  assert.equal(linkAddressText("0a:00:00:01", LinkType.Tunnel6), "0a:00:00:01");
  assert.equal(linkAddressText("0a:00:00:01", LinkType.Ether), "0a:00:00:01");
  const address = "20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:00:01";
  assert.equal(linkAddressText(address, LinkType.Gre6), "2001:db8::1");
  assert.equal(linkAddressText(address, LinkType.Gre), address);
});

test("names of a link's states end where those of ip end", () => {
  assert.deepEqual([6, 7].map(operStateName), ["UP", undefined]);
  assert.deepEqual([1, 2].map(linkModeName), ["DORMANT", undefined]);
  assert.deepEqual([2, 3, 4].map(addrGenModeName), ["stable_secret", "random", "0x04"]);
});
