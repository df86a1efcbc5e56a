/** How a route wraps the packets that it sends on, `LWTUNNEL_ENCAP_*` in linux/lwtunnel.h. */
export const EncapType = {
  /** Not at all, `LWTUNNEL_ENCAP_NONE`. */
  None: 0,
  /** MPLS labels, `MplsEncap`, `LWTUNNEL_ENCAP_MPLS`. */
  Mpls: 1,
  /** An IPv4 tunnel, `IpEncap`, `LWTUNNEL_ENCAP_IP`. */
  Ip: 2,
  /** Identifier locator addressing, `LWTUNNEL_ENCAP_ILA`. */
  Ila: 3,
  /** An IPv6 tunnel, `Ip6Encap`, `LWTUNNEL_ENCAP_IP6`. */
  Ip6: 4,
  /** IPv6 segments, `Seg6Encap`, `LWTUNNEL_ENCAP_SEG6`. */
  Seg6: 5,
  /** A program, `LWTUNNEL_ENCAP_BPF`. */
  Bpf: 6,
  /** What an IPv6 segment does here, `Seg6LocalEncap`, `LWTUNNEL_ENCAP_SEG6_LOCAL`. */
  Seg6Local: 7,
  /** An IPv6 source route for lossy networks, `LWTUNNEL_ENCAP_RPL`. */
  Rpl: 8,
  /** IPv6 in-situ OAM data, `LWTUNNEL_ENCAP_IOAM6`. */
  Ioam6: 9,
  /** IPsec, `LWTUNNEL_ENCAP_XFRM`. */
  Xfrm: 10,
} as const;

/** Flags of a tunnel of a route, `TUNNEL_*` in linux/if_tunnel.h. */
export const EncapFlags = {
  /** The packets get a checksum, `TUNNEL_CSUM`. */
  Checksum: 0x1,
  /** They carry the tunnel's id, `TUNNEL_KEY`. */
  Key: 0x4,
  /** They are numbered, `TUNNEL_SEQ`. */
  Sequence: 0x8,
} as const;

/** How segments are added to a packet, `SEG6_IPTUN_MODE_*` in linux/seg6_iptunnel.h. */
export const Seg6Mode = {
  /** Into its own header, `SEG6_IPTUN_MODE_INLINE`. */
  Inline: 0,
  /** In a new IPv6 header around it, `SEG6_IPTUN_MODE_ENCAP`. */
  Encap: 1,
  /** In a new IPv6 header around its frame, `SEG6_IPTUN_MODE_L2ENCAP`. */
  L2Encap: 2,
  /** As `Encap`, without the first segment in the list, `SEG6_IPTUN_MODE_ENCAP_RED`. */
  EncapReduced: 3,
  /** As `L2Encap`, without the first segment in the list, `SEG6_IPTUN_MODE_L2ENCAP_RED`. */
  L2EncapReduced: 4,
} as const;

/** What a segment does with a packet that arrives at it, `SEG6_LOCAL_ACTION_*` in linux/seg6_local.h. */
export const Seg6LocalAction = {
  /** `SEG6_LOCAL_ACTION_UNSPEC` */
  Unspec: 0,
  /** It sends it on to the next segment, `SEG6_LOCAL_ACTION_END`. */
  End: 1,
  /** So, to a given neighbour, `SEG6_LOCAL_ACTION_END_X`. */
  EndX: 2,
  /** So, by a given table, `SEG6_LOCAL_ACTION_END_T`. */
  EndT: 3,
  /** It unwraps a frame and sends it out of a link, `SEG6_LOCAL_ACTION_END_DX2`. */
  EndDx2: 4,
  /** It unwraps an IPv6 packet for a given neighbour, `SEG6_LOCAL_ACTION_END_DX6`. */
  EndDx6: 5,
  /** It unwraps an IPv4 packet for a given neighbour, `SEG6_LOCAL_ACTION_END_DX4`. */
  EndDx4: 6,
  /** It unwraps an IPv6 packet and looks its address up in a table, `SEG6_LOCAL_ACTION_END_DT6`. */
  EndDt6: 7,
  /** It unwraps an IPv4 packet and looks its address up in a table, `SEG6_LOCAL_ACTION_END_DT4`. */
  EndDt4: 8,
  /** It inserts further segments, `SEG6_LOCAL_ACTION_END_B6`. */
  EndB6: 9,
  /** It wraps the packet in further segments, `SEG6_LOCAL_ACTION_END_B6_ENCAP`. */
  EndB6Encap: 10,
  /** It wraps the packet in MPLS, `SEG6_LOCAL_ACTION_END_BM`. */
  EndBm: 11,
  /** It looks up the last segment in a table, `SEG6_LOCAL_ACTION_END_S`. */
  EndS: 12,
  /** It is a static proxy for a service that knows no segments, `SEG6_LOCAL_ACTION_END_AS`. */
  EndAs: 13,
  /** It is a masquerading proxy for such a service, `SEG6_LOCAL_ACTION_END_AM`. */
  EndAm: 14,
  /** It runs a program, `SEG6_LOCAL_ACTION_END_BPF`. */
  EndBpf: 15,
  /** It unwraps an IPv4 or IPv6 packet and looks its address up in a table, `SEG6_LOCAL_ACTION_END_DT46`. */
  EndDt46: 16,
} as const;
