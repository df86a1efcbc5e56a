/** Flags of a link, `IFF_*` in linux/if.h. */
export const LinkFlags = {
  /** The link is switched on, `IFF_UP`. */
  Up: 0x1,
  /** It can reach all stations at once, `IFF_BROADCAST`. */
  Broadcast: 0x2,
  /** Its driver should tell more in the log, `IFF_DEBUG`. */
  Debug: 0x4,
  /** It is a loopback, `IFF_LOOPBACK`. */
  Loopback: 0x8,
  /** It has one other end, `IFF_POINTOPOINT`. */
  PointToPoint: 0x10,
  /** `IFF_NOTRAILERS`; without effect. */
  NoTrailers: 0x20,
  /** It works: switched on, with a carrier, its protocols ready, `IFF_RUNNING`. */
  Running: 0x40,
  /** It asks for no neighbours' addresses, `IFF_NOARP`. */
  NoArp: 0x80,
  /** It receives everything, `IFF_PROMISC`. */
  Promiscuous: 0x100,
  /** It receives all multicasts, `IFF_ALLMULTI`. */
  AllMulticast: 0x200,
  /** Its ports share the load, `IFF_MASTER`: a bond. */
  Master: 0x400,
  /** It is a port of such a link, `IFF_SLAVE`. */
  Slave: 0x800,
  /** It can multicast, `IFF_MULTICAST`. */
  Multicast: 0x1000,
  /** Its medium can be selected, `IFF_PORTSEL`. */
  PortSelect: 0x2000,
  /** It selects its medium itself, `IFF_AUTOMEDIA`. */
  AutoMedia: 0x4000,
  /** Its addresses are lost when it is switched off, `IFF_DYNAMIC`. */
  Dynamic: 0x8000,
  /** It has a carrier, `IFF_LOWER_UP`. */
  LowerUp: 0x1_0000,
  /** It waits for a protocol, such as 802.1X, `IFF_DORMANT`. */
  Dormant: 0x2_0000,
  /** It receives what it sends, `IFF_ECHO`: a CAN bus. */
  Echo: 0x4_0000,
} as const;

/** Whether a link works, in the terms of RFC 2863, `IF_OPER_*` in linux/if.h. */
export const OperState = {
  /** Not known: the driver does not tell, `IF_OPER_UNKNOWN`. */
  Unknown: 0,
  /** The hardware is missing, `IF_OPER_NOTPRESENT`. */
  NotPresent: 1,
  /** It does not work, `IF_OPER_DOWN`. */
  Down: 2,
  /** It does not work as the link below it does not, `IF_OPER_LOWERLAYERDOWN`. */
  LowerLayerDown: 3,
  /** It is being tested, `IF_OPER_TESTING`. */
  Testing: 4,
  /** It waits for something outside, `IF_OPER_DORMANT`. */
  Dormant: 5,
  /** It works, `IF_OPER_UP`. */
  Up: 6,
} as const;

/** What a link does once it has a carrier, `IF_LINK_MODE_*` in linux/if.h. */
export const LinkMode = {
  /** It works at once, `IF_LINK_MODE_DEFAULT`. */
  Default: 0,
  /** It waits until a program calls it ready, `IF_LINK_MODE_DORMANT`. */
  Dormant: 1,
  /** It waits for the end of a test, `IF_LINK_MODE_TESTING`. */
  Testing: 2,
} as const;

/** What a message about a link was sent for, `IFLA_EVENT_*` in linux/if_link.h. */
export const LinkEvent = {
  /** Nothing in particular, `IFLA_EVENT_NONE`. */
  None: 0,
  /** A bond's port came back, `IFLA_EVENT_REBOOT`. */
  Reboot: 1,
  /** Its features changed, `IFLA_EVENT_FEATURES`. */
  Features: 2,
  /** A bond chose another port, `IFLA_EVENT_BONDING_FAILOVER`. */
  BondingFailover: 3,
  /** Its neighbours are told of it, `IFLA_EVENT_NOTIFY_PEERS`. */
  NotifyPeers: 4,
  /** Multicast memberships are told again, `IFLA_EVENT_IGMP_RESEND`. */
  IgmpResend: 5,
  /** A bond's options changed, `IFLA_EVENT_BONDING_OPTIONS`. */
  BondingOptions: 6,
} as const;

