/** Address families, `AF_*` in linux/socket.h and `RTNL_FAMILY_*` in linux/rtnetlink.h. */
export const AddressFamily = {
  /** None, or all, `AF_UNSPEC`. */
  Unspec: 0,
  /** IPv4, `AF_INET`. */
  Inet: 2,
  /** Bridge ports, forwarding and multicast databases, `AF_BRIDGE`. */
  Bridge: 7,
  /** IPv6, `AF_INET6`. */
  Inet6: 10,
  /** MPLS, `AF_MPLS`. */
  Mpls: 28,
  /** IPv4 multicast routes, `RTNL_FAMILY_IPMR`. */
  Ipmr: 128,
  /** IPv6 multicast routes, `RTNL_FAMILY_IP6MR`. */
  Ip6mr: 129,
} as const;

/** Types of rtnetlink messages, `RTM_*` in linux/rtnetlink.h. */
export const MessageType = {
  /** `RTM_NEWLINK` */
  NewLink: 16,
  /** `RTM_DELLINK` */
  DelLink: 17,
  /** `RTM_GETLINK` */
  GetLink: 18,
  /** `RTM_SETLINK` */
  SetLink: 19,
  /** `RTM_NEWADDR` */
  NewAddr: 20,
  /** `RTM_DELADDR` */
  DelAddr: 21,
  /** `RTM_GETADDR` */
  GetAddr: 22,
  /** `RTM_NEWROUTE` */
  NewRoute: 24,
  /** `RTM_DELROUTE` */
  DelRoute: 25,
  /** `RTM_GETROUTE` */
  GetRoute: 26,
  /** `RTM_NEWNEIGH` */
  NewNeigh: 28,
  /** `RTM_DELNEIGH` */
  DelNeigh: 29,
  /** `RTM_GETNEIGH` */
  GetNeigh: 30,
  /** `RTM_NEWRULE` */
  NewRule: 32,
  /** `RTM_DELRULE` */
  DelRule: 33,
  /** `RTM_GETRULE` */
  GetRule: 34,
  /** `RTM_NEWQDISC` */
  NewQdisc: 36,
  /** `RTM_DELQDISC` */
  DelQdisc: 37,
  /** `RTM_NEWPREFIX` */
  NewPrefix: 52,
  /** `RTM_NEWNETCONF` */
  NewNetconf: 80,
  /** `RTM_DELNETCONF` */
  DelNetconf: 81,
  /** `RTM_GETNETCONF` */
  GetNetconf: 82,
  /** `RTM_NEWNSID` */
  NewNsid: 88,
  /** `RTM_DELNSID` */
  DelNsid: 89,
  /** `RTM_GETNSID` */
  GetNsid: 90,
  /** `RTM_NEWLINKPROP` */
  NewLinkProp: 108,
  /** `RTM_DELLINKPROP` */
  DelLinkProp: 109,
  /** `RTM_NEWNEXTHOP` */
  NewNexthop: 104,
  /** `RTM_DELNEXTHOP` */
  DelNexthop: 105,
  /** `RTM_GETNEXTHOP` */
  GetNexthop: 106,
} as const;

/** Multicast groups of rtnetlink, `RTNLGRP_*` in linux/rtnetlink.h. */
export const Group = {
  /** `RTNLGRP_LINK` */
  Link: 1,
  /** `RTNLGRP_NEIGH` */
  Neigh: 3,
  /** `RTNLGRP_TC` */
  Tc: 4,
  /** `RTNLGRP_IPV4_IFADDR` */
  Ipv4Ifaddr: 5,
  /** `RTNLGRP_IPV4_MROUTE` */
  Ipv4Mroute: 6,
  /** `RTNLGRP_IPV4_ROUTE` */
  Ipv4Route: 7,
  /** `RTNLGRP_IPV4_RULE` */
  Ipv4Rule: 8,
  /** `RTNLGRP_IPV6_IFADDR` */
  Ipv6Ifaddr: 9,
  /** `RTNLGRP_IPV6_MROUTE` */
  Ipv6Mroute: 10,
  /** `RTNLGRP_IPV6_ROUTE` */
  Ipv6Route: 11,
  /** `RTNLGRP_IPV6_IFINFO` */
  Ipv6Ifinfo: 12,
  /** `RTNLGRP_IPV6_PREFIX` */
  Ipv6Prefix: 18,
  /** `RTNLGRP_IPV6_RULE` */
  Ipv6Rule: 19,
  /** `RTNLGRP_ND_USEROPT` */
  NdUseropt: 20,
  /** `RTNLGRP_IPV4_NETCONF` */
  Ipv4Netconf: 24,
  /** `RTNLGRP_IPV6_NETCONF` */
  Ipv6Netconf: 25,
  /** `RTNLGRP_MDB` */
  Mdb: 26,
  /** `RTNLGRP_MPLS_ROUTE` */
  MplsRoute: 27,
  /** `RTNLGRP_NSID` */
  Nsid: 28,
  /** `RTNLGRP_MPLS_NETCONF` */
  MplsNetconf: 29,
  /** `RTNLGRP_NEXTHOP` */
  Nexthop: 32,
  /** `RTNLGRP_BRVLAN` */
  Brvlan: 33,
} as const;
