import type { AttributeSet } from "./codec/attribute_set.ts";
import { decodeWithHeader, encodeWithHeader } from "./codec/compound.ts";
import type { Struct } from "./codec/struct.ts";

/** The names of the kinds of objects that rtnetlink tells about. */
export type KindName =
  | "link"
  | "address"
  | "route"
  | "neighbour"
  | "rule"
  | "nexthop"
  | "netconf"
  | "nsid"
  | "prefix";

/** What must be known about a link that an object refers to by its index. */
export interface LinkReference {
  /** Its name. */
  readonly name: string;
  /** Its flags, `IFF_*`. */
  readonly flags: number;
}

/** Looks up a link by its index. */
export type LinkLookup = (index: number) => LinkReference | undefined;

/** An object as `ip -j` prints it. */
export type IpJson = Record<string, unknown>;

/** A kind of object of rtnetlink: how its messages are read and written, and what `ip -j` makes of it. */
export interface ObjectKind<T extends object> {
  /** Its name. */
  readonly name: KindName;
  /** Type of the message that says that an object is new or changed, `RTM_NEW*`. */
  readonly newType: number;
  /** Type of the message that says that an object is gone, `RTM_DEL*`; absent where there is none. */
  readonly deleteType?: number;
  /** Type of the request that dumps the objects, `RTM_GET*`; absent where they cannot be dumped. */
  readonly getType?: number;
  /** The multicast groups that tell about it, `RTNLGRP_*`. */
  readonly groups: readonly number[];
  /** The fixed structure at the start of its messages. */
  readonly header: Struct<object>;
  /** The attributes after it. */
  readonly attributes: AttributeSet;
  /**
   * Tells what makes an object the one it is among those of its kind in one namespace.
   *
   * @param object The object.
   * @returns The same text for two states of one object, another text for another object.
   */
  key(object: T): string;
  /**
   * Gives the object that `ip -j -d` of iproute2 6.1 prints, and `bridge -j -d fdb` for an entry of a
   * forwarding database. What differs is meant to:
   *
   * - An address stands by itself: what `ip` has as an entry of "addr_info", after "ifindex" and "ifname".
   * - A route and a rule have "family" before all else, as they are listed for both families at once.
   * - "encap" is an object, as since iproute2 6.3; before, its keys were mixed with those of the route.
   * - A route has no "nh_info": `ip` asks the kernel for that.
   * - An empty hardware address is empty, where `ip` prints the byte behind it.
   * - An entry that is locked has that flag, as since iproute2 6.2.
   * - Numbers have the names that iproute2 ships, not those that a host adds in /etc/iproute2.
   * - The owner of a tun is a number, where `ip` looks for the name of a user or a group of the host.
   *
   * @param object The object.
   * @param links Looks up the links that it refers to by index; without it they appear as "if2".
   * @returns The keys in the order in which `ip` prints them.
   */
  toIpJson(object: T, links?: LinkLookup): IpJson;
}

/**
 * Decodes an object from the data of a message.
 *
 * @param kind The kind of object.
 * @param data What follows the message's header, or memory in which it stands.
 * @param start Where it starts there; 0 by default.
 * @param end Where it ends there; by default where the data do.
 * @returns The object, with what was not understood as raw attributes.
 * @throws {AttributeError} When the attributes are malformed.
 */
export function decodeObject<T extends object>(
  kind: ObjectKind<T>,
  data: Uint8Array,
  start = 0,
  end: number = data.length,
): T {
  return decodeWithHeader(kind.header, kind.attributes, data, start, end) as T;
}

/**
 * Encodes an object as the data of a message. An object that was decoded becomes the bytes it came from.
 *
 * @param kind The kind of object.
 * @param object The object; the attributes stand in the order of its fields.
 * @returns What follows the message's header.
 * @throws {AttributeError} When a field is unknown or a value does not fit.
 */
export function encodeObject<T extends object>(
  kind: ObjectKind<T>,
  object: Partial<T>,
): Uint8Array {
  return encodeWithHeader(kind.header, kind.attributes, {
    object: object as Record<string, unknown>,
  });
}
