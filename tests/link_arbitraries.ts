/** Arbitrary links: any attributes, also those that are arrays or whose format another value selects. */
import fc from "fast-check";
import type { AttributeSet } from "../lib/rtnetlink/codec/attribute_set.ts";
import { formatHardwareAddress } from "../lib/rtnetlink/codec/network.ts";
import * as afSpec from "../lib/rtnetlink/link/af_spec.ts";
import { type Link, linkAttributes, linkHeader } from "../lib/rtnetlink/link/attributes.ts";
import type { LinkInfoData, LinkInfoSlaveData } from "../lib/rtnetlink/link/info.ts";
import { bondInfoAttributes } from "../lib/rtnetlink/link/info_bond.ts";
import { bondPortInfoAttributes } from "../lib/rtnetlink/link/info_bond_port.ts";
import {
  bridgeInfoAttributes,
  bridgeQuerierStateAttributes,
} from "../lib/rtnetlink/link/info_bridge.ts";
import { bridgePortInfoAttributes } from "../lib/rtnetlink/link/info_bridge_port.ts";
import { geneveInfoAttributes } from "../lib/rtnetlink/link/info_geneve.ts";
import { greInfoAttributes, ip6greInfoAttributes } from "../lib/rtnetlink/link/info_gre.ts";
import { hsrInfoAttributes } from "../lib/rtnetlink/link/info_hsr.ts";
import {
  ip6tnlInfoAttributes,
  ipTunnelInfoAttributes,
} from "../lib/rtnetlink/link/info_iptunnel.ts";
import { ipvlanInfoAttributes } from "../lib/rtnetlink/link/info_ipvlan.ts";
import { macsecInfoAttributes } from "../lib/rtnetlink/link/info_macsec.ts";
import { macvlanInfoAttributes } from "../lib/rtnetlink/link/info_macvlan.ts";
import { netkitInfoAttributes } from "../lib/rtnetlink/link/info_netkit.ts";
import { ovpnInfoAttributes } from "../lib/rtnetlink/link/info_ovpn.ts";
import { tunInfoAttributes } from "../lib/rtnetlink/link/info_tun.ts";
import { vlanInfoAttributes } from "../lib/rtnetlink/link/info_vlan.ts";
import { vrfInfoAttributes, vrfPortInfoAttributes } from "../lib/rtnetlink/link/info_vrf.ts";
import { vti6InfoAttributes, vtiInfoAttributes } from "../lib/rtnetlink/link/info_vti.ts";
import { vxlanInfoAttributes } from "../lib/rtnetlink/link/info_vxlan.ts";
import { xfrmInfoAttributes } from "../lib/rtnetlink/link/info_xfrm.ts";
import {
  linkPortAttributes,
  vfInfoAttributes,
  vfStatsAttributes,
} from "../lib/rtnetlink/link/vf.ts";
import { arbitraryValue } from "./object_helpers.ts";
import { all, uint, uint64 } from "./object_arbitraries.ts";

type Values = Record<string, fc.Arbitrary<unknown>>;

/** Any of the fields of a table, in any order; `special` has the values that the table cannot tell. */
function fieldsOf(set: AttributeSet, special: Values = {}): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.keys(set).map((name) =>
    (special[name] ?? arbitraryValue(set[name][2])).map((value) => [name, value] as const)
  );
  return fc.shuffledSubarray(fields).chain((chosen) => fc.tuple(...chosen))
    .map((entries) => Object.fromEntries(entries));
}

const mac = fc.uint8Array({ minLength: 6, maxLength: 6 }).map(formatHardwareAddress);
const bridgeId = all({ priority: uint(16), address: mac });
const pad = fc.array(fc.constant(new Uint8Array(0)), { minLength: 1, maxLength: 3 });
const names = fc.array(fc.constantFrom("", "wan0", "höchstgeschwindigkeit"), { minLength: 1 });
const several = (element: fc.Arbitrary<unknown>) => fc.array(element, { maxLength: 3 });

/** An address in a field of 32 bytes: six are always told, those after them as far as they are not 0. */
const vfAddress = fc.oneof(
  mac,
  fc.constantFrom("02:00:00:00:00:00", "00:00:00:00:00:00"),
  fc.uint8Array({ minLength: 6, maxLength: 31 })
    .map((bytes) => formatHardwareAddress(Uint8Array.of(...bytes, 7))),
);

const vfInfo = fieldsOf(vfInfoAttributes, {
  mac: all({ vf: uint(32), mac: vfAddress }),
  broadcast: vfAddress,
  stats: fieldsOf(vfStatsAttributes, { pad }),
  vlanList: several(
    all({ vf: uint(32), vlan: uint(32), qos: uint(32), vlanProtocol: uint(16) }),
  ),
});

const bridge = fieldsOf(bridgeInfoAttributes, {
  bridgeId,
  rootId: bridgeId,
  mcastQuerierState: fieldsOf(bridgeQuerierStateAttributes, { pad }),
  pad,
});
const bridgePort = fieldsOf(bridgePortInfoAttributes, { bridgeId, rootId: bridgeId, pad });
const macvlan = fieldsOf(macvlanInfoAttributes, { macaddrData: several(mac) });
const gre = fieldsOf(greInfoAttributes);
const ip6gre = fieldsOf(ip6greInfoAttributes);
const ipTunnel = fieldsOf(ipTunnelInfoAttributes);
const ipvlan = fieldsOf(ipvlanInfoAttributes);
const qos = several(all({ from: uint(32), to: uint(32) }));
const peer = all({ ...header(fc.constant(0)), name: fc.constantFrom("v1", "v2") });

