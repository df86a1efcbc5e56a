/**
 * Rounds a length up to the next multiple of four, as `NLMSG_ALIGN` and `NLA_ALIGN` in linux/netlink.h do.
 *
 * @param length A length in bytes.
 * @returns The smallest multiple of four that is not less than `length`.
 */
export function align(length: number): number {
  return length + (-length & 3);
}
