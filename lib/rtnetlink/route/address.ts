import { AttributeError } from "../../errors.ts";
import { uint32At } from "../../integers.ts";
import { type Codec, inPlace, lookUp, type Scope } from "../codec/attribute_set.ts";
import {
  formatAddress,
  formatHardwareAddress,
  ipAddress,
  ipv4,
  ipv6,
  parseAddress,
  parseHardwareAddress,
} from "../codec/network.ts";
import { u16, u32 } from "../codec/scalar.ts";
import { AddressFamily } from "../constants.ts";

/** Family of addresses that are links' own, `AF_PACKET`. */
const packetFamily = 17;

function readLabels(memory: Uint8Array, start: number, end: number): string {
  const labels: number[] = [];
  for (let at = start; at < end; at += 4) {
    // 20 bits of label, 3 of traffic class, 1 for the bottom of the stack, 8 of time to live
    const entry = end - at >= 4 ? uint32At(memory, at, false) : NaN;
    const bottom = at + 4 === end ? 0x100 : 0;
    if ((entry & 0xfff) !== bottom || Number.isNaN(entry)) {
      throw new AttributeError(`${end - start} bytes are no plain stack of MPLS labels`);
    }
    labels.push(entry >>> 12);
  }
  if (labels.length === 0) throw new AttributeError("A stack of MPLS labels is empty");
  return labels.join("/");
}

/** MPLS labels as text, the outermost first, separated by "/", such as "100/200". */
export const mplsLabels: Codec<string> = {
  ...inPlace(readLabels),
  encode: (ae, type, value) =>
    ae.do(type, () => {
      const labels = value.split("/");
      const view = new DataView(new ArrayBuffer(4 * labels.length));
      labels.forEach((label, i) => {
        if (!/^\d+$/.test(label) || Number(label) > 0xf_ffff) {
          throw new AttributeError(`"${label}" is no MPLS label: expected 0 to 1048575`);
        }
        const bottom = i === labels.length - 1 ? 0x100 : 0;
        view.setUint32(4 * i, (Number(label) << 12 | bottom) >>> 0);
      });
      return new Uint8Array(view.buffer);
    }),
};

/** An address of a route: MPLS labels where the header's family says so, an IP address otherwise. */
export const routeAddress: Codec<string> = {
  ...inPlace((memory, start, end, scope) =>
    isMpls(scope) ? readLabels(memory, start, end) : formatAddress(memory, start, end)
  ),
  encode: (ae, type, value, scope) =>
    (isMpls(scope) ? mplsLabels : ipAddress).encode(ae, type, value, scope),
  shape: { kind: "selected", selector: "family", formats: () => addressFormats },
};

/** The IP addresses by family: labels are not looked at. */
const addressFormats: Readonly<Record<number, Codec<string>>> = {
  [AddressFamily.Inet]: ipv4,
  [AddressFamily.Inet6]: ipv6,
  [AddressFamily.Ipmr]: ipv4,
  [AddressFamily.Ip6mr]: ipv6,
};

function isMpls(scope: Scope): boolean {
  return lookUp(scope, "family") === AddressFamily.Mpls;
}

/** A gateway of another family than the route's, `struct rtvia` in linux/rtnetlink.h. */
export interface Via {
  /** Its family, `AF_*`. */
  family: number;
  /** Its address: an IP address, or a hardware address of the family 17, `AF_PACKET`. */
  address: string;
}

/** {@link Via} */
export const via: Codec<Via> = {
  decode: (ad) =>
    ad.do((bytes) => {
      if (bytes.length < 2) {
        throw new AttributeError(`${bytes.length} bytes are too short for a gateway`);
      }
      const family = u16.get(bytes, 0);
      const address = bytes.subarray(2);
      return {
        family,
        address: family === packetFamily ? formatHardwareAddress(address) : formatAddress(address),
      };
    }),
  encode: (ae, type, { family, address }) =>
    ae.do(type, () => {
      const parsed = family === packetFamily
        ? parseHardwareAddress(address)
        : parseAddress(address);
      const bytes = new Uint8Array(2 + parsed.length);
      u16.set(new DataView(bytes.buffer), 0, family);
      bytes.set(parsed, 2);
      return bytes;
    }),
  shape: { kind: "structure" },
};

/** The realms of a route, by which traffic is classified and counted; 0 is none. */
export interface Realms {
  /** The realm of what comes from the route's destinations, 0 to 65535. */
  from: number;
  /** The realm of what goes there, 0 to 65535. */
  to: number;
}

/** {@link Realms} */
export const realms: Codec<Realms> = {
  decode(ad) {
    const both = ad.uint32();
    return { from: both >>> 16, to: both & 0xffff };
  },
  encode(ae, type, { from, to }) {
    ae.do(type, () => {
      const view = new DataView(new ArrayBuffer(4));
      // Each half is checked by itself: one that is too large must not spill into the other.
      u16.set(view, 0, from);
      u16.set(view, 2, to);
      u32.set(view, 0, (from << 16 | to) >>> 0);
      return new Uint8Array(view.buffer);
    });
  },
  shape: { kind: "structure" },
};
