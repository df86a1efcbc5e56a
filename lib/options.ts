/** The options of a netlink socket that are on or off, `NETLINK_*` in linux/netlink.h; see netlink(7). */
export const ConnOption = {
  /** Tells the group of every message in its `source.group`, `NETLINK_PKTINFO`. */
  PacketInfo: 3,
  /** Makes sending to a group fail when one of its members could not get the message, `NETLINK_BROADCAST_ERROR`. */
  BroadcastError: 4,
  /** Loses messages without a word when the receive buffer is full, `NETLINK_NO_ENOBUFS`. */
  NoENOBUFS: 5,
  /**
   * Delivers the notifications of all namespaces that have an id in this one, with the id in their
   * `source.nsid`, `NETLINK_LISTEN_ALL_NSID`. Needs CAP_NET_BROADCAST in the user namespace of the socket's network namespace.
   */
  ListenAllNSID: 8,
  /** Cuts the request in an error to its header, `NETLINK_CAP_ACK`. */
  CapAcknowledge: 10,
  /** Adds the kernel's own words to errors, `NETLINK_EXT_ACK`. */
  ExtendedAcknowledge: 11,
  /** Makes the kernel heed, and check, all of a dump request, `NETLINK_GET_STRICT_CHK`. */
  GetStrictCheck: 12,
} as const;

/** One of the options. */
export type ConnOption = typeof ConnOption[keyof typeof ConnOption];

/** Families of netlink, `NETLINK_*` in linux/netlink.h: the kernel's parts that a connection can be made to. */
export const Family = {
  /** Links, addresses, routes, neighbours, rules: rtnetlink(7), `NETLINK_ROUTE`. */
  Route: 0,
  /** Protocols between processes, `NETLINK_USERSOCK`. */
  Usersock: 2,
  /** What was once firewalling; unused, `NETLINK_FIREWALL`. */
  Firewall: 3,
  /** The state of sockets: sock_diag(7), `NETLINK_SOCK_DIAG`. */
  SockDiag: 4,
  /** IPsec, `NETLINK_XFRM`. */
  Xfrm: 6,
  /** Events of SELinux, `NETLINK_SELINUX`. */
  SELinux: 7,
  /** iSCSI, `NETLINK_ISCSI`. */
  ISCSI: 8,
  /** Audit, `NETLINK_AUDIT`. */
  Audit: 9,
  /** Look-ups in the routing tables, `NETLINK_FIB_LOOKUP`. */
  FibLookup: 10,
  /** Kernel connector: process events, `NETLINK_CONNECTOR`. */
  Connector: 11,
  /** Firewall, connection tracking, logging, queueing, `NETLINK_NETFILTER`. */
  Netfilter: 12,
  /** Devices come and go, `NETLINK_KOBJECT_UEVENT`. */
  KobjectUevent: 15,
  /** Generic netlink, which holds families of its own, `NETLINK_GENERIC`. */
  Generic: 16,
  /** SCSI transports, `NETLINK_SCSITRANSPORT`. */
  ScsiTransport: 18,
  /** Remote direct memory access, `NETLINK_RDMA`. */
  RDMA: 20,
  /** Cryptography, `NETLINK_CRYPTO`. */
  Crypto: 21,
  /** Shared memory communications, `NETLINK_SMC`. */
  SMC: 22,
} as const;

/** What a call that may have to wait takes. */
export interface CallOptions {
  /** Ends the call early: it rejects with the signal's reason, and the connection stays usable. */
  signal?: AbortSignal;
}

/** How a connection is made. */
export interface Config {
  /** Bitmask of the multicast groups 1 to 32 to join; none by default. Group 1 is bit 0. */
  groups?: number;
  /**
   * The network namespace, instead of the process's own: a descriptor, a name of `ip netns`, the path
   * of one (anything with a slash), or a process by its id. Needs CAP_SYS_ADMIN.
   */
  netNS?: number | string | { pid: number };
  /** Port id to bind to; by default, and with 0, the kernel chooses one. */
  pid?: number;
  /** Whether to set ExtendedAcknowledge and GetStrictCheck, and to fail where the kernel refuses them; false by default. */
  strict?: boolean;
  /** Size in bytes of the buffer that every datagram is received into, which is reused; 65536 by default. */
  messageBufferSize?: number;
  /**
   * Whose datagrams are delivered. By default the kernel's alone, as other processes can forge them;
   * for `Family.Usersock`, where there is no kernel, everybody's.
   */
  acceptFrom?: "kernel" | "any";
  /**
   * Is told of every message in and out, a line at a time, for debugging. By default, and where the
   * environment variable `NLDEBUG` may be read and is set, the lines go to standard error.
   */
  debug?: (line: string) => void;
}
