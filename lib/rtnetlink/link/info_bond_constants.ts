/** How a bond divides packets among its ports, `BOND_MODE_*` in linux/if_bonding.h. */
export const BondMode = {
  /** One port after the other, `BOND_MODE_ROUNDROBIN`. */
  BalanceRr: 0,
  /** One port until it fails, `BOND_MODE_ACTIVEBACKUP`. */
  ActiveBackup: 1,
  /** By a hash of the packet, `BOND_MODE_XOR`. */
  BalanceXor: 2,
  /** Each packet through every port, `BOND_MODE_BROADCAST`. */
  Broadcast: 3,
  /** As the link aggregation control protocol finds out, 802.3ad, `BOND_MODE_8023AD`. */
  Lacp: 4,
  /** By each port's load on the way out, `BOND_MODE_TLB`. */
  BalanceTlb: 5,
  /** By each port's load both ways, `BOND_MODE_ALB`. */
  BalanceAlb: 6,
} as const;

/** Which packets of others a bond takes for a sign of life, `BOND_ARP_VALIDATE_*` and `BOND_ARP_FILTER*` in the kernel's net/bonding.h. */
export const BondArpValidate = {
  /** All packets, `BOND_ARP_VALIDATE_NONE`. */
  None: 0,
  /** Answers only, on the active port, `BOND_ARP_VALIDATE_ACTIVE`. */
  Active: 1,
  /** Answers only, on the other ports, `BOND_ARP_VALIDATE_BACKUP`. */
  Backup: 2,
  /** Answers only, on all ports, `BOND_ARP_VALIDATE_ALL`. */
  All: 3,
  /** All ARP, `BOND_ARP_FILTER`. */
  Filter: 4,
  /** All ARP, answers only on the active port, `BOND_ARP_FILTER_ACTIVE`. */
  FilterActive: 5,
  /** All ARP, answers only on the other ports, `BOND_ARP_FILTER_BACKUP`. */
  FilterBackup: 6,
} as const;

/** When a bond's first choice becomes the active port again, `BOND_PRI_RESELECT_*` in the kernel's net/bonding.h. */
export const BondPrimaryReselect = {
  /** Whenever it comes back, `BOND_PRI_RESELECT_ALWAYS`. */
  Always: 0,
  /** When it is faster than the active one, `BOND_PRI_RESELECT_BETTER`. */
  Better: 1,
  /** When the active one fails, `BOND_PRI_RESELECT_FAILURE`. */
  Failure: 2,
} as const;

/** Which hardware addresses a bond and its ports have, `BOND_FOM_*` in the kernel's net/bonding.h. */
export const BondFailOverMac = {
  /** All the same, `BOND_FOM_NONE`. */
  None: 0,
  /** The ports their own, the bond that of the active port, `BOND_FOM_ACTIVE`. */
  Active: 1,
  /** The active port that of the bond, the others their own, `BOND_FOM_FOLLOW`. */
  Follow: 2,
} as const;

/** What a bond's hash of a packet is made of, `BOND_XMIT_POLICY_*` in linux/if_bonding.h. */
export const BondXmitHashPolicy = {
  /** Hardware addresses, `BOND_XMIT_POLICY_LAYER2`. */
  Layer2: 0,
  /** IP addresses and ports, `BOND_XMIT_POLICY_LAYER34`. */
  Layer34: 1,
  /** Hardware and IP addresses, `BOND_XMIT_POLICY_LAYER23`. */
  Layer23: 2,
  /** Hardware and IP addresses, of the packet in a tunnel, `BOND_XMIT_POLICY_ENCAP23`. */
  Encap23: 3,
  /** IP addresses and ports, of the packet in a tunnel, `BOND_XMIT_POLICY_ENCAP34`. */
  Encap34: 4,
  /** The VLAN and the sender's hardware address, `BOND_XMIT_POLICY_VLAN_SRCMAC`. */
  VlanSourceMac: 5,
} as const;

/** Which ports a bond chooses to aggregate, `BOND_AD_*` in the kernel's net/bond_3ad.h. */
export const BondAdSelect = {
  /** The fastest, once, `BOND_AD_STABLE`. */
  Stable: 0,
  /** The fastest, `BOND_AD_BANDWIDTH`. */
  Bandwidth: 1,
  /** The most, `BOND_AD_COUNT`. */
  Count: 2,
  /** Those of the highest priority, `BOND_AD_PRIO`. */
  PortPriority: 3,
} as const;

/** Whether a port of a bond is in use, `BOND_STATE_*` in linux/if_bonding.h. */
export const BondPortState = {
  /** It is, `BOND_STATE_ACTIVE`. */
  Active: 0,
  /** It is kept for later, `BOND_STATE_BACKUP`. */
  Backup: 1,
} as const;

/** What a bond has found out of a port, `BOND_LINK_*` in linux/if_bonding.h. */
export const BondPortLink = {
  /** It works, `BOND_LINK_UP`. */
  Up: 0,
  /** It has just failed, `BOND_LINK_FAIL`. */
  Fail: 1,
  /** It does not work, `BOND_LINK_DOWN`. */
  Down: 2,
  /** It is coming back, `BOND_LINK_BACK`. */
  Back: 3,
} as const;

/** What the link aggregation control protocol says of a port, `LACP_STATE_*` in linux/if_bonding.h. */
export const LacpState = {
  /** It speaks first, `LACP_STATE_LACP_ACTIVITY`. */
  Activity: 1 << 0,
  /** It expects to hear once a second, `LACP_STATE_LACP_TIMEOUT`. */
  Timeout: 1 << 1,
  /** It can be aggregated, `LACP_STATE_AGGREGATION`. */
  Aggregation: 1 << 2,
  /** It is where it belongs, `LACP_STATE_SYNCHRONIZATION`. */
  Synchronization: 1 << 3,
  /** It receives, `LACP_STATE_COLLECTING`. */
  Collecting: 1 << 4,
  /** It sends, `LACP_STATE_DISTRIBUTING`. */
  Distributing: 1 << 5,
  /** The other end has not said anything, `LACP_STATE_DEFAULTED`. */
  Defaulted: 1 << 6,
  /** The other end has not said anything for a while, `LACP_STATE_EXPIRED`. */
  Expired: 1 << 7,
} as const;
