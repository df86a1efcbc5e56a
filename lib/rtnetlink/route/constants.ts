/** What becomes of a packet that a route matches, `RTN_*` in linux/rtnetlink.h. */
export const RouteType = {
  /** Not said, `RTN_UNSPEC`. */
  Unspec: 0,
  /** It goes to a gateway or onto a link, `RTN_UNICAST`. */
  Unicast: 1,
  /** It is for this host, `RTN_LOCAL`. */
  Local: 2,
  /** It is for this host and was sent to all stations of a link, or is to be sent so, `RTN_BROADCAST`. */
  Broadcast: 3,
  /** It is for the nearest of several hosts, of which this is one, `RTN_ANYCAST`. */
  Anycast: 4,
  /** It is for a group of hosts, `RTN_MULTICAST`. */
  Multicast: 5,
  /** It is dropped without a word; senders on this host get EINVAL, `RTN_BLACKHOLE`. */
  Blackhole: 6,
  /** It is refused as unreachable; senders on this host get EHOSTUNREACH, `RTN_UNREACHABLE`. */
  Unreachable: 7,
  /** It is refused as prohibited; senders on this host get EACCES, `RTN_PROHIBIT`. */
  Prohibit: 8,
  /** The search goes on as if the table had no such route, `RTN_THROW`. */
  Throw: 9,
  /** Its address would be translated; no kernel does it any more, `RTN_NAT`. */
  Nat: 10,
  /** An external resolver would decide; never implemented, `RTN_XRESOLVE`. */
  Xresolve: 11,
} as const;

/** Who made a route or a nexthop, `RTPROT_*` in linux/rtnetlink.h. The kernel interprets only those up to `Boot`. */
export const RouteProtocol = {
  /** Not said, `RTPROT_UNSPEC`. */
  Unspec: 0,
  /** An ICMP redirect, `RTPROT_REDIRECT`. */
  Redirect: 1,
  /** The kernel, such as for an address, `RTPROT_KERNEL`. */
  Kernel: 2,
  /** Whoever did not say, as `ip route` does not by default, `RTPROT_BOOT`. */
  Boot: 3,
  /** The administrator, to stay, `RTPROT_STATIC`. */
  Static: 4,
  /** `RTPROT_GATED` */
  Gated: 8,
  /** A router advertisement, `RTPROT_RA`. */
  Ra: 9,
  /** `RTPROT_MRT` */
  Mrt: 10,
  /** `RTPROT_ZEBRA` */
  Zebra: 11,
  /** `RTPROT_BIRD` */
  Bird: 12,
  /** `RTPROT_DNROUTED` */
  Dnrouted: 13,
  /** `RTPROT_XORP` */
  Xorp: 14,
  /** `RTPROT_NTK` */
  Ntk: 15,
  /** A DHCP client, `RTPROT_DHCP`. */
  Dhcp: 16,
  /** A multicast routing daemon, `RTPROT_MROUTED`. */
  Mrouted: 17,
  /** `RTPROT_KEEPALIVED` */
  Keepalived: 18,
  /** `RTPROT_BABEL` */
  Babel: 42,
  /** `RTPROT_OPENR` */
  OpenR: 99,
  /** `RTPROT_BGP` */
  Bgp: 186,
  /** `RTPROT_ISIS` */
  Isis: 187,
  /** `RTPROT_OSPF` */
  Ospf: 188,
  /** `RTPROT_RIP` */
  Rip: 189,
  /** `RTPROT_EIGRP` */
  Eigrp: 192,
} as const;

/**
 * How far away the destination of a route is, or how far an address is valid, `RT_SCOPE_*` in
 * linux/rtnetlink.h: the higher the number, the nearer. IPv6 routes have no scope.
 */
