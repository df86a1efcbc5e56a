import { type AttributeSet, attributesToJson } from "../codec/attribute_set.ts";
import { string, u32 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";

/** Features that a route asks for or forbids, `RTAX_FEATURE_*` in linux/rtnetlink.h. */
export const RouteFeatures = {
  /** Explicit congestion notification, `RTAX_FEATURE_ECN`. */
  Ecn: 0x1,
  /** `RTAX_FEATURE_SACK`; without effect. */
  Sack: 0x2,
  /** `RTAX_FEATURE_TIMESTAMP`; without effect. */
  Timestamp: 0x4,
  /** `RTAX_FEATURE_ALLFRAG`; without effect. */
  AllFrag: 0x8,
  /** TCP timestamps in microseconds, `RTAX_FEATURE_TCP_USEC_TS`. */
  TcpUsecTs: 0x10,
} as const;

/** What a route says about the way to its destinations, `RTAX_*` in linux/rtnetlink.h. */
export interface RouteMetrics {
  /** Which of the others the kernel must not change or exceed: bit n is set for the metric of type n, such as 4 for `mtu`. */
  lock?: number;
  /** Path MTU in bytes. */
  mtu?: number;
  /** Largest receive window to advertise, in bytes. */
  window?: number;
  /** Estimate of the round trip time to start with, in eighths of a millisecond. */
  rtt?: number;
  /** Estimate of its variance, in quarters of a millisecond. */
  rttvar?: number;
  /** Slow start threshold to start with, in segments. */
  ssthresh?: number;
  /** Largest congestion window, in segments; only when locked. */
  cwnd?: number;
  /** Maximum segment size to advertise, in bytes. */
  advmss?: number;
  /** Reordering to expect, in segments. */
  reordering?: number;
  /** Hop limit, or time to live, of packets that are sent. */
  hoplimit?: number;
  /** Congestion window to start with, in segments. */
  initcwnd?: number;
  /** {@link RouteFeatures} */
  features?: number;
  /** Shortest time before a retransmission, in milliseconds. */
  rtoMin?: number;
  /** Receive window to start with, in segments. */
  initrwnd?: number;
  /** 1 for acknowledging at once. */
  quickack?: number;
  /** Name of the congestion control algorithm. */
  ccAlgo?: string;
  /** 1 for fast open without a cookie. */
  fastopenNoCookie?: number;
}

/** The metrics of a route. The forms of the times are milliseconds, rounded down. */
export const routeMetrics: AttributeSet<RouteMetrics> = {
  lock: [1, "RTAX_LOCK", u32],
  mtu: [2, "RTAX_MTU", u32, "mtu"],
  window: [3, "RTAX_WINDOW", u32, "window"],
  rtt: [4, "RTAX_RTT", u32, "rtt", (eighths) => Math.floor(eighths / 8)],
  rttvar: [5, "RTAX_RTTVAR", u32, "rttvar", (quarters) => Math.floor(quarters / 4)],
  ssthresh: [6, "RTAX_SSTHRESH", u32, "ssthresh"],
  cwnd: [7, "RTAX_CWND", u32, "cwnd"],
  advmss: [8, "RTAX_ADVMSS", u32, "advmss"],
  reordering: [9, "RTAX_REORDERING", u32, "reordering"],
  hoplimit: [10, "RTAX_HOPLIMIT", u32, "hoplimit"],
  initcwnd: [11, "RTAX_INITCWND", u32, "initcwnd"],
  features: [12, "RTAX_FEATURES", withWords(u32, RouteFeatures)],
  rtoMin: [13, "RTAX_RTO_MIN", u32, "rto_min"],
  initrwnd: [14, "RTAX_INITRWND", u32, "initrwnd"],
  quickack: [15, "RTAX_QUICKACK", u32, "quickack"],
  ccAlgo: [16, "RTAX_CC_ALGO", string, "congestion"],
  fastopenNoCookie: [17, "RTAX_FASTOPEN_NO_COOKIE", u32, "fastopen_no_cookie"],
};

/**
 * Gives the object that `ip -j` prints for the metrics of a route.
 *
 * @param metrics The metrics.
 * @returns Its keys and values. What is locked is not said, and 0 where nothing else is.
 */
export function metricsToJson(metrics: RouteMetrics): Record<string, unknown> {
  const { lock = 0 } = metrics;
  const locked = Object.entries(routeMetrics).filter(([, [type]]) => lock & 1 << type);
  const zeros = Object.fromEntries(locked.map(([field]) => [field, 0]));
  const json = attributesToJson(routeMetrics, { ...zeros, ...metrics });
  const features = metrics.features ?? 0;
  if (features & RouteFeatures.Ecn) json.ecn = null;
  if (features & ~RouteFeatures.Ecn) json.features = `0x${features.toString(16)}`;
  return json;
}
