import { AttributeError } from "../../errors.ts";
import { putUint16 } from "../../integers.ts";
import type {
  AttributeRun,
  AttributeSet,
  Codec,
  RawAttributes,
  Scope,
} from "../codec/attribute_set.ts";
import { afterHeader, decodeWithHeader, encodeWithHeader } from "../codec/compound.ts";
import { ipAddress } from "../codec/network.ts";
import { u16, u32, u8 } from "../codec/scalar.ts";
import { pad, type Struct, struct } from "../codec/struct.ts";
import { type Realms, realms, routeAddress, type Via, via } from "./address.ts";
import { type Encap, encap } from "./encap.ts";

/** The fixed part of one of several nexthops of a route, `struct rtnexthop` in linux/rtnetlink.h. */
export interface RouteNexthopHeader {
  /** `NexthopFlags`. */
  flags: number;
  /** Its weight less one; of a multicast route the least time to live that is forwarded. */
  hops: number;
  /** Index of its link. */
  ifindex: number;
}

/** The attributes of one of several nexthops of a route, `RTA_*`. */
export interface RouteNexthopAttributes {
  /** The gateway to send to. */
  gateway?: string;
  /** The labels to swap for the packet's, of an MPLS route. */
  newDst?: string;
  /** The gateway, of another family. */
  via?: Via;
  /** The realms. */
  flow?: Realms;
  /** What `encap` is, `EncapType`. */
  encapType?: number;
  /** What packets are wrapped in. */
  encap?: Encap;
}

/** One of several nexthops of a route. */
export type RouteNexthop = RouteNexthopHeader & RouteNexthopAttributes & RawAttributes;

const routeNexthopHeader: Struct<RouteNexthopHeader> = struct<RouteNexthopHeader>({
  _length: pad(2),
  flags: u8,
  hops: u8,
  ifindex: u32,
});

const routeNexthopAttributes: AttributeSet<RouteNexthopAttributes> = {
  encap: [22, "RTA_ENCAP", encap],
  newDst: [19, "RTA_NEWDST", routeAddress],
  gateway: [5, "RTA_GATEWAY", ipAddress],
  via: [18, "RTA_VIA", via],
  flow: [11, "RTA_FLOW", realms],
  encapType: [21, "RTA_ENCAP_TYPE", u16],
};

/** Cuts the nexthops apart: each begins with its length in bytes. */
function* partsOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const left = bytes.length - at;
    const length = left < routeNexthopHeader.size ? left : u16.get(bytes, at);
    if (length < routeNexthopHeader.size || length > left || length % 4 !== 0) {
      throw new AttributeError(
        `A nexthop of ${length} bytes does not fit where ${left} are left`,
      );
    }
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

function* attributesWithin(data: Uint8Array, outer: Scope): Generator<AttributeRun> {
  for (const part of partsOf(data)) {
    yield afterHeader(routeNexthopHeader, routeNexthopAttributes, part, outer);
  }
}

/** The nexthops of a route that has several. */
export const multipath: Codec<RouteNexthop[]> = {
  shape: { kind: "list" },
  inner: attributesWithin,
  decode: (ad, outer) =>
    ad.do((bytes) =>
      Array.from(
        partsOf(bytes),
        (part): RouteNexthop =>
          decodeWithHeader(routeNexthopHeader, routeNexthopAttributes, part, 0, part.length, outer),
      )
    ),
  encode: (ae, type, value, outer) =>
    ae.do(type, () => {
      const parts = value.map((object) => {
        const scope = { object: object as unknown as Record<string, unknown>, outer };
        const bytes = encodeWithHeader(routeNexthopHeader, routeNexthopAttributes, scope);
        putUint16(bytes, 0, bytes.length);
        return bytes;
      });
      const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        bytes.set(part, at);
        at += part.length;
      }
      return bytes;
    }),
};
