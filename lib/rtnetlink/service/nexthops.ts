import { AttributeError } from "../../errors.ts";
import { HeaderFlags } from "../../message.ts";
import type { CallOptions } from "../../options.ts";
import { AddressFamily, MessageType } from "../constants.ts";
import { type Nexthop, nexthopKind } from "../nexthop.ts";
import { RouteProtocol } from "../route/constants.ts";
import { familyOf } from "./ip_prefix.ts";
import { Service, type ServiceBase } from "./service.ts";

/** A nexthop to add: `id` and either `oif`, perhaps with a `gateway`, or `blackhole`, or `group`. */
export type NexthopInit = Partial<Nexthop> & { id: number };

function completeNexthop(init: NexthopInit): Partial<Nexthop> {
  const { gateway, group } = init;
  const family = gateway !== undefined
    ? familyOf("gateway", gateway)
    : group !== undefined
    ? AddressFamily.Unspec
    : AddressFamily.Inet;
  return { protocol: RouteProtocol.Boot, family, ...init, scope: undefined };
}

/** Nexthop objects and groups of them: `ip nexthop`. Changing them needs CAP_NET_ADMIN. */
export class NexthopService<R = Promise<void>> extends Service<Nexthop, R> {
  /**
   * Makes the service; a `RouteConn` has one.
   *
   * @param base What it stands on.
   */
  constructor(base: ServiceBase<R>) {
    super(base, nexthopKind, {
      request: ({ family = AddressFamily.Unspec, oif, master, groups, fdb, opFlags }) => ({
        family,
        oif,
        master,
        groups,
        fdb,
        opFlags,
      }),
      requestOnly: ["master", "groups", "opFlags"],
    });
  }

  /**
   * Finds a nexthop.
   *
   * @param id Its id.
   * @param options Ends the call early.
   * @returns The nexthop.
   * @throws {OpError} With op "get-nexthop": code "ENOENT" when there is none.
   */
  get(id: number, options?: CallOptions): Promise<Nexthop> {
    return this.getOne(`cannot get nexthop ${id}`, () => ({ id: checkId(id) }), options);
  }

  /**
   * Adds a nexthop.
   *
   * @param init The nexthop. With id 0 the kernel chooses one.
   * @param options Ends the call early.
   * @returns When it is there.
   * @throws {OpError} With op "add-nexthop": code "EEXIST" when the id is taken.
   */
  add(init: NexthopInit, options?: CallOptions): R {
    const flags = HeaderFlags.Create | HeaderFlags.Excl;
    const make = () => completeNexthop(init);
    return this.change("add", `cannot add nexthop ${init.id}`, flags, make, options);
  }

  /**
   * Adds a nexthop or replaces the one that has its id; routes that use it follow.
   *
   * @param init The nexthop.
   * @param options Ends the call early.
   * @returns When it is so.
   * @throws {OpError} With op "replace-nexthop".
   */
  replace(init: NexthopInit, options?: CallOptions): R {
    const flags = HeaderFlags.Create | HeaderFlags.Replace;
    const make = () => completeNexthop(init);
    return this.change("replace", `cannot replace nexthop ${init.id}`, flags, make, options);
  }

  /**
   * Removes a nexthop, and with it the routes that use it.
   *
   * @param id Its id.
   * @param options Ends the call early.
   * @returns When it is gone.
   * @throws {OpError} With op "delete-nexthop": code "ENOENT" when there is none.
   */
  delete(id: number, options?: CallOptions): R {
    const type = MessageType.DelNexthop;
    const make = () => ({ id: checkId(id) });
    return this.change("delete", `cannot delete nexthop ${id}`, 0, make, { ...options, type });
  }
}

function checkId(id: number): number {
  if (Number.isInteger(id) && id > 0) return id;
  throw new AttributeError(`id is ${id}: a nexthop's id is a number from 1`);
}
