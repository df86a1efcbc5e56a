import { AddressFlags, RouteScope } from "../../lib/rtnetlink/mod.ts";
import { ifindex, type Part } from "./step.ts";

const { lo, v0, v2 } = ifindex;
const forever = 0xffff_ffff;

/** Addresses of both families. */
export const addresses: Part = {
  name: "addresses",
  batch: true,
  steps: [
    [
      "ip addr add 10.0.0.1/24 dev v0",
      ({ addresses }) => addresses.add({ index: v0, address: "10.0.0.1/24" }),
    ],
    [
      "ip addr add 10.0.0.2/24 brd + dev v0 label v0:1",
      ({ addresses }) =>
        addresses.add({
          index: v0,
          address: "10.0.0.2",
          prefixLength: 24,
          broadcast: "10.0.0.255",
          label: "v0:1",
        }),
    ],
    [
      "ip addr add 10.0.1.1 peer 10.0.1.2/32 dev v0",
      ({ addresses }) => addresses.add({ index: v0, local: "10.0.1.1", address: "10.0.1.2/32" }),
    ],
    [
      "ip addr add 10.0.1.5 peer 10.1.1.0/24 dev v0",
      ({ addresses }) => addresses.add({ index: v0, local: "10.0.1.5", address: "10.1.1.0/24" }),
    ],
    [
      "ip addr add 10.0.2.1/24 dev v0 valid_lft 3600 preferred_lft 1800",
      ({ addresses }) =>
        addresses.add({
          index: v0,
          address: "10.0.2.1/24",
          cacheInfo: { valid: 3600, preferred: 1800 },
        }),
    ],
    [
      "ip addr change 10.0.2.1/24 dev v0 valid_lft 7200 preferred_lft 0",
      ({ addresses }) =>
        addresses.replace({
          index: v0,
          address: "10.0.2.1/24",
          cacheInfo: { valid: 7200, preferred: 0 },
        }),
    ],
    [
      "ip addr add 10.0.3.1/24 dev v0 noprefixroute",
      ({ addresses }) =>
        addresses.add({ index: v0, address: "10.0.3.1/24", flags: AddressFlags.NoPrefixRoute }),
    ],
    [
      "ip addr add 10.0.4.1/24 dev v0 scope link metric 500",
      ({ addresses }) =>
        addresses.add({
          index: v0,
          address: "10.0.4.1/24",
          scope: RouteScope.Link,
          routePriority: 500,
        }),
    ],
    [
      "ip addr add 10.0.5.1/24 dev v0 scope 77",
      ({ addresses }) => addresses.add({ index: v0, address: "10.0.5.1/24", scope: 77 }),
    ],
    [
      "ip addr add 10.0.6.1/24 brd 10.0.6.9 dev v0 scope site",
      ({ addresses }) =>
        addresses.add({
          index: v0,
          address: "10.0.6.1/24",
          broadcast: "10.0.6.9",
          scope: RouteScope.Site,
        }),
    ],
    [
      "ip addr replace 10.0.6.1/24 dev v0 metric 600",
      ({ addresses }) =>
        addresses.replace({ index: v0, address: "10.0.6.1/24", routePriority: 600 }),
    ],
    [
      "ip addr add 224.5.5.5/32 dev v0 autojoin",
      ({ addresses }) =>
        addresses.add({ index: v0, address: "224.5.5.5/32", flags: AddressFlags.McAutoJoin }),
    ],
    [
      "ip addr add 10.7.0.1/16 dev v2",
      ({ addresses }) => addresses.add({ index: v2, address: "10.7.0.1/16" }),
    ],
    [
      "ip addr add 127.0.0.2/8 dev lo",
      ({ addresses }) => addresses.add({ index: lo, address: "127.0.0.2/8" }),
    ],
    [
      "ip addr add 10.9.9.9 dev lo",
      ({ addresses }) => addresses.add({ index: lo, address: "10.9.9.9" }),
    ],
    [
      "ip addr add 2001:db8::1/64 dev v0",
      ({ addresses }) => addresses.add({ index: v0, address: "2001:db8::1/64" }),
    ],
    [
      "ip addr add 2001:db8::2/64 dev v0 nodad",
      ({ addresses }) =>
        addresses.add({ index: v0, address: "2001:db8::2/64", flags: AddressFlags.NoDad }),
    ],
    [
      "ip addr add 2001:db8:1::1/64 dev v0 valid_lft 3600 preferred_lft 1800",
      ({ addresses }) =>
        addresses.add({
          index: v0,
          address: "2001:db8:1::1/64",
          cacheInfo: { valid: 3600, preferred: 1800 },
        }),
    ],
    [
      "ip addr change 2001:db8:1::1/64 dev v0 valid_lft 3600 preferred_lft 0",
      ({ addresses }) =>
        addresses.replace({
          index: v0,
          address: "2001:db8:1::1/64",
          cacheInfo: { valid: 3600, preferred: 0 },
        }),
    ],
    [
      "ip addr add 2001:db8:1::2/64 dev v0 preferred_lft 900",
      ({ addresses }) =>
        addresses.add({
          index: v0,
          address: "2001:db8:1::2/64",
          cacheInfo: { valid: forever, preferred: 900 },
        }),
    ],
    [
      "ip addr add 2001:db8:2::1/64 dev v0 noprefixroute metric 99",
      ({ addresses }) =>
        addresses.add({
          index: v0,
          address: "2001:db8:2::1/64",
          flags: AddressFlags.NoPrefixRoute,
          routePriority: 99,
        }),
    ],
    [
      "ip addr add 2001:db8:3::1 peer 2001:db8:3::2/128 dev v0",
      ({ addresses }) =>
        addresses.add({ index: v0, local: "2001:db8:3::1", address: "2001:db8:3::2/128" }),
    ],
    [
      "ip addr add 2001:db8:4::1:2:3:4/64 dev v0 mngtmpaddr",
      ({ addresses }) =>
        addresses.add({
          index: v0,
          address: "2001:db8:4::1:2:3:4/64",
          flags: AddressFlags.ManageTempAddr,
        }),
    ],
    [
      "ip addr add 2001:db8:5::1/64 dev v0 home",
      ({ addresses }) =>
        addresses.add({ index: v0, address: "2001:db8:5::1/64", flags: AddressFlags.HomeAddress }),
    ],
    [
      "ip addr add 2001:db8:5::2/64 dev v0 home nodad noprefixroute",
      ({ addresses }) =>
        addresses.add({
          index: v0,
          address: "2001:db8:5::2/64",
          flags: AddressFlags.HomeAddress | AddressFlags.NoDad | AddressFlags.NoPrefixRoute,
        }),
    ],
    [
      "ip addr add 2001:db8:6::1/64 dev v0 optimistic",
      ({ addresses }) =>
        addresses.add({ index: v0, address: "2001:db8:6::1/64", flags: AddressFlags.Optimistic }),
    ],
    [
      "ip addr add 2001:db8::100/128 dev lo",
      ({ addresses }) => addresses.add({ index: lo, address: "2001:db8::100" }),
    ],
    [
      "ip addr add fe80::77/64 dev v2 scope link",
      ({ addresses }) =>
        addresses.add({ index: v2, address: "fe80::77/64", scope: RouteScope.Link }),
    ],
    [
      "ip addr add ff05::77/128 dev v0 autojoin",
      ({ addresses }) =>
        addresses.add({ index: v0, address: "ff05::77", flags: AddressFlags.McAutoJoin }),
    ],
    [
      "ip addr del 10.0.0.2/24 dev v0",
      ({ addresses }) => addresses.delete({ index: v0, address: "10.0.0.2/24" }),
    ],
    [
      "ip addr del 10.0.1.5 peer 10.1.1.0/24 dev v0",
      ({ addresses }) => addresses.delete({ index: v0, local: "10.0.1.5", address: "10.1.1.0/24" }),
    ],
    [
      "ip addr del 2001:db8:5::1/64 dev v0",
      ({ addresses }) => addresses.delete({ index: v0, address: "2001:db8:5::1/64" }),
    ],
  ],
};
