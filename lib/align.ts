/** The alignment of messages and attributes, `NLMSG_ALIGNTO` and `NLA_ALIGNTO` in linux/netlink.h. */
const alignment = 4;

/**
 * Rounds a length up to the next multiple of four, as `NLMSG_ALIGN` and `NLA_ALIGN` do.
 *
 * @param length A length in bytes.
 * @returns The smallest multiple of four that is not less than `length`.
 */
export function align(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}
