import { Nested } from "../../attribute.ts";
import { unmarshalAttributes } from "../../attribute_decoder.ts";
import { AttributeEncoder } from "../../attribute_encoder.ts";
import { AttributeError } from "../../errors.ts";
import { HeaderFlags } from "../../message.ts";
import type { CallOptions } from "../../options.ts";
import { AddressFamily, MessageType } from "../constants.ts";
import {
  type Nexthop,
  nexthopAttributes,
  type NexthopGroupEntry,
  nexthopKind,
} from "../nexthop.ts";
import { NexthopFlags } from "../route/constants.ts";
import { type Encap, requestedEncap } from "../route/encap.ts";
import { familyOf } from "./ip_prefix.ts";
import { Service, type ServiceBase } from "./service.ts";

/** A nexthop to add: `oif`, perhaps with a `gateway`, or `blackhole`, or `group`. */
export type NexthopInit = Partial<Omit<Nexthop, "group">> & {
  /** Its members, of a group; each weighs 1 unless it says otherwise. */
  group?: Array<Pick<NexthopGroupEntry, "id"> & Partial<NexthopGroupEntry>>;
};

function completeNexthop(init: NexthopInit): Partial<Nexthop> {
  const { group, gateway, encap, resGroup, ...rest } = withoutReports(init);
  const nexthop: Partial<Nexthop> = { family: AddressFamily.Inet, ...rest };
  if (gateway !== undefined) {
    Object.assign(nexthop, { family: familyOf("gateway", gateway), gateway });
  }
  if (group !== undefined) {
    if (!Array.isArray(group)) throw new AttributeError(`group is ${group}, no array`);
    nexthop.family = AddressFamily.Unspec;
    nexthop.group = group.map(({ id, weight = 0, weightHigh = 0 }) => ({ id, weight, weightHigh }));
  }
  if (resGroup !== undefined) {
    const { unbalancedTime: _, ...settings } = resGroup;
    nexthop.resGroup = settings;
  }
  if (encap !== undefined) nexthop[encapKey] = encodeEncap(rest.encapType, requestedEncap(encap));
  return nexthop;
}

/** What only the kernel says of a nexthop, and refuses to be told. */
function withoutReports(init: NexthopInit): NexthopInit {
  const { scope: _, opFlags: _opFlags, groupStats: _stats, hwStatsUsed: _used, ...rest } = init;
  return { ...rest, flags: (rest.flags ?? 0) & NexthopFlags.Onlink };
}

/** The kernel wants the bit `NLA_F_NESTED` on the encapsulation, which it does not set itself. */
const encapKey = `attribute${nexthopAttributes.encap[0] | Nested}` as const;

function encodeEncap(encapType: number | undefined, encap: Encap): Uint8Array {
  const [type, , codec] = nexthopAttributes.encap;
  const ae = new AttributeEncoder();
  codec.encode(ae, type, encap, { object: { encapType } });
  return unmarshalAttributes(ae.encode())[0].data;
}

function describe(verb: string, id: number | undefined): string {
  return `cannot ${verb} nexthop ${id ?? ""}`.trimEnd();
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
    return this.getOne(describe("get", id), () => ({ id: checkId(id) }), options);
  }

  /**
   * Adds a nexthop.
   *
   * @param init The nexthop. Without an id the kernel chooses one.
   * @param options Ends the call early.
   * @returns When it is there.
   * @throws {OpError} With op "add-nexthop": code "EEXIST" when the id is taken.
   */
  add(init: NexthopInit, options?: CallOptions): R {
    const flags = HeaderFlags.Create | HeaderFlags.Excl;
    const make = () => completeNexthop(init);
    return this.change("add", describe("add", init.id), flags, make, options);
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
    return this.change("replace", describe("replace", init.id), flags, make, options);
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
    return this.change("delete", describe("delete", id), 0, make, { ...options, type });
  }
}

function checkId(id: number): number {
  if (Number.isInteger(id) && id > 0) return id;
  throw new AttributeError(`id is ${id}: a nexthop's id is a number from 1`);
}
