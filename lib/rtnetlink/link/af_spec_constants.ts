/** Places of the IPv4 settings of a link in its array of them, as in /proc/sys/net/ipv4/conf: `IPV4_DEVCONF_*` in linux/ip.h less 1. */
export const Ipv4Conf = {
  /** `IPV4_DEVCONF_FORWARDING` */
  Forwarding: 0,
  /** `IPV4_DEVCONF_MC_FORWARDING` */
  McForwarding: 1,
  /** `IPV4_DEVCONF_PROXY_ARP` */
  ProxyArp: 2,
  /** `IPV4_DEVCONF_ACCEPT_REDIRECTS` */
  AcceptRedirects: 3,
  /** `IPV4_DEVCONF_SECURE_REDIRECTS` */
  SecureRedirects: 4,
  /** `IPV4_DEVCONF_SEND_REDIRECTS` */
  SendRedirects: 5,
  /** `IPV4_DEVCONF_SHARED_MEDIA` */
  SharedMedia: 6,
  /** `IPV4_DEVCONF_RP_FILTER` */
  RpFilter: 7,
  /** `IPV4_DEVCONF_ACCEPT_SOURCE_ROUTE` */
  AcceptSourceRoute: 8,
  /** `IPV4_DEVCONF_BOOTP_RELAY` */
  BootpRelay: 9,
  /** `IPV4_DEVCONF_LOG_MARTIANS` */
  LogMartians: 10,
  /** `IPV4_DEVCONF_TAG` */
  Tag: 11,
  /** `IPV4_DEVCONF_ARPFILTER` */
  Arpfilter: 12,
  /** `IPV4_DEVCONF_MEDIUM_ID` */
  MediumId: 13,
  /** `IPV4_DEVCONF_NOXFRM` */
  Noxfrm: 14,
  /** `IPV4_DEVCONF_NOPOLICY` */
  Nopolicy: 15,
  /** `IPV4_DEVCONF_FORCE_IGMP_VERSION` */
  ForceIgmpVersion: 16,
  /** `IPV4_DEVCONF_ARP_ANNOUNCE` */
  ArpAnnounce: 17,
  /** `IPV4_DEVCONF_ARP_IGNORE` */
  ArpIgnore: 18,
  /** `IPV4_DEVCONF_PROMOTE_SECONDARIES` */
  PromoteSecondaries: 19,
  /** `IPV4_DEVCONF_ARP_ACCEPT` */
  ArpAccept: 20,
  /** `IPV4_DEVCONF_ARP_NOTIFY` */
  ArpNotify: 21,
  /** `IPV4_DEVCONF_ACCEPT_LOCAL` */
  AcceptLocal: 22,
  /** `IPV4_DEVCONF_SRC_VMARK` */
  SrcVmark: 23,
  /** `IPV4_DEVCONF_PROXY_ARP_PVLAN` */
  ProxyArpPvlan: 24,
  /** `IPV4_DEVCONF_ROUTE_LOCALNET` */
  RouteLocalnet: 25,
  /** `IPV4_DEVCONF_IGMPV2_UNSOLICITED_REPORT_INTERVAL` */
  Igmpv2UnsolicitedReportInterval: 26,
  /** `IPV4_DEVCONF_IGMPV3_UNSOLICITED_REPORT_INTERVAL` */
  Igmpv3UnsolicitedReportInterval: 27,
  /** `IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN` */
  IgnoreRoutesWithLinkdown: 28,
  /** `IPV4_DEVCONF_DROP_UNICAST_IN_L2_MULTICAST` */
  DropUnicastInL2Multicast: 29,
  /** `IPV4_DEVCONF_DROP_GRATUITOUS_ARP` */
  DropGratuitousArp: 30,
  /** `IPV4_DEVCONF_BC_FORWARDING` */
  BcForwarding: 31,
  /** `IPV4_DEVCONF_ARP_EVICT_NOCARRIER` */
  ArpEvictNocarrier: 32,
} as const;

