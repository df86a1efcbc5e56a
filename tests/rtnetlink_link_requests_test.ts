import assert from "node:assert/strict";
import { test } from "node:test";
import type { Link } from "../lib/rtnetlink/link/attributes.ts";
import {
  BondArpValidate,
  BondMode,
  BondXmitHashPolicy,
} from "../lib/rtnetlink/link/info_bond_constants.ts";
import { GeneveDf } from "../lib/rtnetlink/link/info_geneve.ts";
import { GreFlags } from "../lib/rtnetlink/link/info_gre.ts";
import { HsrProtocol } from "../lib/rtnetlink/link/info_hsr.ts";
import { SitFlags } from "../lib/rtnetlink/link/info_iptunnel.ts";
import { IpvlanFlags, IpvlanMode } from "../lib/rtnetlink/link/info_ipvlan.ts";
import { MacsecCipher, MacsecValidation } from "../lib/rtnetlink/link/info_macsec.ts";
import { NetkitMode, NetkitPolicy } from "../lib/rtnetlink/link/info_netkit.ts";
import { OvpnMode } from "../lib/rtnetlink/link/info_ovpn.ts";
import { VlanFlag } from "../lib/rtnetlink/link/info_vlan.ts";
import { linkKind } from "../lib/rtnetlink/link/link.ts";
import { TunnelEncapFlags, TunnelEncapType } from "../lib/rtnetlink/link/tunnel.ts";
import { decodeObject, encodeObject } from "../lib/rtnetlink/object_kind.ts";
import { decodeLink } from "./link_examples.ts";
import { rawAttributes, readFixture, toHex } from "./object_helpers.ts";

/** What `ip` asked of a kernel to make links of these kinds, by the command. */
const requests = new Map(
  readFixture<{ cmd?: string; hex: string }>("ip-link-requests.jsonl")
    .filter(({ cmd }) => cmd !== undefined).map(({ cmd, hex }) => [cmd!, hex]),
);

test("linkKind understands what ip asks for links of each kind", () => {
  for (const [cmd, hex] of requests) {
    const link = decodeLink(hex);
    assert.deepEqual(rawAttributes(link), [], cmd);
    // ip leaves out the NUL after the name of the kind, which the kernel takes either way.
    const again = decodeObject(linkKind, encodeObject(linkKind, link));
    assert.deepEqual(again, link, cmd);
  }
  assert.equal(requests.size, 77);
});

const d0 = 12;

