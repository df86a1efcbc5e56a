/**
 * What rtnetlink's messages mean: links, addresses, routes, neighbours, rules, nexthops, settings,
 * namespace ids and prefixes, decoded from and encoded to the bytes of messages by one table each.
 *
 * @example
 * ```ts
 * import { dial, Family } from "@netlink/netlink";
 * import { dump, linkKind } from "@netlink/netlink/rtnetlink";
 *
 * using conn = dial(Family.Route, { strict: true });
 * const { objects } = await dump(conn, linkKind, {});
 * for (const { index, name, mtu } of objects) console.log(index, name, mtu);
 * ```
 *
 * @module
 */
export * from "./address.ts";
