import { AttributeError } from "../../errors.ts";
import { HeaderFlags } from "../../message.ts";
import type { CallOptions } from "../../options.ts";
import { AddressFamily, MessageType } from "../constants.ts";
import {
  NexthopFlags,
  RouteFlags,
  RouteProtocol,
  RouteScope,
  RouteTable,
  RouteType,
} from "../route/constants.ts";
import { type Encap, requestedEncap } from "../route/encap.ts";
import type { RouteNexthop } from "../route/multipath.ts";
import { isCloned, type Route, routeTable } from "../route/object.ts";
import { routeKind } from "../route/route.ts";
import { familyOf, parsePrefix } from "./ip_prefix.ts";
import { Service, type ServiceBase } from "./service.ts";

/** One of several nexthops of a route to add: `ifindex`, a gateway, or both. */
export type RouteNexthopInit = Partial<RouteNexthop>;

/** A route to add, change or delete. Its family is that of its addresses, IPv4 where there are none. */
export type RouteInit =
  & Partial<Omit<Route, "headerTable" | "multipath">>
  & {
    /**
     * The destination with the length of its prefix, such as "10.0.0.0/8" or "default"; without a length `dstLength`
     * counts, and without that the whole address. Of an MPLS route, its label.
     */
    dst?: string;
    /** Its nexthops, where it has several. */
    multipath?: RouteNexthopInit[];
  };

/** Whom to search a route for: a destination and what else of a packet counts. */
export type RouteLookup = Pick<
  RouteInit,
  | "dst"
  | "src"
  | "tos"
  | "iif"
  | "oif"
  | "mark"
  | "uid"
  | "ipProto"
  | "sport"
  | "dport"
  | "flowLabel"
  | "flags"
>;

/** What a program may say of a nexthop; the rest the kernel says. */
const settable = NexthopFlags.Onlink | NexthopFlags.Pervasive;

/** The fields of a route, checked and filled in, but for what its type decides. */
function completeRoute(init: RouteInit): Partial<Route> {
  const { dst, src, gateway, prefSrc, family, multipath, cacheInfo, ...rest } =
    init.nhId === undefined ? init : withoutNexthop(init);
  const route: Partial<Route> = withRequestedEncap(rest);
  // The kernel tells the end of an IPv6 route there, in hundredths of a second, and takes it here.
  if (cacheInfo && cacheInfo.expires > 0) route.expires ??= Math.ceil(cacheInfo.expires / 100);
  if (family !== undefined) route.family = family;
  if (family !== AddressFamily.Mpls) {
    if (dst !== undefined && dst !== "default") setPrefix(route, "dst", dst, init.dstLength);
    if (src !== undefined && src !== "default") setPrefix(route, "src", src, init.srcLength);
  } else {
    Object.assign(route, { dst, dstLength: 20 });
  }
  if (gateway !== undefined) route.gateway = ofFamily(route, "gateway", gateway);
  if (prefSrc !== undefined) route.prefSrc = ofFamily(route, "prefSrc", prefSrc);
  if (multipath !== undefined) {
    if (!Array.isArray(multipath)) throw new AttributeError(`multipath is ${multipath}, no array`);
    route.multipath = multipath.map((nexthop, i) => {
      const { gateway, flags = 0 } = nexthop;
      if (gateway !== undefined) ofFamily(route, `multipath[${i}].gateway`, gateway);
      return { hops: 0, ifindex: 0, ...withRequestedEncap(nexthop), flags: flags & settable };
    });
  }
  route.family ??= AddressFamily.Inet;
  route.flags = (init.flags ?? 0) & settable;
  return route;
}

function withRequestedEncap<T extends { encap?: Encap }>(route: T): T {
  return { ...route, ...route.encap && { encap: requestedEncap(route.encap) } };
}