/** Places of the IPv6 settings of a link in its array of them, as in /proc/sys/net/ipv6/conf: `DEVCONF_*` in linux/ipv6.h. */
export const Ipv6Conf = {
  /** `DEVCONF_FORWARDING` */
  Forwarding: 0,
  /** `DEVCONF_HOPLIMIT` */
  Hoplimit: 1,
  /** `DEVCONF_MTU6` */
  Mtu6: 2,
  /** `DEVCONF_ACCEPT_RA` */
  AcceptRa: 3,
  /** `DEVCONF_ACCEPT_REDIRECTS` */
  AcceptRedirects: 4,
  /** `DEVCONF_AUTOCONF` */
  Autoconf: 5,
  /** `DEVCONF_DAD_TRANSMITS` */
  DadTransmits: 6,
  /** `DEVCONF_RTR_SOLICITS` */
  RtrSolicits: 7,
  /** `DEVCONF_RTR_SOLICIT_INTERVAL` */
  RtrSolicitInterval: 8,
  /** `DEVCONF_RTR_SOLICIT_DELAY` */
  RtrSolicitDelay: 9,
  /** `DEVCONF_USE_TEMPADDR` */
  UseTempaddr: 10,
  /** `DEVCONF_TEMP_VALID_LFT` */
  TempValidLft: 11,
  /** `DEVCONF_TEMP_PREFERED_LFT` */
  TempPreferedLft: 12,
  /** `DEVCONF_REGEN_MAX_RETRY` */
  RegenMaxRetry: 13,
  /** `DEVCONF_MAX_DESYNC_FACTOR` */
  MaxDesyncFactor: 14,
  /** `DEVCONF_MAX_ADDRESSES` */
  MaxAddresses: 15,
  /** `DEVCONF_FORCE_MLD_VERSION` */
  ForceMldVersion: 16,
  /** `DEVCONF_ACCEPT_RA_DEFRTR` */
  AcceptRaDefrtr: 17,
  /** `DEVCONF_ACCEPT_RA_PINFO` */
  AcceptRaPinfo: 18,
  /** `DEVCONF_ACCEPT_RA_RTR_PREF` */
  AcceptRaRtrPref: 19,
  /** `DEVCONF_RTR_PROBE_INTERVAL` */
  RtrProbeInterval: 20,
  /** `DEVCONF_ACCEPT_RA_RT_INFO_MAX_PLEN` */
  AcceptRaRtInfoMaxPlen: 21,
  /** `DEVCONF_PROXY_NDP` */
  ProxyNdp: 22,
  /** `DEVCONF_OPTIMISTIC_DAD` */
  OptimisticDad: 23,
  /** `DEVCONF_ACCEPT_SOURCE_ROUTE` */
  AcceptSourceRoute: 24,
  /** `DEVCONF_MC_FORWARDING` */
  McForwarding: 25,
  /** `DEVCONF_DISABLE_IPV6` */
  DisableIpv6: 26,
  /** `DEVCONF_ACCEPT_DAD` */
  AcceptDad: 27,
  /** `DEVCONF_FORCE_TLLAO` */
  ForceTllao: 28,
  /** `DEVCONF_NDISC_NOTIFY` */
  NdiscNotify: 29,
  /** `DEVCONF_MLDV1_UNSOLICITED_REPORT_INTERVAL` */
  Mldv1UnsolicitedReportInterval: 30,
  /** `DEVCONF_MLDV2_UNSOLICITED_REPORT_INTERVAL` */
  Mldv2UnsolicitedReportInterval: 31,
  /** `DEVCONF_SUPPRESS_FRAG_NDISC` */
  SuppressFragNdisc: 32,
  /** `DEVCONF_ACCEPT_RA_FROM_LOCAL` */
  AcceptRaFromLocal: 33,
  /** `DEVCONF_USE_OPTIMISTIC` */
  UseOptimistic: 34,
  /** `DEVCONF_ACCEPT_RA_MTU` */
  AcceptRaMtu: 35,
  /** `DEVCONF_STABLE_SECRET` */
  StableSecret: 36,
  /** `DEVCONF_USE_OIF_ADDRS_ONLY` */
  UseOifAddrsOnly: 37,
  /** `DEVCONF_ACCEPT_RA_MIN_HOP_LIMIT` */
  AcceptRaMinHopLimit: 38,
  /** `DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN` */
  IgnoreRoutesWithLinkdown: 39,
  /** `DEVCONF_DROP_UNICAST_IN_L2_MULTICAST` */
  DropUnicastInL2Multicast: 40,
  /** `DEVCONF_DROP_UNSOLICITED_NA` */
  DropUnsolicitedNa: 41,
  /** `DEVCONF_KEEP_ADDR_ON_DOWN` */
  KeepAddrOnDown: 42,
  /** `DEVCONF_RTR_SOLICIT_MAX_INTERVAL` */
  RtrSolicitMaxInterval: 43,
  /** `DEVCONF_SEG6_ENABLED` */
  Seg6Enabled: 44,
  /** `DEVCONF_SEG6_REQUIRE_HMAC` */
  Seg6RequireHmac: 45,
  /** `DEVCONF_ENHANCED_DAD` */
  EnhancedDad: 46,
  /** `DEVCONF_ADDR_GEN_MODE` */
  AddrGenMode: 47,
  /** `DEVCONF_DISABLE_POLICY` */
  DisablePolicy: 48,
  /** `DEVCONF_ACCEPT_RA_RT_INFO_MIN_PLEN` */
  AcceptRaRtInfoMinPlen: 49,
  /** `DEVCONF_NDISC_TCLASS` */
  NdiscTclass: 50,
  /** `DEVCONF_RPL_SEG_ENABLED` */
  RplSegEnabled: 51,
  /** `DEVCONF_RA_DEFRTR_METRIC` */
  RaDefrtrMetric: 52,
  /** `DEVCONF_IOAM6_ENABLED` */
  Ioam6Enabled: 53,
  /** `DEVCONF_IOAM6_ID` */
  Ioam6Id: 54,
  /** `DEVCONF_IOAM6_ID_WIDE` */
  Ioam6IdWide: 55,
  /** `DEVCONF_NDISC_EVICT_NOCARRIER` */
  NdiscEvictNocarrier: 56,
  /** `DEVCONF_ACCEPT_UNTRACKED_NA` */
  AcceptUntrackedNa: 57,
  /** `DEVCONF_ACCEPT_RA_MIN_LFT` */
  AcceptRaMinLft: 58,
  /** `DEVCONF_FORCE_FORWARDING` */
  ForceForwarding: 59,
} as const;