export const RouteScope = {
  /** Anywhere, `RT_SCOPE_UNIVERSE`. */
  Universe: 0,
  /** Within the site, `RT_SCOPE_SITE`. */
  Site: 200,
  /** On a link of this host, `RT_SCOPE_LINK`. */
  Link: 253,
  /** On this host, `RT_SCOPE_HOST`. */
  Host: 254,
  /** Nowhere, `RT_SCOPE_NOWHERE`. */
  Nowhere: 255,
} as const;

/** Routing tables that have a meaning of their own, `RT_TABLE_*` in linux/rtnetlink.h. */
export const RouteTable = {
  /** Not said; in a request: the main one, or all, `RT_TABLE_UNSPEC`. */
  Unspec: 0,
  /** What the header says of a table whose number does not fit there, `RT_TABLE_COMPAT`. */
  Compat: 252,
  /** Searched last, empty unless filled, `RT_TABLE_DEFAULT`. */
  Default: 253,
  /** Where routes are unless said otherwise, `RT_TABLE_MAIN`. */
  Main: 254,
  /** This host's own addresses, kept by the kernel, `RT_TABLE_LOCAL`. */
  Local: 255,
} as const;

/** Flags of a route beside those of its nexthop, `RTM_F_*` in linux/rtnetlink.h. */
export const RouteFlags = {
  /** Its user wants to be told of changes, `RTM_F_NOTIFY`. */
  Notify: 0x100,
  /** It is no entry of a table, but what a search or the route cache made of one, `RTM_F_CLONED`. */
  Cloned: 0x200,
  /** `RTM_F_EQUALIZE`; not implemented. */
  Equalize: 0x400,
  /** It came from an advertised prefix, `RTM_F_PREFIX`. */
  Prefix: 0x800,
  /** In a search: name the table where the route was found, `RTM_F_LOOKUP_TABLE`. */
  LookupTable: 0x1000,
  /** In a search: give the entry of the table that matched, `RTM_F_FIB_MATCH`. */
  FibMatch: 0x2000,
  /** Hardware forwards by it, `RTM_F_OFFLOAD`. */
  Offload: 0x4000,
  /** Hardware hands its packets to the kernel, `RTM_F_TRAP`. */
  Trap: 0x8000,
  /** Hardware should forward by it and cannot, `RTM_F_OFFLOAD_FAILED`. */
  OffloadFailed: 0x2000_0000,
} as const;

/**
 * Flags of a nexthop, `RTNH_F_*` in linux/rtnetlink.h: of one of several of a route, of a nexthop
 * object, and among the flags of a route that has only one.
 */
export const NexthopFlags = {
  /** Its link is down, `RTNH_F_DEAD`. */
  Dead: 0x1,
  /** Its gateway is to be looked up again and again, `RTNH_F_PERVASIVE`. */
  Pervasive: 0x2,
  /** Its gateway counts as being on the link, whatever the addresses say, `RTNH_F_ONLINK`. */
  Onlink: 0x4,
  /** Hardware forwards by it, `RTNH_F_OFFLOAD`. */
  Offload: 0x8,
  /** Its link has no carrier, `RTNH_F_LINKDOWN`. */
  Linkdown: 0x10,
  /** The entry is not resolved yet, of a multicast route, `RTNH_F_UNRESOLVED`. */
  Unresolved: 0x20,
  /** Hardware hands its packets to the kernel, `RTNH_F_TRAP`. */
  Trap: 0x40,
} as const;

/** How an IPv6 route ranks among equals, as of RFC 4191, `ICMPV6_ROUTER_PREF_*` in linux/icmpv6.h. */
export const RoutePreference = {
  /** `ICMPV6_ROUTER_PREF_MEDIUM` */
  Medium: 0,
  /** `ICMPV6_ROUTER_PREF_HIGH` */
  High: 1,
  /** Reserved, `ICMPV6_ROUTER_PREF_INVALID`. */
  Invalid: 2,
  /** `ICMPV6_ROUTER_PREF_LOW` */
  Low: 3,
} as const;