/** A filter whose addresses may have the lengths of their prefixes behind them; a length of 0 is without an address. */
function completeFilter(filter: Partial<Route>): Partial<Route> {
  const complete = { ...filter };
  for (const side of ["dst", "src"] as const) {
    const text = filter[side];
    if (text === "default") {
      delete complete[side];
      complete[`${side}Length`] = 0;
    } else if (text?.includes("/") && filter.family !== AddressFamily.Mpls) {
      setPrefix(complete, side, text);
      if (complete[`${side}Length`] === 0) delete complete[side];
    }
  }
  return complete;
}

/** What to search, for a host and not a network. */
function completeLookup(init: RouteLookup): Partial<Route> {
  const route = completeRoute(init);
  const bits = route.family === AddressFamily.Inet6 ? 128 : 32;
  for (const side of ["dst", "src"] as const) {
    if (route[side] !== undefined && route[`${side}Length`] !== bits) {
      throw new AttributeError(
        `${side} is "${init[side]}": a search is for an address, not a network`,
      );
    }
  }
  // Of IPv6 the kernel names the table unasked.
  const named = route.family === AddressFamily.Inet ? RouteFlags.LookupTable : 0;
  return { ...route, flags: (init.flags ?? 0) | named };
}

/** A route that uses a nexthop object is listed with what that says, but must not be added with it. */
function withoutNexthop(init: RouteInit): RouteInit {
  const { gateway: _, via: _via, oif: _oif, multipath: _multipath, ...rest } = init;
  const { encap: _encap, encapType: _encapType, ...route } = rest;
  return route;
}

function setPrefix(route: Partial<Route>, side: "dst" | "src", text: string, given?: number): void {
  const { address, length, explicit } = parsePrefix(side, text);
  route[side] = ofFamily(route, side, address);
  route[`${side}Length`] = explicit ? length : given ?? length;
}

/** An address that must be of the route's family, or says which that is. */
function ofFamily(route: Partial<Route>, field: string, text: string): string {
  const family = familyOf(field, text);
  route.family ??= family;
  if (route.family === family) return text;
  const hint = field.endsWith("gateway") ? `: a gateway of another one is "via"` : "";
  throw new AttributeError(`${field} is "${text}", which is not of the route's family${hint}`);
}

/** How far away a route's destination is, when nothing says so: as `ip route` has it. */
function defaultScope({ family, type, gateway, via, multipath, nhId }: Partial<Route>): number {
  if (family !== AddressFamily.Inet) return RouteScope.Universe;
  if (type === RouteType.Local || type === RouteType.Nat) return RouteScope.Host;
  const near: Array<number | undefined> = [
    RouteType.Broadcast,
    RouteType.Multicast,
    RouteType.Anycast,
  ];
  if (near.includes(type)) return RouteScope.Link;
  const far = gateway ?? via ?? multipath ?? nhId;
  return type === RouteType.Unicast && far === undefined ? RouteScope.Link : RouteScope.Universe;
}

function describe(verb: string, { dst = "default", dstLength, table }: RouteInit): string {
  const length = dstLength === undefined || dst === "default" || dst.includes("/")
    ? ""
    : `/${dstLength}`;
  return `cannot ${verb} route ${dst}${length}${table === undefined ? "" : ` in table ${table}`}`;
}

/** Routes: `ip route`. Changing them needs CAP_NET_ADMIN. */
export class RouteService<R = Promise<void>> extends Service<Route, R> {
  /**
   * Makes the service; a `RouteConn` has one.
   *
   * @param base What it stands on.
   */
  constructor(base: ServiceBase<R>) {
    super(base, routeKind, {
      complete: completeFilter,
      request: ({ family = AddressFamily.Unspec, table, protocol, type, oif, flags = 0 }) => ({
        family,
        table,
        protocol,
        type,
        oif,
        flags: flags & RouteFlags.Cloned,
      }),
      // Multicast forwarding has families, and a life, of its own.
      belongs: (route, { family, flags = 0 }) =>
        (family !== undefined || route.family < AddressFamily.Ipmr) &&
        isCloned(route) === ((flags & RouteFlags.Cloned) !== 0),
      empty: ["ENOENT"], // there is no such table
    });
  }

