/**
 * What the predicates know of the messages of rtnetlink, linux/rtnetlink.h. The types of one kind of object,
 * such as RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK and RTM_SETLINK, differ in their lowest two bits.
 */

/** Length of a message's header, `struct nlmsghdr` in linux/netlink.h. */
export const messageHeader = 16;

/** The bits of a message's type that tell the kind of object. */
export const kindMask = 0xfffc;

/** Kinds of objects: the type of the message that says that one is new. */
export const Kind = {
  /** `RTM_NEWLINK` */
  Link: 16,
  /** `RTM_NEWROUTE` */
  Route: 24,
  /** `RTM_NEWRULE` */
  Rule: 32,
  /** `RTM_NEWNETCONF` */
  Netconf: 80,
  /** `RTM_NEWNSID` */
  Nsid: 88,
  /** `RTM_NEWNEXTHOP` */
  Nexthop: 104,
} as const;

/** Lengths of the structures before the attributes. */
export const Header = {
  /** `struct ifinfomsg` in linux/rtnetlink.h. */
  Link: 16,
  /** `struct rtmsg` in linux/rtnetlink.h, and `struct fib_rule_hdr` in linux/fib_rules.h. */
  Route: 12,
  /** `struct netconfmsg` in linux/netconf.h, with its padding. */
  Netconf: 4,
  /** `struct nhmsg` in linux/nexthop.h. */
  Nexthop: 8,
} as const;

/** Numbers in the structures, by their offset. */
export const Field = {
  /** The address family, in all of them. */
  Family: 0,
  /** The index of the link, in most of them. */
  Index: 4,
  /** `rtm_table`, and `table` of `struct fib_rule_hdr` */
  Table: 4,
  /** `rtm_protocol` */
  Protocol: 5,
} as const;

/** Types of attributes. */
export const Attribute = {
  /** `IFLA_IFNAME` */
  Name: 3,
  /** `RTA_OIF` */
  RouteLink: 4,
  /** `RTA_MULTIPATH`: a `struct rtnexthop` after the other. */
  RouteNexthops: 9,
  /** `RTA_TABLE` and `FRA_TABLE` */
  Table: 15,
  /** `NETCONFA_IFINDEX` */
  NetconfLink: 1,
  /** `NHA_OIF` */
  NexthopLink: 5,
} as const;
