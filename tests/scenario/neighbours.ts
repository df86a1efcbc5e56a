import {
  AddressFamily,
  NeighbourExtendedFlags,
  NeighbourFlags,
  NeighbourState,
  RouteProtocol,
} from "../../lib/rtnetlink/mod.ts";
import { ifindex, type Part } from "./step.ts";

const { v0, br0, p0, vx0, vx3 } = ifindex;
const family = AddressFamily.Bridge;
const { Self, Master } = NeighbourFlags;
/** An entry that neither ages nor is local: "static". */
const lasting = NeighbourState.NoArp | NeighbourState.Reachable;

const lladdr = (end: string) => `02:00:00:00:${end}`;

/** Settings under which neighbours stay in their states. */
const patience = ["ipv4", "ipv6"].flatMap((family) => [
  `net.${family}.neigh.v0.retrans_time_ms=100000`,
  `net.${family}.neigh.v0.delay_first_probe_time=100`,
  `net.${family}.neigh.v0.base_reachable_time_ms=1000000`,
]);

/** Neighbours in every state, and proxies. */
export const neighbours: Part = {
  name: "neighbours",
  batch: true,
  sysctl: patience,
  steps: [
    [
      "ip neigh add 10.0.0.50 lladdr 02:00:00:00:50:50 dev v0",
      ({ neighbours }) => neighbours.add({ index: v0, dst: "10.0.0.50", lladdr: lladdr("50:50") }),
    ],
    [
      "ip neigh add 10.0.0.51 lladdr 02:00:00:00:50:51 dev v0 nud reachable",
      ({ neighbours }) =>
        neighbours.add({
          index: v0,
          dst: "10.0.0.51",
          lladdr: lladdr("50:51"),
          state: NeighbourState.Reachable,
        }),
    ],
    [
      "ip neigh add 10.0.0.52 lladdr 02:00:00:00:50:52 dev v0 nud stale",
      ({ neighbours }) =>
        neighbours.add({
          index: v0,
          dst: "10.0.0.52",
          lladdr: lladdr("50:52"),
          state: NeighbourState.Stale,
        }),
    ],
    [
      "ip neigh add 10.0.0.53 lladdr 02:00:00:00:50:53 dev v0 nud noarp",
      ({ neighbours }) =>
        neighbours.add({
          index: v0,
          dst: "10.0.0.53",
          lladdr: lladdr("50:53"),
          state: NeighbourState.NoArp,
        }),
    ],
    [
      "ip neigh add 10.0.0.54 dev v0 nud none",
      ({ neighbours }) =>
        neighbours.add({ index: v0, dst: "10.0.0.54", state: NeighbourState.None }),
    ],
    [
      "ip neigh add 10.0.0.55 lladdr 02:00:00:00:50:55 dev v0 nud delay",
      ({ neighbours }) =>
        neighbours.add({
          index: v0,
          dst: "10.0.0.55",
          lladdr: lladdr("50:55"),
          state: NeighbourState.Delay,
        }),
    ],
    [
      "ip neigh add 10.0.0.56 lladdr 02:00:00:00:50:56 dev v0 nud probe",
      ({ neighbours }) =>
        neighbours.add({
          index: v0,
          dst: "10.0.0.56",
          lladdr: lladdr("50:56"),
          state: NeighbourState.Probe,
        }),
    ],
    [
      "ip neigh add 10.0.0.57 dev v0 nud incomplete",
      ({ neighbours }) =>
        neighbours.add({ index: v0, dst: "10.0.0.57", state: NeighbourState.Incomplete }),
    ],
    [
      "ip neigh add 10.0.0.58 dev v0 nud failed",
      ({ neighbours }) =>
        neighbours.add({ index: v0, dst: "10.0.0.58", state: NeighbourState.Failed }),
    ],
    [
      "ip neigh add proxy 10.0.0.60 dev v0",
      ({ neighbours }) =>
        neighbours.add({ index: v0, dst: "10.0.0.60", flags: NeighbourFlags.Proxy }),
    ],
    [
      "ip neigh add proxy 10.0.0.61 dev v0 protocol static",
      ({ neighbours }) =>
        neighbours.add({
          index: v0,
          dst: "10.0.0.61",
          flags: NeighbourFlags.Proxy,
          protocol: RouteProtocol.Static,
        }),
    ],
    [
      "ip neigh add 10.0.0.62 lladdr 02:00:00:00:50:62 dev v0 extern_learn",
      ({ neighbours }) =>
        neighbours.add({
          index: v0,
          dst: "10.0.0.62",
          lladdr: lladdr("50:62"),
          flags: NeighbourFlags.ExtLearned,
        }),
    ],
    [
      "ip neigh add 10.0.0.63 lladdr 02:00:00:00:50:63 dev v0 protocol bird",
      ({ neighbours }) =>
        neighbours.add({
          index: v0,
          dst: "10.0.0.63",
          lladdr: lladdr("50:63"),
          protocol: RouteProtocol.Bird,
        }),
    ],
    [
      "ip neigh add 10.0.0.64 dev v0 use",
      ({ neighbours }) =>
        neighbours.add({
          index: v0,
          dst: "10.0.0.64",
          flags: NeighbourFlags.Use,
          state: NeighbourState.None,
        }),
    ],
    [
      "ip neigh add 10.0.0.65 dev v0 managed",
      ({ neighbours }) =>
        neighbours.add({
          index: v0,
          dst: "10.0.0.65",
          flagsExt: NeighbourExtendedFlags.Managed,
          state: NeighbourState.None,
        }),
    ],
    [
      "ip neigh add 2001:db8::50 lladdr 02:00:00:00:50:50 dev v0 nud permanent",
      ({ neighbours }) =>
        neighbours.add({ index: v0, dst: "2001:db8::50", lladdr: lladdr("50:50") }),
    ],
    [
      "ip neigh add 2001:db8::51 lladdr 02:00:00:00:50:51 dev v0 router nud reachable",
      ({ neighbours }) =>
        neighbours.add({
          index: v0,
          dst: "2001:db8::51",
          lladdr: lladdr("50:51"),
          flags: NeighbourFlags.Router,
          state: NeighbourState.Reachable,
        }),
    ],
    [
      "ip neigh add proxy 2001:db8::60 dev v0",
      ({ neighbours }) =>
        neighbours.add({ index: v0, dst: "2001:db8::60", flags: NeighbourFlags.Proxy }),
    ],
    [
      "ip neigh add proxy 2001:db8::61 dev v0 router",
      ({ neighbours }) =>
        neighbours.add({
          index: v0,
          dst: "2001:db8::61",
          flags: NeighbourFlags.Proxy | NeighbourFlags.Router,
        }),
    ],
    [
      "ip neigh change 10.0.0.50 lladdr 02:00:00:00:50:99 dev v0",
      ({ neighbours }) => neighbours.set({ index: v0, dst: "10.0.0.50", lladdr: lladdr("50:99") }),
    ],
    [
      "ip neigh replace 10.0.0.52 lladdr 02:00:00:00:50:98 dev v0 nud stale",
      ({ neighbours }) =>
        neighbours.replace({
          index: v0,
          dst: "10.0.0.52",
          lladdr: lladdr("50:98"),
          state: NeighbourState.Stale,
        }),
    ],
    [
      "ip neigh del 10.0.0.51 dev v0",
      ({ neighbours }) => neighbours.delete({ index: v0, dst: "10.0.0.51" }),
    ],
    [
      "ip neigh del proxy 10.0.0.60 dev v0",
      ({ neighbours }) =>
        neighbours.delete({ index: v0, dst: "10.0.0.60", flags: NeighbourFlags.Proxy }),
    ],
  ],
};