  /**
   * Searches the route that a packet would take: `ip route get`.
   *
   * @param lookup The destination, or more of the packet. With `flags: RouteFlags.FibMatch` the entry of the table
   * that matches is the answer.
   * @param options Ends the call early.
   * @returns The route.
   * @throws {OpError} With op "get-route": code "ENETUNREACH", "EHOSTUNREACH" or "EACCES" when there is none.
   */
  get(lookup: string | RouteLookup, options?: CallOptions): Promise<Route> {
    const init: RouteLookup = typeof lookup === "string" ? { dst: lookup } : lookup;
    return this.getOne(describe("get", init), () => completeLookup(init), options);
  }

  /**
   * Adds a route.
   *
   * @param init The route. Without a table it goes into the main one, or the local one if its type is `Local`,
   * `Broadcast` or `Anycast`. By default its type is `Unicast` and its protocol `Boot`.
   * @param options Ends the call early.
   * @returns When it is there.
   * @throws {OpError} With op "add-route": code "EEXIST" when there is one with the same destination and priority.
   */
  add(init: RouteInit, options?: CallOptions): R {
    return this.#put("add", HeaderFlags.Create | HeaderFlags.Excl, init, options);
  }

  /**
   * Adds a route behind others to the same destination with the same priority; of IPv6, one more nexthop.
   *
   * @param init As for {@link RouteService.add}.
   * @param options Ends the call early.
   * @returns When it is there.
   * @throws {OpError} With op "append-route".
   */
  append(init: RouteInit, options?: CallOptions): R {
    return this.#put("append", HeaderFlags.Create | HeaderFlags.Append, init, options);
  }

  /**
   * Adds a route, or replaces the one with the same destination and priority.
   *
   * @param init As for {@link RouteService.add}.
   * @param options Ends the call early.
   * @returns When it is so.
   * @throws {OpError} With op "replace-route".
   */
  replace(init: RouteInit, options?: CallOptions): R {
    return this.#put("replace", HeaderFlags.Create | HeaderFlags.Replace, init, options);
  }

  /**
   * Replaces a route that is there.
   *
   * @param init As for {@link RouteService.add}.
   * @param options Ends the call early.
   * @returns When it is so.
   * @throws {OpError} With op "set-route": code "ENOENT" when there is none with this destination and priority.
   */
  set(init: RouteInit, options?: CallOptions): R {
    return this.#put("set", HeaderFlags.Replace, init, options);
  }

  /**
   * Removes a route: the first that has all that is said.
   *
   * @param init A route that was listed, or as much of it as must be the same; without a table, of the one that it would be added to.
   * @param options Ends the call early.
   * @returns When it is gone.
   * @throws {OpError} With op "delete-route": code "ESRCH" when there is none.
   */
  delete(init: RouteInit, options?: CallOptions): R {
    const make = (): Partial<Route> => ({
      ...completeRoute(init),
      table: routeTableOf(init),
      scope: init.scope ?? RouteScope.Nowhere,
      expires: undefined,
      headerTable: 0,
    });
    const type = MessageType.DelRoute;
    return this.change("delete", describe("delete", init), 0, make, { ...options, type });
  }

  #put(verb: string, flags: number, init: RouteInit, options?: CallOptions): R {
    const make = (): Partial<Route> => {
      const route = { type: RouteType.Unicast, ...completeRoute(init) };
      return {
        protocol: RouteProtocol.Boot,
        scope: defaultScope(route),
        ...route,
        headerTable: 0,
        table: routeTableOf(init),
      };
    };
    return this.change(verb, describe(verb, init), flags, make, options);
  }
}

/** The types of routes that are in the local table unless they say otherwise: as `ip route` has it. */
const localTypes: ReadonlyArray<number | undefined> = [
  RouteType.Local,
  RouteType.Broadcast,
  RouteType.Anycast,
];

function routeTableOf(init: RouteInit): number {
  const headerTable = localTypes.includes(init.type) ? RouteTable.Local : RouteTable.Main;
  return routeTable({ headerTable, ...init });
}
