/** Arbitrary links: any attributes, also those that are arrays or whose format another value selects. */
import fc from "fast-check";
import type { AttributeSet } from "../lib/rtnetlink/codec/attribute_set.ts";
import { formatHardwareAddress } from "../lib/rtnetlink/codec/network.ts";
import * as afSpec from "../lib/rtnetlink/link/af_spec.ts";
import { type Link, linkAttributes, linkHeader } from "../lib/rtnetlink/link/attributes.ts";
import {
  bridgeInfoAttributes,
  bridgeQuerierStateAttributes,
} from "../lib/rtnetlink/link/info_bridge.ts";
import { bridgePortInfoAttributes } from "../lib/rtnetlink/link/info_bridge_port.ts";
import { macvlanInfoAttributes } from "../lib/rtnetlink/link/info_macvlan.ts";
import { tunInfoAttributes } from "../lib/rtnetlink/link/info_tun.ts";
import { vxlanInfoAttributes } from "../lib/rtnetlink/link/info_vxlan.ts";
import {
  linkPortAttributes,
  vfInfoAttributes,
  vfStatsAttributes,
} from "../lib/rtnetlink/link/vf.ts";
import { arbitraryValue } from "./object_helpers.ts";

type Values = Record<string, fc.Arbitrary<unknown>>;

/** Any of the fields of a table, in any order; `special` has the values that the table cannot tell. */
function fieldsOf(set: AttributeSet, special: Values = {}): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.keys(set).map((name) =>
    (special[name] ?? arbitraryValue(set[name][2])).map((value) => [name, value] as const)
  );
  return fc.shuffledSubarray(fields).chain((chosen) => fc.tuple(...chosen))
    .map((entries) => Object.fromEntries(entries));
}

const all = (fields: Values) => fc.record(fields, { noNullPrototype: true });
const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
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
const kinds: Values = {
  bridge,
  macvlan,
  macvtap: macvlan,
  tun: fieldsOf(tunInfoAttributes),
  vxlan: fieldsOf(vxlanInfoAttributes),
  veth: all({ peer: all({ ...header(fc.constant(0)), name: fc.constantFrom("v1", "v2") }) }),
};

/** A kind with its data, in any order; one of whose data nothing is known; or neither. */
const linkInfo = fc.oneof(
  ...Object.entries(kinds).map(([kind, data]) =>
    fc.tuple(data, fc.boolean(), bridgePort).map(([data, first, slaveData]) =>
      first ? { data, kind } : { kind, data, slaveKind: "bridge", slaveData }
    )
  ),
  fc.constant({ kind: "bond", attribute2: Uint8Array.of(1, 2, 3), xstats: new Uint8Array(4) }),
  fc.constant({}),
);

function header(family: fc.Arbitrary<number>): Values {
  const fields = Object.entries(linkHeader.fields).map(([name, [, scalar]]) =>
    [name, arbitraryValue(scalar)] as const
  );
  return { ...Object.fromEntries(fields), family };
}

const typed = <T>(type: new (values: Iterable<T>) => unknown, values: fc.Arbitrary<T>) =>
  fc.array(values, { maxLength: 4 }).map((list) => new type(list));

const inet6 = fieldsOf(afSpec.linkInet6Attributes, {
  conf: typed(Int32Array, fc.integer()),
  stats: typed(BigUint64Array, uint64),
  icmp6Stats: typed(BigUint64Array, uint64),
});
const afSpecs = {
  0: fieldsOf(afSpec.linkAfSpecAttributes, {
    inet: all({ conf: typed(Uint32Array, uint(32)) }),
    inet6,
  }),
  7: fieldsOf(afSpec.bridgeAfSpecAttributes, {
    vlanInfo: fc.array(all({ flags: uint(16), vid: uint(16) }), { minLength: 1, maxLength: 3 }),
    vlanTunnelInfo: fc.array(fieldsOf(afSpec.bridgeVlanTunnelAttributes), {
      minLength: 1,
      maxLength: 3,
    }),
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