/** Hardware types of links, a choice of `ARPHRD_*` in linux/if_arp.h. */
export const LinkType = {
  /** Ethernet, `ARPHRD_ETHER`. */
  Ether: 1,
  /** InfiniBand, `ARPHRD_INFINIBAND`. */
  Infiniband: 32,
  /** A CAN bus, `ARPHRD_CAN`. */
  Can: 280,
  /** Point-to-point protocol, `ARPHRD_PPP`. */
  Ppp: 512,
  /** Packets without a header of the link, `ARPHRD_RAWIP`. */
  RawIp: 519,
  /** IPv4 in IPv4, `ARPHRD_TUNNEL`. */
  Tunnel: 768,
  /** Anything in IPv6, `ARPHRD_TUNNEL6`. */
  Tunnel6: 769,
  /** The loopback, `ARPHRD_LOOPBACK`. */
  Loopback: 772,
  /** IPv6 in IPv4, `ARPHRD_SIT`. */
  Sit: 776,
  /** GRE over IPv4, `ARPHRD_IPGRE`. */
  Gre: 778,
  /** 802.11, `ARPHRD_IEEE80211`. */
  Ieee80211: 801,
  /** GRE over IPv6, `ARPHRD_IP6GRE`. */
  Gre6: 823,
  /** A tap into netlink, `ARPHRD_NETLINK`. */
  Netlink: 824,
  /** No hardware address at all, `ARPHRD_NONE`. */
  None: 0xfffe,
} as const;

/** What a request wants told about links, `RTEXT_FILTER_*` in linux/rtnetlink.h. */
export const LinkFilter = {
  /** Virtual functions, `RTEXT_FILTER_VF`. */
  Vf: 1 << 0,
  /** The VLANs of bridges and their ports, `RTEXT_FILTER_BRVLAN`. */
  BridgeVlan: 1 << 1,
  /** The same with runs of VLANs as ranges, `RTEXT_FILTER_BRVLAN_COMPRESSED`. */
  BridgeVlanCompressed: 1 << 2,
  /** Everything but the statistics, `RTEXT_FILTER_SKIP_STATS`. */
  SkipStats: 1 << 3,
  /** Media redundancy protocol of bridges, `RTEXT_FILTER_MRP`. */
  Mrp: 1 << 4,
  /** Configuration of connectivity fault management, `RTEXT_FILTER_CFM_CONFIG`. */
  CfmConfig: 1 << 5,
  /** State of connectivity fault management, `RTEXT_FILTER_CFM_STATUS`. */
  CfmStatus: 1 << 6,
  /** Multiple spanning trees, `RTEXT_FILTER_MST`. */
  Mst: 1 << 7,
  /** Nothing but the name, `RTEXT_FILTER_NAME_ONLY`. */
  NameOnly: 1 << 8,
} as const;

/** The flags in the order in which `ip` prints them; it does not print `IFF_RUNNING`. */
const flagNames: ReadonlyArray<readonly [flag: number, name: string]> = [
  [LinkFlags.Loopback, "LOOPBACK"],
  [LinkFlags.Broadcast, "BROADCAST"],
  [LinkFlags.PointToPoint, "POINTOPOINT"],
  [LinkFlags.Multicast, "MULTICAST"],
  [LinkFlags.NoArp, "NOARP"],
  [LinkFlags.AllMulticast, "ALLMULTI"],
  [LinkFlags.Promiscuous, "PROMISC"],
  [LinkFlags.Master, "MASTER"],
  [LinkFlags.Slave, "SLAVE"],
  [LinkFlags.Debug, "DEBUG"],
  [LinkFlags.Dynamic, "DYNAMIC"],
  [LinkFlags.AutoMedia, "AUTOMEDIA"],
  [LinkFlags.PortSelect, "PORTSEL"],
  [LinkFlags.NoTrailers, "NOTRAILERS"],
  [LinkFlags.Up, "UP"],
  [LinkFlags.LowerUp, "LOWER_UP"],
  [LinkFlags.Dormant, "DORMANT"],
  [LinkFlags.Echo, "ECHO"],
];

/**
 * Names the flags of a link as `ip` does: in its order, without `IFF_RUNNING`.
 *
 * @param flags The flags, see {@link LinkFlags}.
 * @returns Such as ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"]; flags without a name come last, as one hexadecimal number.
 */
export function linkFlagNames(flags: number): string[] {
  const names: string[] = [];
  let rest = flags & ~LinkFlags.Running;
  for (const [flag, name] of flagNames) {
    if ((rest & flag) === 0) continue;
    names.push(name);
    rest &= ~flag;
  }
  if (rest !== 0) names.push((rest >>> 0).toString(16));
  return names;
}

const operStateNames = [
  "UNKNOWN",
  "NOTPRESENT",
  "DOWN",
  "LOWERLAYERDOWN",
  "TESTING",
  "DORMANT",
  "UP",
];

/** Names whether a link works, such as 6 "UP"; undefined where there is no name. */
export function operStateName(state: number): string | undefined {
  return operStateNames[state];
}

const linkModeNames = ["DEFAULT", "DORMANT"];

/** Names what a link does once it has a carrier, such as 0 "DEFAULT"; undefined where `ip` has no name. */
export function linkModeName(mode: number): string | undefined {
  return linkModeNames[mode];
}