/** Places of the IPv6 counters of a link in its array of them, as in /proc/net/dev_snmp6: `IPSTATS_MIB_*` in linux/snmp.h. The first is the length of the array. */
export const Ipv6Stat = {
  /** `IPSTATS_MIB_NUM` */
  Num: 0,
  /** `IPSTATS_MIB_INPKTS` */
  InPkts: 1,
  /** `IPSTATS_MIB_INOCTETS` */
  InOctets: 2,
  /** `IPSTATS_MIB_INDELIVERS` */
  InDelivers: 3,
  /** `IPSTATS_MIB_OUTFORWDATAGRAMS` */
  OutForwDatagrams: 4,
  /** `IPSTATS_MIB_OUTPKTS` */
  OutPkts: 5,
  /** `IPSTATS_MIB_OUTOCTETS` */
  OutOctets: 6,
  /** `IPSTATS_MIB_INHDRERRORS` */
  InHdrErrors: 7,
  /** `IPSTATS_MIB_INTOOBIGERRORS` */
  InTooBigErrors: 8,
  /** `IPSTATS_MIB_INNOROUTES` */
  InNoRoutes: 9,
  /** `IPSTATS_MIB_INADDRERRORS` */
  InAddrErrors: 10,
  /** `IPSTATS_MIB_INUNKNOWNPROTOS` */
  InUnknownProtos: 11,
  /** `IPSTATS_MIB_INTRUNCATEDPKTS` */
  InTruncatedPkts: 12,
  /** `IPSTATS_MIB_INDISCARDS` */
  InDiscards: 13,
  /** `IPSTATS_MIB_OUTDISCARDS` */
  OutDiscards: 14,
  /** `IPSTATS_MIB_OUTNOROUTES` */
  OutNoRoutes: 15,
  /** `IPSTATS_MIB_REASMTIMEOUT` */
  ReasmTimeout: 16,
  /** `IPSTATS_MIB_REASMREQDS` */
  ReasmReqds: 17,
  /** `IPSTATS_MIB_REASMOKS` */
  ReasmOks: 18,
  /** `IPSTATS_MIB_REASMFAILS` */
  ReasmFails: 19,
  /** `IPSTATS_MIB_FRAGOKS` */
  FragOks: 20,
  /** `IPSTATS_MIB_FRAGFAILS` */
  FragFails: 21,
  /** `IPSTATS_MIB_FRAGCREATES` */
  FragCreates: 22,
  /** `IPSTATS_MIB_INMCASTPKTS` */
  InMcastPkts: 23,
  /** `IPSTATS_MIB_OUTMCASTPKTS` */
  OutMcastPkts: 24,
  /** `IPSTATS_MIB_INBCASTPKTS` */
  InBcastPkts: 25,
  /** `IPSTATS_MIB_OUTBCASTPKTS` */
  OutBcastPkts: 26,
  /** `IPSTATS_MIB_INMCASTOCTETS` */
  InMcastOctets: 27,
  /** `IPSTATS_MIB_OUTMCASTOCTETS` */
  OutMcastOctets: 28,
  /** `IPSTATS_MIB_INBCASTOCTETS` */
  InBcastOctets: 29,
  /** `IPSTATS_MIB_OUTBCASTOCTETS` */
  OutBcastOctets: 30,
  /** `IPSTATS_MIB_CSUMERRORS` */
  CsumErrors: 31,
  /** `IPSTATS_MIB_NOECTPKTS` */
  NoEctPkts: 32,
  /** `IPSTATS_MIB_ECT1PKTS` */
  Ect1Pkts: 33,
  /** `IPSTATS_MIB_ECT0PKTS` */
  Ect0Pkts: 34,
  /** `IPSTATS_MIB_CEPKTS` */
  CePkts: 35,
  /** `IPSTATS_MIB_REASM_OVERLAPS` */
  ReasmOverlaps: 36,
} as const;

/** Places of the ICMPv6 counters of a link in its array of them: `ICMP6_MIB_*` in linux/snmp.h. The first is the length of the array. */
export const Icmp6Stat = {
  /** `ICMP6_MIB_NUM` */
  Num: 0,
  /** `ICMP6_MIB_INMSGS` */
  InMsgs: 1,
  /** `ICMP6_MIB_INERRORS` */
  InErrors: 2,
  /** `ICMP6_MIB_OUTMSGS` */
  OutMsgs: 3,
  /** `ICMP6_MIB_OUTERRORS` */
  OutErrors: 4,
  /** `ICMP6_MIB_CSUMERRORS` */
  CsumErrors: 5,
  /** `ICMP6_MIB_RATELIMITHOST` */
  RatelimitHost: 6,
} as const;