/** Forwarding databases of a bridge's ports and of tunnels. */
export const forwarding: Part = {
  name: "forwarding databases",
  steps: [
    [
      "bridge fdb add 02:00:00:00:09:09 dev p0 master static",
      ({ neighbours }) =>
        neighbours.add({
          family,
          index: p0,
          lladdr: lladdr("09:09"),
          flags: Master,
          state: lasting,
        }),
    ],
    [
      "bridge fdb add 02:00:00:00:09:0b dev p0 master static sticky",
      ({ neighbours }) =>
        neighbours.add({
          family,
          index: p0,
          lladdr: lladdr("09:0b"),
          flags: Master | NeighbourFlags.Sticky,
          state: lasting,
        }),
    ],
    [
      "bridge fdb add 02:00:00:00:09:0c dev p0 self",
      ({ neighbours }) => neighbours.add({ family, index: p0, lladdr: lladdr("09:0c") }),
    ],
    [
      "bridge fdb add 02:00:00:00:09:0d dev br0 self local",
      ({ neighbours }) =>
        neighbours.add({ family, index: br0, lladdr: lladdr("09:0d"), flags: Self }),
    ],
    [
      "bridge fdb add 02:00:00:00:09:0e dev p0 master extern_learn",
      ({ neighbours }) =>
        neighbours.add({
          family,
          index: p0,
          lladdr: lladdr("09:0e"),
          flags: Master | NeighbourFlags.ExtLearned,
        }),
    ],
    [
      "bridge fdb add 02:00:00:00:09:0f dev p0 master",
      ({ neighbours }) =>
        neighbours.add({ family, index: p0, lladdr: lladdr("09:0f"), flags: Master }),
    ],
    [
      "bridge fdb add 02:00:00:00:09:10 dev p2 master dynamic",
      ({ neighbours }) =>
        neighbours.add({
          family,
          index: ifindex.p2,
          lladdr: lladdr("09:10"),
          flags: Master,
          state: NeighbourState.Reachable,
        }),
    ],
    [
      "bridge fdb replace 02:00:00:00:09:0f dev p0 master static",
      ({ neighbours }) =>
        neighbours.replace({
          family,
          index: p0,
          lladdr: lladdr("09:0f"),
          flags: Master,
          state: lasting,
        }),
    ],
    [
      "bridge fdb del 02:00:00:00:09:09 dev p0 master",
      ({ neighbours }) =>
        neighbours.delete({ family, index: p0, lladdr: lladdr("09:09"), flags: Master }),
    ],
    [
      "bridge fdb add 02:00:00:00:09:11 dev p1 self",
      ({ neighbours }) => neighbours.add({ family, index: ifindex.p1, lladdr: lladdr("09:11") }),
    ],
    [
      "bridge fdb del 02:00:00:00:09:11 dev p1 self",
      ({ neighbours }) => neighbours.delete({ family, index: ifindex.p1, lladdr: lladdr("09:11") }),
    ],
    [
      "bridge fdb add 02:00:00:00:05:05 dev vx0 dst 10.0.0.10 vni 100 port 5000 via v0",
      ({ neighbours }) =>
        neighbours.add({
          family,
          index: vx0,
          lladdr: lladdr("05:05"),
          dst: "10.0.0.10",
          vni: 100,
          port: 5000,
          ifindex: v0,
        }),
    ],
    [
      "bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.0.11",
      ({ neighbours }) =>
        neighbours.append({
          family,
          index: vx0,
          lladdr: "00:00:00:00:00:00",
          dst: "10.0.0.11",
        }),
    ],
    [
      "bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.0.12",
      ({ neighbours }) =>
        neighbours.append({
          family,
          index: vx0,
          lladdr: "00:00:00:00:00:00",
          dst: "10.0.0.12",
        }),
    ],
    [
      "bridge fdb add 02:00:00:00:05:06 dev vx3 dst 10.0.0.11 src_vni 7 vni 8",
      ({ neighbours }) =>
        neighbours.add({
          family,
          index: vx3,
          lladdr: lladdr("05:06"),
          dst: "10.0.0.11",
          srcVni: 7,
          vni: 8,
        }),
    ],
    [
      "bridge fdb add 02:00:00:00:05:07 dev vx0 nhid 13",
      ({ neighbours }) => neighbours.add({ family, index: vx0, lladdr: lladdr("05:07"), nhId: 13 }),
    ],
    [
      "bridge fdb add 02:00:00:00:05:09 dev vx0 dst 10.0.0.13 dynamic",
      ({ neighbours }) =>
        neighbours.add({
          family,
          index: vx0,
          lladdr: lladdr("05:09"),
          dst: "10.0.0.13",
          state: NeighbourState.Reachable,
        }),
    ],
    [
      "bridge fdb add 02:00:00:00:05:0a dev vx0 dst 10.0.0.13 static extern_learn",
      ({ neighbours }) =>
        neighbours.add({
          family,
          index: vx0,
          lladdr: lladdr("05:0a"),
          dst: "10.0.0.13",
          flags: NeighbourFlags.ExtLearned,
          state: lasting,
        }),
    ],
    [
      "bridge fdb replace 02:00:00:00:05:09 dev vx0 dst 10.0.0.14",
      ({ neighbours }) =>
        neighbours.replace({
          family,
          index: vx0,
          lladdr: lladdr("05:09"),
          dst: "10.0.0.14",
        }),
    ],
    [
      "bridge fdb del 00:00:00:00:00:00 dev vx0 dst 10.0.0.12",
      ({ neighbours }) =>
        neighbours.delete({
          family,
          index: vx0,
          lladdr: "00:00:00:00:00:00",
          dst: "10.0.0.12",
        }),
    ],
  ],
};
