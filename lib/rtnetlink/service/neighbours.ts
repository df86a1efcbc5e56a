import { AttributeError } from "../../errors.ts";
import { HeaderFlags } from "../../message.ts";
import type { CallOptions } from "../../options.ts";
import { AddressFamily, MessageType } from "../constants.ts";
import { type Neighbour, neighbourKind } from "../neighbour.ts";
import { NeighbourFlags, NeighbourState } from "../neighbour_constants.ts";
import { familyOf } from "./ip_prefix.ts";
import { Service, type ServiceBase } from "./service.ts";

/**
 * A neighbour to add or delete: `dst`, and `lladdr` where it is to be known; an entry of a forwarding
 * database has `family: AddressFamily.Bridge` and `lladdr`. Without a `state` it is permanent.
 */
export type NeighbourInit = Partial<Neighbour> & {
  /** Index of the link. */
  index: number;
};

/** What tells a neighbour from others. */
export type NeighbourKey = Pick<
  NeighbourInit,
  "index" | "dst" | "family" | "flags" | "lladdr" | "vlan" | "master"
>;

function isForwarding({ family }: Pick<NeighbourInit, "family">): boolean {
  return family === AddressFamily.Bridge;
}

/** Whose an entry of a forwarding database is: the link's own, or that of the bridge that it is a port of. */
const places = NeighbourFlags.Self | NeighbourFlags.Master;

/** Where the flags do not say, as in entries that were listed, the bridge does. */
function placeOf({ index, master = index }: Pick<NeighbourInit, "index" | "master">): number {
  return master === index ? NeighbourFlags.Self : NeighbourFlags.Master;
}

function completeNeighbour(init: NeighbourInit): Partial<Neighbour> {
  const { dst, lladdr, flags = 0 } = init;
  if (isForwarding(init)) {
    if (lladdr === undefined) throw new AttributeError("lladdr is undefined");
    const { cacheInfo: _, ...rest } = init;
    const place = flags & places ? 0 : placeOf(init);
    return { state: NeighbourState.Permanent, ...rest, flags: flags | place };
  }
  if (dst === undefined) throw new AttributeError("dst is undefined");
  const { cacheInfo: _, probes: _probes, type: _type, ...rest } = init;
  return { state: NeighbourState.Permanent, ...rest, family: familyOf("dst", dst) };
}

function describe(verb: string, init: NeighbourInit): string {
  const name = isForwarding(init) ? init.lladdr : init.dst;
  return `cannot ${verb} neighbour${name === undefined ? "" : ` ${name}`} on link ${init.index}`;
}

/**
 * Neighbours, proxies and forwarding databases: `ip neighbour` and `bridge fdb`. Without a filter neighbours are
 * listed, with `flags: NeighbourFlags.Proxy` proxies, with `family: AddressFamily.Bridge` forwarding databases.
 * Changing them needs CAP_NET_ADMIN.
 */
export class NeighbourService<R = Promise<void>> extends Service<Neighbour, R> {
  /**
   * Makes the service; a `RouteConn` has one.
   *
   * @param base What it stands on.
   */
  constructor(base: ServiceBase<R>) {
    super(base, neighbourKind, {
      request: ({ family = AddressFamily.Unspec, index, master, flags = 0 }) => ({
        family,
        flags: flags & NeighbourFlags.Proxy,
        ifindex: index,
        // Of neighbours it would be their link's, which they do not say.
        master: family === AddressFamily.Bridge ? master : undefined,
      }),
    });
  }

  /**
   * Finds a neighbour.
   *
   * @param key Its `index` and `dst`, with `flags: NeighbourFlags.Proxy` for a proxy.
   * @param options Ends the call early.
   * @returns The neighbour.
   * @throws {OpError} With op "get-neighbour": code "ENOENT" when there is none.
   */
  get(key: NeighbourKey, options?: CallOptions): Promise<Neighbour> {
    const make = () => {
      const { index, dst, lladdr, vlan, flags = 0, family } = completeNeighbour(key);
      return isForwarding(key)
        ? { family, index, flags: flags & places, lladdr, vlan }
        : { family, index, flags: flags & NeighbourFlags.Proxy, dst };
    };
    return this.getOne(describe("get", key), make, options);
  }

  /**
   * Adds a neighbour.
   *
   * @param init The neighbour.
   * @param options Ends the call early.
   * @returns When it is there.
   * @throws {OpError} With op "add-neighbour": code "EEXIST" when it is there already.
   */
  add(init: NeighbourInit, options?: CallOptions): R {
    return this.#put("add", HeaderFlags.Create | HeaderFlags.Excl, init, options);
  }

  /**
   * Adds a neighbour or replaces what is known of it.
   *
   * @param init The neighbour.
   * @param options Ends the call early.
   * @returns When it is so.
   * @throws {OpError} With op "replace-neighbour".
   */
  replace(init: NeighbourInit, options?: CallOptions): R {
    return this.#put("replace", HeaderFlags.Create | HeaderFlags.Replace, init, options);
  }

  /**
   * Replaces what is known of a neighbour.
   *
   * @param init The neighbour.
   * @param options Ends the call early.
   * @returns When it is so.
   * @throws {OpError} With op "change-neighbour": code "ENOENT" when there is none.
   */
  set(init: NeighbourInit, options?: CallOptions): R {
    return this.#put("set", HeaderFlags.Replace, init, options);
  }

  /**
   * Adds one more destination to an entry of a tunnel's forwarding database.
   *
   * @param init The entry.
   * @param options Ends the call early.
   * @returns When it is there.
   * @throws {OpError} With op "append-neighbour".
   */
  append(init: NeighbourInit, options?: CallOptions): R {
    return this.#put("append", HeaderFlags.Create | HeaderFlags.Append, init, options);
  }

  /**
   * Removes a neighbour.
   *
   * @param key As for {@link NeighbourService.get}, or the neighbour itself.
   * @param options Ends the call early.
   * @returns When it is gone.
   * @throws {OpError} With op "delete-neighbour": code "ENOENT" when there is none.
   */
  delete(key: NeighbourInit, options?: CallOptions): R {
    const make = () => completeNeighbour(key);
    const type = MessageType.DelNeigh;
    return this.change("delete", describe("delete", key), 0, make, { ...options, type });
  }

  #put(verb: string, flags: number, init: NeighbourInit, options?: CallOptions): R {
    const make = () => completeNeighbour(init);
    return this.change(verb, describe(verb, init), flags, make, options);
  }
}
