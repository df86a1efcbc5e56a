import { AttributeError } from "../../errors.ts";
import { HeaderFlags } from "../../message.ts";
import type { CallOptions } from "../../options.ts";
import { type Address, type AddressCacheInfo, addressKind } from "../address.ts";
import { AddressFamily, MessageType } from "../constants.ts";
import { RouteScope } from "../route/constants.ts";
import { familyOf, parsePrefix } from "./ip_prefix.ts";
import { Service, type ServiceBase } from "./service.ts";

/** An address to add, or one to delete; what it says besides the address and the link is optional. */
export type AddressInit =
  & Partial<Omit<Address, "index" | "headerFlags" | "cacheInfo">>
  & {
    /** Index of the link. */
    index: number;
    /**
     * The address, with the length of its prefix, such as "10.0.0.1/24"; without it `prefixLength` counts,
     * and without that the whole address. Of an address with a peer, as it is listed: the peer's.
     */
    address?: string;
    /** With a peer: this host's own address. */
    local?: string;
    /** Lifetimes: `valid` is for ever by default, `preferred` as long as it is valid. */
    cacheInfo?: Partial<AddressCacheInfo>;
  };

const forever = 0xffff_ffff;

function completeAddress(init: AddressInit): Partial<Address> {
  const { index, local, prefixLength, family: _, cacheInfo, ...rest } = init;
  if (!Number.isInteger(index) || index <= 0) {
    throw new AttributeError(`index is ${index}: a link's index is a number from 1`);
  }
  const text = init.address ?? local;
  if (text === undefined) throw new AttributeError("address is undefined");
  const { family, address, length, explicit } = parsePrefix("address", text);
  const own = local?.split("/")[0] ?? address;
  if (familyOf("local", own) !== family) {
    throw new AttributeError(`local is "${local}", of another family than address "${address}"`);
  }
  for (const field of ["broadcast", "anycast"] as const) {
    const other = init[field];
    if (other !== undefined && familyOf(field, other) !== family) {
      throw new AttributeError(
        `${field} is "${other}", of another family than address "${address}"`,
      );
    }
  }
  const loopback = family === AddressFamily.Inet && own.startsWith("127.");
  const { valid = forever, preferred = valid, created = 0, updated = 0 } = cacheInfo ?? {};
  return {
    family,
    prefixLength: explicit ? length : prefixLength ?? length,
    scope: loopback ? RouteScope.Host : RouteScope.Universe,
    index,
    ...rest,
    local: own,
    address,
    ...cacheInfo && { cacheInfo: { valid, preferred, created, updated } },
  };
}

/** A filter whose addresses may have the length of their prefix behind them. */
function completeFilter(filter: Partial<Address>): Partial<Address> {
  const complete = { ...filter };
  for (const field of ["address", "local"] as const) {
    const text = filter[field];
    if (!text?.includes("/")) continue;
    const { family, address, length } = parsePrefix(field, text);
    Object.assign(complete, { family, [field]: address, prefixLength: length });
  }
  return complete;
}

function describe(verb: string, { local, address = local, index }: AddressInit): string {
  return `cannot ${verb} address${address === undefined ? "" : ` ${address}`} on link ${index}`;
}

/** The addresses of links: `ip address`. Changing them needs CAP_NET_ADMIN. */
export class AddressService<R = Promise<void>> extends Service<Address, R> {
  /**
   * Makes the service; a `RouteConn` has one.
   *
   * @param base What it stands on.
   */
  constructor(base: ServiceBase<R>) {
    super(base, addressKind, {
      complete: completeFilter,
      request: ({ family = AddressFamily.Unspec, index = 0, targetNetnsid }) => ({
        family,
        index,
        targetNetnsid,
      }),
    });
  }

  /**
   * Adds an address to a link.
   *
   * @param init The address. Without lifetimes it is valid for ever.
   * @param options Ends the call early.
   * @returns When it is there.
   * @throws {OpError} With op "add-address": code "EEXIST" when the link has it already, "ENODEV" when there is no such link.
   */
  add(init: AddressInit, options?: CallOptions): R {
    const flags = HeaderFlags.Create | HeaderFlags.Excl;
    return this.change("add", describe("add", init), flags, () => completeAddress(init), options);
  }

  /**
   * Adds an address to a link, or gives the one that is there other lifetimes and flags.
   *
   * @param init As for {@link AddressService.add}.
   * @param options Ends the call early.
   * @returns When it is so.
   * @throws {OpError} With op "replace-address".
   */
  replace(init: AddressInit, options?: CallOptions): R {
    const flags = HeaderFlags.Create | HeaderFlags.Replace;
    const make = () => completeAddress(init);
    return this.change("replace", describe("replace", init), flags, make, options);
  }

  /**
   * Takes an address away from a link.
   *
   * @param init The address: one that was listed, or the same as was added.
   * @param options Ends the call early.
   * @returns When it is gone.
   * @throws {OpError} With op "delete-address": code "EADDRNOTAVAIL" when the link has no such address.
   */
  delete(init: AddressInit, options?: CallOptions): R {
    const make = (): Partial<Address> => {
      const { family, prefixLength, index, local, address } = completeAddress(init);
      return { family, prefixLength, index, local, address };
    };
    const type = MessageType.DelAddr;
    return this.change("delete", describe("delete", init), 0, make, { ...options, type });
  }
}
