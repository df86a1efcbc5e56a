import { makeDiagram } from "./diagram.ts";
import { emit } from "./emit.ts";
import type { RawInstruction } from "./instructions.ts";
import { layout } from "./layout.ts";
import { lower } from "./lower.ts";
import type { Predicate } from "./predicate.ts";

/**
 * Makes a program that lets a netlink socket have only the messages that are wanted.
 *
 * It never drops a message for which `matches` says that it is wanted, but it keeps some more, for which
 * `matches` must decide:
 * - datagrams with several messages, whatever is in them;
 * - messages that are not rtnetlink's own: errors, acknowledgements, the ends of dumps;
 * - routes with several nexthops, where `ifindex` is asked for;
 * - messages that are too short to be what they say;
 * - where the predicate is too large for a program, such as with names of more than a thousand links, what the
 *   part that was left out would have dropped.
 *
 * On a connection that also makes requests, replies that are not wanted are dropped, too: a filter is for a
 * connection that only receives.
 *
 * @param predicate Which messages are wanted.
 * @returns The program, for `Conn.setBPF`.
 * @throws {PredicateError} When the predicate makes no sense.
 *
 * @example
 * ```ts
 * import { dial, Family } from "@netlink/netlink";
 * import { filter, matches, type Predicate } from "@netlink/netlink/bpf";
 *
 * const wanted: Predicate = { or: [{ ifname: "wg0" }, { type: [20, 21], family: 10 }] };
 * using conn = dial(Family.Route, { groups: 1 | 1 << 8 }); // RTNLGRP_LINK, RTNLGRP_IPV6_IFADDR
 * conn.setBPF(filter(wanted));
 * for await (const message of conn.receiveIter()) {
 *   if (matches(wanted, message)) console.log(message.header.type);
 * }
 * ```
 */
export function filter(predicate: Predicate): RawInstruction[] {
  return layout(emit(makeDiagram(lower(predicate))));
}