/** What to write for what `ip` makes by a command, in the order of the attributes that it sends. */
const inits: Record<string, Partial<Link>> = {
  "ip link add link d0 name vl0 type vlan id 5": {
    link: d0,
    name: "vl0",
    linkInfo: { kind: "vlan", data: { id: 5 } },
  },
  "ip link add link d0 name vl1 type vlan protocol 802.1ad id 4094 reorder_hdr off loose_binding on":
    {
      link: d0,
      name: "vl1",
      linkInfo: {
        kind: "vlan",
        data: {
          protocol: 0x88a8,
          id: 4094,
          flags: {
            flags: VlanFlag.LooseBinding,
            mask: VlanFlag.ReorderHeader | VlanFlag.LooseBinding,
          },
        },
      },
    },
  "ip link add link d0 name vl2 type vlan id 7 gvrp on mvrp on ingress-qos-map 1:2 3:4 egress-qos-map 0:1 5:6 7:3":
    {
      link: d0,
      name: "vl2",
      linkInfo: {
        kind: "vlan",
        data: {
          id: 7,
          ingressQos: [{ from: 1, to: 2 }, { from: 3, to: 4 }],
          egressQos: [{ from: 0, to: 1 }, { from: 5, to: 6 }, { from: 7, to: 3 }],
          flags: { flags: VlanFlag.Gvrp | VlanFlag.Mvrp, mask: VlanFlag.Gvrp | VlanFlag.Mvrp },
        },
      },
    },
  "ip link add link d2 name iv1 type ipvlan mode l3 private": {
    link: d0 + 2,
    name: "iv1",
    linkInfo: { kind: "ipvlan", data: { mode: IpvlanMode.L3, flags: IpvlanFlags.Private } },
  },
  "ip link add name bo2 type bond mode active-backup arp_interval 500 arp_validate filter_backup arp_ip_target 10.0.0.1,10.0.0.2 arp_all_targets all arp_missed_max 4":
    {
      name: "bo2",
      linkInfo: {
        kind: "bond",
        data: {
          mode: BondMode.ActiveBackup,
          arpInterval: 500,
          arpValidate: BondArpValidate.FilterBackup,
          arpIpTarget: ["10.0.0.1", "10.0.0.2"],
          arpAllTargets: 1,
          missedMax: 4,
        },
      },
    },
  "ip link add name bo5 type bond mode balance-xor xmit_hash_policy vlan+srcmac": {
    name: "bo5",
    linkInfo: {
      kind: "bond",
      data: { mode: BondMode.BalanceXor, xmitHashPolicy: BondXmitHashPolicy.VlanSourceMac },
    },
  },
  "ip link add name vr0 type vrf table 100": {
    name: "vr0",
    linkInfo: { kind: "vrf", data: { table: 100 } },
  },
  "ip link add name tm0 type team": { name: "tm0", linkInfo: { kind: "team" } },
  "ip link add name hs0 type hsr slave1 d8 slave2 d9 supervision 45 version 1": {
    name: "hs0",
    linkInfo: {
      kind: "hsr",
      data: { slave1: d0 + 8, slave2: d0 + 9, multicastSpec: 45, version: 1 },
    },
  },
  "ip link add link d0 name ms2 type macsec sci 0x0102030405060708 cipher gcm-aes-xpn-128 validate disabled":
    {
      link: d0,
      name: "ms2",
      linkInfo: {
        kind: "macsec",
        data: {
          sci: 0x0102030405060708n,
          validation: MacsecValidation.Disabled,
          cipherSuite: MacsecCipher.GcmAesXpn128,
        },
      },
    },
  "ip link add name gn3 type geneve id 5 remote 192.0.2.3 ttl inherit tos inherit df set noudpcsum":
    {
      name: "gn3",
      linkInfo: {
        kind: "geneve",
        data: {
          ttlInherit: true,
          df: GeneveDf.Set,
          id: 5,
          remote: "192.0.2.3",
          label: 0,
          ttl: 0,
          tos: 1,
          udpCsum: false,
        },
      },
    },
  "ip link add name gr0 type gre local 192.0.2.10 remote 192.0.2.11 key 42 csum seq ttl 9 tos 0x10 dev d0":
    {
      name: "gr0",
      linkInfo: {
        kind: "gre",
        data: {
          ikey: 42,
          okey: 42,
          iflags: GreFlags.Key | GreFlags.Seq | GreFlags.Csum,
          oflags: GreFlags.Key | GreFlags.Seq | GreFlags.Csum,
          local: "192.0.2.10",
          remote: "192.0.2.11",
          pmtudisc: true,
          tos: 0x10,
          link: d0,
          ttl: 9,
          fwmark: 0,
          encapType: TunnelEncapType.None,
          encapFlags: 0,
          encapSport: 0,
          encapDport: 0,
        },
      },
    },
  "ip link add name gt2 type gretap external": {
    name: "gt2",
    linkInfo: { kind: "gretap", data: { collectMetadata: true } },
  },
  "ip link add name t64 type ip6tnl mode any local 2001:db8::20 remote 2001:db8::24 fwmark 0x20 encap fou encap-sport 5 encap-dport 6 encap-udp6-csum":
    {
      name: "t64",
      linkInfo: {
        kind: "ip6tnl",
        data: {
          proto: 0,
          local: "2001:db8::20",
          remote: "2001:db8::24",
          ttl: 64,
          encapLimit: 4,
          flowinfo: 0,
          flags: 0,
          link: 0,
          fwmark: 0x20,
          encapType: TunnelEncapType.Fou,
          encapFlags: TunnelEncapFlags.Csum6,
          encapSport: 5,
          encapDport: 6,
        },
      },
    },
  "ip link add name si2 type sit local 192.0.2.33 isatap": {
    name: "si2",
    linkInfo: {
      kind: "sit",
      data: {
        proto: 0,
        local: "192.0.2.33",
        pmtudisc: true,
        tos: 0,
        ttl: 0,
        link: 0,
        fwmark: 0,
        encapType: TunnelEncapType.None,
        encapFlags: 0,
        encapSport: 0,
        encapDport: 0,
        flags: SitFlags.Isatap,
      },
    },
  },
  "ip link add name vt1 type vti local 192.0.2.40 remote 192.0.2.42 ikey 1 okey 2.0.0.0 fwmark 3": {
    name: "vt1",
    linkInfo: {
      kind: "vti",
      data: {
        ikey: 1,
        okey: 2 * 2 ** 24,
        local: "192.0.2.40",
        remote: "192.0.2.42",
        fwmark: 3,
      },
    },
  },
  "ip link add name xf0 type xfrm dev d0 if_id 0x2a": {
    name: "xf0",
    linkInfo: { kind: "xfrm", data: { ifId: 42, link: d0 } },
  },
  "ip link add name nk0 type netkit mode l2 forward peer blackhole name nk1": {
    name: "nk0",
    linkInfo: {
      kind: "netkit",
      data: {
        mode: NetkitMode.L2,
        policy: NetkitPolicy.Forward,
        peerPolicy: NetkitPolicy.Blackhole,
        peerInfo: { family: 0, type: 0, index: 0, flags: 0, change: 0, name: "nk1" },
      },
    },
  },
  "ip link add name ov1 type ovpn mode mp": {
    name: "ov1",
    linkInfo: { kind: "ovpn", data: { mode: OvpnMode.Mp } },
  },
  "ip link add name hx0 type hsr slave1 da slave2 db interlink dc supervision 7 proto 0 version 1":
    {
      name: "hx0",
      linkInfo: {
        kind: "hsr",
        data: {
          slave1: 95,
          slave2: 96,
          interlink: 97,
          multicastSpec: 7,
          protocol: HsrProtocol.Hsr,
          version: 1,
        },
      },
    },
  "ip link add name wg0 type wireguard": { name: "wg0", linkInfo: { kind: "wireguard" } },
};

test("encodeObject() asks for a link of each kind as ip does", () => {
  for (const [cmd, init] of Object.entries(inits)) {
    const hex = requests.get(cmd);
    assert.ok(hex !== undefined, cmd);
    const asked = decodeLink(hex);
    assert.equal(toHex(encodeObject(linkKind, init)), toHex(encodeObject(linkKind, asked)), cmd);
  }
});

test("encodeObject() refuses an address of the wrong family", () => {
  const encode = (linkInfo: Link["linkInfo"]) => () => encodeObject(linkKind, { linkInfo });
  assert.throws(encode({ kind: "gre", data: { remote: "::1" } }), /16 bytes are no address of 4/);
  assert.throws(
    encode({ kind: "ip6tnl", data: { local: "10.0.0.1" } }),
    /4 bytes are no address of 16/,
  );
  assert.throws(encode({ kind: "vti6", data: { local: "nowhere" } }), /"nowhere" is no IP address/);
  assert.throws(encode({ kind: "vlan", data: { id: 70_000 } }), /70000/);
});
