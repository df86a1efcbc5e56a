import { u16, u32, u64, u8 } from "../codec/scalar.ts";
import { pad, type Struct, struct, type StructFields } from "../codec/struct.ts";

/** The counters of a link: 64 bits wide in {@link LinkStats64}, cut to 32 in {@link LinkStats}. */
export interface LinkCounters<T> {
  /** Packets received. */
  rxPackets: T;
  /** Packets sent. */
  txPackets: T;
  /** Bytes received. */
  rxBytes: T;
  /** Bytes sent. */
  txBytes: T;
  /** Bad packets received, all of those told apart below. */
  rxErrors: T;
  /** Packets that could not be sent, all of those told apart below. */
  txErrors: T;
  /** Packets received but not processed, for want of memory or of someone to take them. */
  rxDropped: T;
  /** Packets dropped on the way out. */
  txDropped: T;
  /** Multicast packets received. */
  multicast: T;
  /** Collisions while sending. */
  collisions: T;
  /** Packets received with a wrong length. */
  rxLengthErrors: T;
  /** Packets lost as the receiver's ring was full. */
  rxOverErrors: T;
  /** Packets received with a wrong checksum. */
  rxCrcErrors: T;
  /** Packets received that are no whole number of bytes. */
  rxFrameErrors: T;
  /** Packets lost as the receiver's queue was full. */
  rxFifoErrors: T;
  /** Packets missed by the receiver. */
  rxMissedErrors: T;
  /** Packets whose sending was given up. */
  txAbortedErrors: T;
  /** Packets not sent as there was no carrier. */
  txCarrierErrors: T;
  /** Packets lost as the sender's queue ran empty. */
  txFifoErrors: T;
  /** Failed heartbeats of half-duplex Ethernet. */
  txHeartbeatErrors: T;
  /** Late collisions. */
  txWindowErrors: T;
  /** Compressed packets received. */
  rxCompressed: T;
  /** Compressed packets sent. */
  txCompressed: T;
  /** Packets that nobody wanted, as on an inactive port of a bond. */
  rxNohandler: T;
}

/** The counters of a link cut to 32 bits, `struct rtnl_link_stats` in linux/if_link.h. */
export type LinkStats = LinkCounters<number>;

/** The counters of a link, `struct rtnl_link_stats64` in linux/if_link.h. */
export interface LinkStats64 extends LinkCounters<bigint> {
  /** Packets dropped as they were meant for another host's hardware address. */
  rxOtherhostDropped: bigint;
}

function counters<T>(scalar: StructFields<{ one: T }>["one"]): StructFields<LinkCounters<T>> {
  return {
    rxPackets: scalar,
    txPackets: scalar,
    rxBytes: scalar,
    txBytes: scalar,
    rxErrors: scalar,
    txErrors: scalar,
    rxDropped: scalar,
    txDropped: scalar,
    multicast: scalar,
    collisions: scalar,
    rxLengthErrors: scalar,
    rxOverErrors: scalar,
    rxCrcErrors: scalar,
    rxFrameErrors: scalar,
    rxFifoErrors: scalar,
    rxMissedErrors: scalar,
    txAbortedErrors: scalar,
    txCarrierErrors: scalar,
    txFifoErrors: scalar,
    txHeartbeatErrors: scalar,
    txWindowErrors: scalar,
    rxCompressed: scalar,
    txCompressed: scalar,
    rxNohandler: scalar,
  };
}

/** {@link LinkStats}. */
export const linkStats: Struct<LinkStats> = struct<LinkStats>(counters(u32));

/** {@link LinkStats64}. */
export const linkStats64: Struct<LinkStats64> = struct<LinkStats64>({
  ...counters(u64),
  rxOtherhostDropped: u64,
});

/** Where a link's hardware is in the machine, `struct rtnl_link_ifmap` in linux/if_link.h. */
export interface LinkMap {
  /** Where its memory begins. */
  memStart: bigint;
  /** Where its memory ends. */
  memEnd: bigint;
  /** Its I/O address. */
  baseAddr: bigint;
  /** Its interrupt. */
  irq: number;
  /** Its DMA channel. */
  dma: number;
  /** Which of its ports is in use. */
  port: number;
}

/** {@link LinkMap}. */
export const linkMap: Struct<LinkMap> = struct<LinkMap>({
  memStart: u64,
  memEnd: u64,
  baseAddr: u64,
  irq: u16,
  dma: u8,
  port: u8,
  _1: pad(4),
});
