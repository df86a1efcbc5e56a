import type { AttributeSet, Codec } from "../codec/attribute_set.ts";
import { bool8, u16, u32 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";

/** Which headers the packets of a netkit link have, `NETKIT_L2` and `NETKIT_L3` in linux/if_link.h. */
export const NetkitMode = {
  /** Ethernet headers, `NETKIT_L2`. */
  L2: 0,
  /** None below IP, `NETKIT_L3`; the default. */
  L3: 1,
} as const;

/** What becomes of packets while no program decides, `NETKIT_*` in linux/if_link.h. */
export const NetkitPolicy = {
  /** They go to the other end, `NETKIT_PASS`. */
  Forward: 0,
  /** They are dropped, `NETKIT_DROP`. */
  Blackhole: 2,
} as const;

/** What a packet loses on its way to another namespace, `NETKIT_SCRUB_*` in linux/if_link.h. */
export const NetkitScrub = {
  /** Nothing, `NETKIT_SCRUB_NONE`. */
  None: 0,
  /** Its mark and its priority, `NETKIT_SCRUB_DEFAULT`. */
  Default: 1,
} as const;

/** Whether a netkit link has another end, `NETKIT_DEVICE_*` in linux/if_link.h. */
export const NetkitPairing = {
  /** It has, `NETKIT_DEVICE_PAIR`. */
  Pair: 0,
  /** It has not, `NETKIT_DEVICE_SINGLE`. */
  Single: 1,
} as const;

/** One end of a pair that programs steer, `IFLA_NETKIT_*` in linux/if_link.h. `ip` 6.1 prints nothing of it. */
export interface NetkitInfo<Link> {
  /** In a request: the other end. */
  peerInfo?: Link;
  /** Whether it is the end that manages the programs of both. */
  primary?: boolean;
  /** What becomes of its packets, see {@link NetkitPolicy}. */
  policy?: number;
  /** What becomes of those of the other end. */
  peerPolicy?: number;
  /** Which headers its packets have, see {@link NetkitMode}. */
  mode?: number;
  /** What its packets lose, see {@link NetkitScrub}. */
  scrub?: number;
  /** What those of the other end lose. */
  peerScrub?: number;
  /** Bytes to keep free before a packet. */
  headroom?: number;
  /** Bytes to keep free after a packet. */
  tailroom?: number;
  /** Whether it has another end, see {@link NetkitPairing}. */
  pairing?: number;
}

/**
 * {@link NetkitInfo}.
 *
 * @param link How a whole link is written within an attribute, as is the other end.
 * @returns The attributes.
 */
export function netkitInfoAttributes<Link extends object>(
  link: Codec<Link>,
): AttributeSet<NetkitInfo<Link>> {
  return {
    peerInfo: [1, "IFLA_NETKIT_PEER_INFO", link],
    primary: [2, "IFLA_NETKIT_PRIMARY", bool8],
    policy: [3, "IFLA_NETKIT_POLICY", withWords(u32, NetkitPolicy)],
    peerPolicy: [4, "IFLA_NETKIT_PEER_POLICY", withWords(u32, NetkitPolicy)],
    mode: [5, "IFLA_NETKIT_MODE", withWords(u32, NetkitMode)],
    scrub: [6, "IFLA_NETKIT_SCRUB", withWords(u32, NetkitScrub)],
    peerScrub: [7, "IFLA_NETKIT_PEER_SCRUB", withWords(u32, NetkitScrub)],
    headroom: [8, "IFLA_NETKIT_HEADROOM", u16],
    tailroom: [9, "IFLA_NETKIT_TAILROOM", u16],
    pairing: [10, "IFLA_NETKIT_PAIRING", withWords(u32, NetkitPairing)],
  };
}
