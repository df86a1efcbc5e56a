import type { Codec } from "../codec/attribute_set.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";

/** How the data of one kind of link are written, and what `ip -j -d` makes of them. */
export interface LinkInfoFormat<T> extends Codec<T> {
  /**
   * Gives what `ip -j -d` prints as "info_data" or "info_slave_data"; absent where it prints nothing.
   *
   * @param data The data.
   * @param links Looks up the links that they refer to.
   * @returns The keys in the order in which `ip` prints them.
   */
  toIpJson?(data: T, links?: LinkLookup): IpJson;
}

/** Writes a number as `ip -j` does where it prints hexadecimal: "0", else with "0x" before it. */
export function hexadecimal(value: number): string {
  return value === 0 ? "0" : `0x${value.toString(16)}`;
}

/** Gives hundredths of a second in seconds. */
export function seconds(hundredths: bigint): number {
  return Number(hundredths) / 100;
}

/** Names the protocol of a VLAN tag as `ip` does. */
export function vlanProtocolName(protocol: number): string {
  if (protocol === 0x8100) return "802.1Q";
  if (protocol === 0x88a8) return "802.1ad";
  return `[${protocol}]`;
}
