/** States of a neighbour, `NUD_*` in linux/neighbour.h. */
export const NeighbourState = {
  /** None, `NUD_NONE`. */
  None: 0x00,
  /** Being resolved for the first time, `NUD_INCOMPLETE`. */
  Incomplete: 0x01,
  /** Known to be reachable, `NUD_REACHABLE`. */
  Reachable: 0x02,
  /** Not heard of lately, `NUD_STALE`. */
  Stale: 0x04,
  /** Used while stale: to be probed soon, `NUD_DELAY`. */
  Delay: 0x08,
  /** Being probed, `NUD_PROBE`. */
  Probe: 0x10,
  /** Did not answer, `NUD_FAILED`. */
  Failed: 0x20,
  /** Needs no resolution, `NUD_NOARP`. */
  NoArp: 0x40,
  /** Set by hand, for ever, `NUD_PERMANENT`. */
  Permanent: 0x80,
} as const;

/** Flags of a neighbour, `NTF_*` in linux/neighbour.h. */
export const NeighbourFlags = {
  /** In a request: use it, that it is resolved, `NTF_USE`. */
  Use: 0x01,
  /** Entry of the link's own forwarding database, `NTF_SELF`. */
  Self: 0x02,
  /** Entry of the forwarding database of the link's bridge, `NTF_MASTER`. */
  Master: 0x04,
  /** This host answers for it, `NTF_PROXY`. */
  Proxy: 0x08,
  /** Learned by something other than the kernel, `NTF_EXT_LEARNED`. */
  ExtLearned: 0x10,
  /** In hardware, `NTF_OFFLOADED`. */
  Offloaded: 0x20,
  /** Stays at its port, `NTF_STICKY`. */
  Sticky: 0x40,
  /** IPv6: it is a router, `NTF_ROUTER`. */
  Router: 0x80,
} as const;

/** More flags of a neighbour, `NTF_EXT_*` in linux/neighbour.h. */
export const NeighbourExtendedFlags = {
  /** The kernel keeps it resolved, `NTF_EXT_MANAGED`. */
  Managed: 0x01,
  /** Its port is locked: it has not been authorised, `NTF_EXT_LOCKED`. */
  Locked: 0x02,
  /** Verified by something other than the kernel, `NTF_EXT_EXT_VALIDATED`. */
  ExtValidated: 0x04,
} as const;
