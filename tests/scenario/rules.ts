import {
  AddressFamily,
  RouteProtocol,
  RouteTable,
  RuleAction,
  RuleFlags,
} from "../../lib/rtnetlink/mod.ts";
import { whyNoPrivilege } from "../harness.ts";
import type { Part } from "./step.ts";

const family = AddressFamily.Inet6;
const tcp = 6;
const udp = 17;

/** A user namespace may have no user but one. */
const uids = whyNoPrivilege() ? { start: 0, end: 0 } : { start: 100, end: 200 };

/** Rules with every selector and every action. */
export const rules: Part = {
  name: "rules",
  batch: true,
  steps: [
    [
      "ip rule add from 10.0.0.0/24 table 100",
      ({ rules }) => rules.add({ src: "10.0.0.0/24", table: 100 }),
    ],
    [
      "ip rule add to 10.1.0.0/16 lookup 100 priority 500",
      ({ rules }) => rules.add({ dst: "10.1.0.0/16", table: 100, priority: 500 }),
    ],
    [
      "ip rule add from 10.9.4.1 to 10.9.5.1 lookup 300 pref 501",
      ({ rules }) => rules.add({ src: "10.9.4.1", dst: "10.9.5.1", table: 300, priority: 501 }),
    ],
    ["ip rule add pref 502", ({ rules }) => rules.add({ priority: 502 })],
    [
      "ip rule add fwmark 0x1/0xff lookup 101 pref 600",
      ({ rules }) => rules.add({ fwMark: 1, fwMask: 0xff, table: 101, priority: 600 }),
    ],
    [
      "ip rule add fwmark 7 lookup 101 pref 601",
      ({ rules }) => rules.add({ fwMark: 7, table: 101, priority: 601 }),
    ],
    [
      "ip rule add iif v0 lookup 102 pref 602",
      ({ rules }) => rules.add({ iifName: "v0", table: 102, priority: 602 }),
    ],
    [
      "ip rule add oif v0 lookup 102 pref 603",
      ({ rules }) => rules.add({ oifName: "v0", table: 102, priority: 603 }),
    ],
    [
      "ip rule add iif nosuchdev lookup 102 pref 604",
      ({ rules }) => rules.add({ iifName: "nosuchdev", table: 102, priority: 604 }),
    ],
    [
      "ip rule add not from 10.9.0.0/16 blackhole pref 605",
      ({ rules }) =>
        rules.add({
          flags: RuleFlags.Invert,
          src: "10.9.0.0/16",
          action: RuleAction.Blackhole,
          priority: 605,
        }),
    ],
    [
      "ip rule add from 10.9.1.0/24 unreachable pref 606",
      ({ rules }) =>
        rules.add({ src: "10.9.1.0/24", action: RuleAction.Unreachable, priority: 606 }),
    ],
    [
      "ip rule add from 10.9.2.0/24 prohibit pref 607",
      ({ rules }) => rules.add({ src: "10.9.2.0/24", action: RuleAction.Prohibit, priority: 607 }),
    ],
    [
      "ip rule add tos 0x10 lookup main pref 608 suppress_prefixlength 0",
      ({ rules }) =>
        rules.add({
          tos: 0x10,
          table: RouteTable.Main,
          suppressPrefixLength: 0,
          priority: 608,
        }),
    ],
    [
      "ip rule add lookup main pref 609 suppress_ifgroup 42",
      ({ rules }) => rules.add({ table: RouteTable.Main, suppressIfgroup: 42, priority: 609 }),
    ],
    [
      `ip rule add uidrange ${uids.start}-${uids.end} lookup 103 pref 610`,
      ({ rules }) => rules.add({ uidRange: uids, table: 103, priority: 610 }),
    ],
    [
      "ip rule add ipproto tcp sport 80 dport 1000-2000 lookup 104 pref 611",
      ({ rules }) =>
        rules.add({
          ipProto: tcp,
          sportRange: { start: 80, end: 80 },
          dportRange: { start: 1000, end: 2000 },
          table: 104,
          priority: 611,
        }),
    ],
    [
      "ip rule add ipproto 200 sport 1-2 dport 53 lookup 104 pref 612",
      ({ rules }) =>
        rules.add({
          ipProto: 200,
          sportRange: { start: 1, end: 2 },
          dportRange: { start: 53, end: 53 },
          table: 104,
          priority: 612,
        }),
    ],
    [
      "ip rule add goto 700 pref 613",
      ({ rules }) => rules.add({ action: RuleAction.Goto, goto: 700, priority: 613 }),
    ],
    [
      "ip rule add lookup 105 pref 700 protocol static",
      ({ rules }) => rules.add({ table: 105, priority: 700, protocol: RouteProtocol.Static }),
    ],
    [
      "ip rule add goto 9999 pref 614",
      ({ rules }) => rules.add({ action: RuleAction.Goto, goto: 9999, priority: 614 }),
    ],
    [
      "ip rule add nop pref 615",
      ({ rules }) => rules.add({ action: RuleAction.Nop, priority: 615 }),
    ],
    ["ip rule add l3mdev pref 1000", ({ rules }) => rules.add({ l3mdev: 1, priority: 1000 })],
    [
      "ip rule add l3mdev unreachable pref 1001",
      ({ rules }) => rules.add({ l3mdev: 1, action: RuleAction.Unreachable, priority: 1001 }),
    ],
    [
      "ip rule add tun_id 5 lookup 106 pref 616",
      ({ rules }) => rules.add({ tunId: 5n, table: 106, priority: 616 }),
    ],
    [
      "ip rule add from 10.9.3.0/24 realms 1/2 lookup 107 pref 617",
      ({ rules }) =>
        rules.add({ src: "10.9.3.0/24", flow: 1 << 16 | 2, table: 107, priority: 617 }),
    ],
    [
      "ip rule add from all lookup 108 pref 618",
      ({ rules }) => rules.add({ src: "0.0.0.0/0", table: 108, priority: 618 }),
    ],
    [
      "ip -6 rule add from 2001:db8::/32 table 100 pref 619",
      ({ rules }) => rules.add({ src: "2001:db8::/32", table: 100, priority: 619 }),
    ],
    [
      "ip -6 rule add to 2001:db8:1::/48 fwmark 3 iif v0 lookup 100000 pref 620",
      ({ rules }) =>
        rules.add({
          dst: "2001:db8:1::/48",
          fwMark: 3,
          iifName: "v0",
          table: 100_000,
          priority: 620,
        }),
    ],
    [
      "ip -6 rule add tos 0x20 uidrange 0-0 ipproto udp prohibit pref 621",
      ({ rules }) =>
        rules.add({
          family,
          tos: 0x20,
          uidRange: { start: 0, end: 0 },
          ipProto: udp,
          action: RuleAction.Prohibit,
          priority: 621,
        }),
    ],
    [
      "ip -6 rule add goto 40000 pref 622",
      ({ rules }) => rules.add({ family, action: RuleAction.Goto, goto: 40_000, priority: 622 }),
    ],
    ["ip rule del pref 500", ({ rules }) => rules.delete({ priority: 500 })],
    [
      "ip rule del from 10.0.0.0/24 table 100",
      ({ rules }) => rules.delete({ src: "10.0.0.0/24", table: 100 }),
    ],
    ["ip -6 rule del pref 619", ({ rules }) => rules.delete({ family, priority: 619 })],
  ],
};
