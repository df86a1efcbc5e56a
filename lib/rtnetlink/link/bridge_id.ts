import { formatHardwareAddress, parseHardwareAddress } from "../codec/network.ts";
import { be16, type Scalar } from "../codec/scalar.ts";
import { byteArray, type Struct, struct } from "../codec/struct.ts";

/** A bridge in a spanning tree, `struct ifla_bridge_id` in linux/if_link.h. */
export interface BridgeId {
  /** Its priority; the lowest becomes the root. */
  priority: number;
  /** Its hardware address. */
  address: string;
}

/** A hardware address of six bytes as a field of a struct. */
const macAddress: Scalar<string> = (() => {
  const field = byteArray(6);
  return {
    size: 6,
    get: (view, offset) => formatHardwareAddress(field.get(view, offset)),
    set: (view, offset, value) => field.set(view, offset, parseHardwareAddress(value)),
    decode: (ad, scope) => formatHardwareAddress(field.decode(ad, scope)),
    encode: (ae, type, value) => ae.do(type, () => parseHardwareAddress(value)),
  };
})();

/** {@link BridgeId}. */
export const bridgeId: Struct<BridgeId> = struct<BridgeId>({
  priority: be16,
  address: macAddress,
});

/**
 * Writes a bridge in a spanning tree as `ip` does: without leading zeros in the address.
 *
 * @param id The bridge.
 * @returns Such as "8000.2:0:0:0:1:0".
 */
export function bridgeIdText({ priority, address }: BridgeId): string {
  return `${priority.toString(16).padStart(4, "0")}.${address.replace(/\b0/g, "")}`;
}