/** Arbitrary data of each kind of link. */
export const kinds: Record<keyof LinkInfoData<Link>, fc.Arbitrary<unknown>> = {
  bond: fieldsOf(bondInfoAttributes, {
    arpIpTarget: several(fc.ipV4()),
    nsIp6Target: several(fc.constantFrom("::", "fe80::1", "2001:db8::ffff:1")),
  }),
  bridge,
  erspan: gre,
  geneve: fieldsOf(geneveInfoAttributes),
  gre,
  gretap: gre,
  hsr: fieldsOf(hsrInfoAttributes),
  ip6erspan: ip6gre,
  ip6gre,
  ip6gretap: ip6gre,
  ip6tnl: fieldsOf(ip6tnlInfoAttributes),
  ipip: ipTunnel,
  ipvlan,
  ipvtap: ipvlan,
  macsec: fieldsOf(macsecInfoAttributes, { pad }),
  macvlan,
  macvtap: macvlan,
  netkit: fieldsOf(netkitInfoAttributes(linkAttributes.linkInfo[2]), { peerInfo: peer }),
  ovpn: fieldsOf(ovpnInfoAttributes),
  sit: ipTunnel,
  tun: fieldsOf(tunInfoAttributes),
  veth: all({ peer }),
  vlan: fieldsOf(vlanInfoAttributes, { egressQos: qos, ingressQos: qos }),
  vrf: fieldsOf(vrfInfoAttributes),
  vti: fieldsOf(vtiInfoAttributes),
  vti6: fieldsOf(vti6InfoAttributes),
  vxlan: fieldsOf(vxlanInfoAttributes),
  xfrm: fieldsOf(xfrmInfoAttributes),
};

/** Arbitrary data of a port of each kind. */
export const slaveKinds: Record<keyof LinkInfoSlaveData, fc.Arbitrary<unknown>> = {
  bond: fieldsOf(bondPortInfoAttributes),
  bridge: bridgePort,
  vrf: fieldsOf(vrfPortInfoAttributes),
};

const slave = fc.oneof(
  ...Object.entries(slaveKinds).map(([slaveKind, data]) =>
    data.map((slaveData) => ({ slaveKind, slaveData }))
  ),
);

/** A kind with its data, in any order; one of whose data nothing is known; or neither. */
const linkInfo = fc.oneof(
  ...Object.entries(kinds).map(([kind, data]) =>
    fc.tuple(data, fc.boolean(), slave).map(([data, first, slave]) =>
      first ? { data, kind } : { kind, data, ...slave }
    )
  ),
  fc.constant({ kind: "nosuch", attribute2: Uint8Array.of(1, 2, 3), xstats: new Uint8Array(4) }),
  fc.constant({}),
);

function header(family: fc.Arbitrary<number>): Values {
  const fields = Object.entries(linkHeader.fields).map(([name, [, scalar]]) =>
    [name, arbitraryValue(scalar)] as const
  );
  return { ...Object.fromEntries(fields), family };
}

const few = <T>(values: fc.Arbitrary<T>) => fc.array(values, { maxLength: 4 });

const inet6 = fieldsOf(afSpec.linkInet6Attributes, {
  conf: few(fc.integer()),
  stats: few(uint64),
  icmp6Stats: few(uint64),
});
const afSpecs = {
  0: fieldsOf(afSpec.linkAfSpecAttributes, {
    inet: all({ conf: few(uint(32)) }),
    inet6,
  }),
  7: fieldsOf(afSpec.bridgeAfSpecAttributes, {
    vlanInfo: fc.array(all({ flags: uint(16), vid: uint(16) }), { minLength: 1, maxLength: 3 }),
    vlanTunnelInfo: fc.array(fieldsOf(afSpec.bridgeVlanTunnelAttributes), {
      minLength: 1,
      maxLength: 3,
    }),
    mst: several(fieldsOf(afSpec.bridgeMstEntryAttributes)),
  }),
};

const { afSpec: _1, protInfo: _2, ...unselected } = linkAttributes;
const special: Values = {
  linkInfo,
  pad,
  propList: all({ altName: names }),
  vfinfoList: several(vfInfo),
  vfPorts: several(fieldsOf(linkPortAttributes)),
};

/** Arbitrary links, as whole and as port of a bridge and in their IPv6 role. */
export const links: fc.Arbitrary<Link> = fc.oneof(
  fc.tuple(
    all(header(fc.constant(0))),
    fieldsOf({ ...unselected, afSpec: linkAttributes.afSpec }, { ...special, afSpec: afSpecs[0] }),
  ),
  fc.tuple(
    all(header(fc.constant(7))),
    fieldsOf(linkAttributes, { ...special, afSpec: afSpecs[7], protInfo: bridgePort }),
  ),
  fc.tuple(
    all(header(fc.constant(10))),
    fieldsOf({ ...unselected, protInfo: linkAttributes.protInfo }, { ...special, protInfo: inet6 }),
  ),
).map(([fixed, attributes]) => ({ ...fixed, ...attributes }) as unknown as Link);
