import { openNetNS } from "../../dial.ts";
import { AttributeError, OpError } from "../../errors.ts";
import { HeaderFlags } from "../../message.ts";
import type { CallOptions, Config } from "../../options.ts";
import { AddressFamily, MessageType } from "../constants.ts";
import type { Link } from "../link/attributes.ts";
import { LinkFilter, LinkFlags } from "../link/constants.ts";
import type { LinkInfo } from "../link/info.ts";
import { linkKind } from "../link/link.ts";
import { hasNameLength, maxName, nameLength } from "../link/name.ts";
import { Service, type ServiceBase } from "./service.ts";

/** The longest of its further names, `ALTIFNAMSIZ` less its NUL. */
const maxAltName = 127;

/** A link by its index or by one of its names. */
export type LinkKey = number | string;

/** A link to add, or what to change of one. */
export interface LinkInit extends Partial<Omit<Link, "linkInfo">> {
  /** Its kind and the data of the kind. */
  linkInfo?: LinkInfo<LinkInit>;
  /** Whether to switch it on. */
  up?: boolean;
  /** The namespace that it is to be in, see `Config.netNS`. */
  netNS?: Config["netNS"];
}

function checkName(field: string, name: string): void {
  if (hasNameLength(name) && !/[\s/:]/.test(name) && name !== "." && name !== "..") return;
  throw new AttributeError(
    `${field} is "${name}": a link's name has 1 to ${maxName} bytes and no space, slash or colon`,
  );
}

/**
 * Turns what is said about a link into what the kernel wants; opens the namespaces that it names. The
 * path says where it stands, for the errors.
 */
function completeLink(init: LinkInit, resources: Disposable[], path = ""): Partial<Link> {
  const { up, netNS, ...link } = init;
  const complete = { family: AddressFamily.Unspec, ...link } as Partial<Link>;
  if (link.name !== undefined) checkName(`${path}name`, link.name);
  if (up !== undefined) {
    complete.change = (link.change ?? link.flags ?? 0) | LinkFlags.Up;
    complete.flags = (link.flags ?? 0) & ~LinkFlags.Up | (up ? LinkFlags.Up : 0);
  } else if (link.flags !== undefined) {
    complete.change ??= 0xffff_ffff;
  }
  if (typeof netNS === "object") {
    complete.netNSPid = netNS.pid;
  } else if (netNS !== undefined) {
    complete.netNSFd = openNamespace(`${path}netNS`, netNS, resources);
  }
  if (link.linkInfo !== undefined) complete.linkInfo = completeInfo(link.linkInfo, resources);
  return complete;
}

function openNamespace(field: string, netNS: number | string, resources: Disposable[]): number {
  try {
    const namespace = openNetNS(netNS);
    resources.push(namespace);
    return namespace.fd;
  } catch (cause) {
    if (!(cause instanceof OpError)) throw cause;
    throw new AttributeError(`${field} is ${JSON.stringify(netNS)}`, { cause });
  }
}

function completeInfo(info: LinkInfo<LinkInit>, resources: Disposable[]): Link["linkInfo"] {
  const complete = { ...info };
  if (complete.kind === "veth" && complete.data?.peer !== undefined) {
    const path = "linkInfo.data.peer.";
    const { peer } = complete.data;
    if (peer.up) {
      throw new AttributeError(
        `${path}up is true: the other end of a pair can be switched on only once it is there`,
      );
    }
    complete.data = { ...complete.data, peer: completeLink(peer, resources, path) };
  }
  if (complete.kind === "vxlan" && complete.data?.ttlInherit !== undefined) {
    // The kernel tells it as a byte, IFLA_VXLAN_TTL_INHERIT, and takes it as a flag.
    const { ttlInherit, ...data } = complete.data;
    complete.data = ttlInherit ? { ...data, attribute28: new Uint8Array() } : data;
  }
  return complete as Link["linkInfo"];
}

/** How a request names a link. */
function keyOf(key: LinkKey): Partial<Link> {
  if (typeof key === "number") {
    if (Number.isInteger(key) && key > 0) return { index: key };
    throw new AttributeError(`index is ${key}: a link's index is a number from 1`);
  }
  if (typeof key !== "string") throw new AttributeError(`name is ${key}, no string`);
  if (key === "") throw new AttributeError(`name is empty`);
  return nameLength(key) <= maxName ? { name: key } : { altName: key };
}

/** How a request names a link and further names of it. */
function withNames(key: LinkKey, names: string[]): Partial<Link> {
  names.forEach((name, i) => {
    const length = nameLength(name);
    if (length >= 1 && length <= maxAltName) return;
    throw new AttributeError(
      `names[${i}] is "${name}": a further name of a link has 1 to ${maxAltName} bytes`,
    );
  });
  return { ...keyOf(key), propList: { altName: names } };
}

/** What a dump heeds depends on the family: what it does not know it refuses. */
function listRequest(filter: Partial<Link>): Partial<Link> {
  const { family = AddressFamily.Unspec, master, linkInfo, targetNetnsid } = filter;
  const extMask = filter.extMask ?? LinkFilter.Vf;
  if (family === AddressFamily.Bridge) return { family, extMask };
  if (family !== AddressFamily.Unspec) return { family };
  const kind = linkInfo?.kind;
  return {
    family,
    master,
    linkInfo: kind === undefined ? undefined : { kind },
    extMask,
    targetNetnsid,
  };
}

function describe(verb: string, key: LinkKey | undefined): string {
  return `cannot ${verb} link ${key ?? ""}`.trimEnd();
}

/** Network interfaces: `ip link`. Changing them needs CAP_NET_ADMIN. */
export class LinkService<R = Promise<void>> extends Service<Link, R> {
  /**
   * Makes the service; a `RouteConn` has one.
   *
   * @param base What it stands on.
   */
  constructor(base: ServiceBase<R>) {
    super(base, linkKind, { request: listRequest, requestOnly: ["extMask"] });
  }

  /**
   * Finds a link.
   *
   * @param key Its index, or one of its names.
   * @param options Ends the call early.
   * @returns The link.
   * @throws {OpError} With op "get-link": code "ENODEV" when there is none.
   */
  get(key: LinkKey, options?: CallOptions): Promise<Link> {
    const make = () => ({ ...keyOf(key), extMask: LinkFilter.Vf });
    return this.getOne(describe("get", key), make, options);
  }

  /**
   * Makes a link: its kind is `linkInfo.kind`, such as "bridge" or "veth". The other end of a pair is
   * `linkInfo.data.peer`, which may be in another namespace from the start.
   *
   * @param init The link. Without a name the kernel chooses one; "%d" in a name becomes the first free number.
   * @param options Ends the call early.
   * @returns When it is there.
   * @throws {OpError} With op "add-link": code "EEXIST" when the name is taken, "EOPNOTSUPP" when the kernel does not
   * know the kind.
   */
  add(init: LinkInit, options?: CallOptions): R {
    const flags = HeaderFlags.Create | HeaderFlags.Excl;
    const make = (resources: Disposable[]) => completeLink(init, resources);
    const kind = init.linkInfo?.kind;
    const subject = describe("add", init.name) + (kind === undefined ? "" : ` of kind ${kind}`);
    return this.change("add", subject, flags, make, options);
  }

  /**
   * Changes a link: switches it, renames it, moves it to another namespace, makes it a port of another one (`master`;
   * 0 frees it), or changes the data of its kind. The kernel makes several changes one after the other, and does not
   * undo those before one that it refuses.
   *
   * @param key Its index; or one of its names, unless it is renamed.
   * @param changes What is to be different.
   * @param options Ends the call early.
   * @returns When it is so.
   * @throws {OpError} With op "set-link": code "ENODEV" when there is none.
   */
  set(key: LinkKey, changes: LinkInit, options?: CallOptions): R {
    const make = (resources: Disposable[]) => {
      if (typeof key === "string" && changes.name !== undefined) {
        throw new AttributeError(`name is "${changes.name}": a link is renamed by its index`);
      }
      return { ...completeLink(changes, resources), index: 0, ...keyOf(key) };
    };
    return this.change("set", describe("set", key), 0, make, options);
  }

  /**
   * Deletes a link, and with it the other end of a pair.
   *
   * @param key Its index, or one of its names.
   * @param options Ends the call early.
   * @returns When it is gone.
   * @throws {OpError} With op "delete-link": code "ENODEV" when there is none, "EOPNOTSUPP" when it is hardware's.
   */
  delete(key: LinkKey, options?: CallOptions): R {
    const type = MessageType.DelLink;
    const make = () => keyOf(key);
    return this.change("delete", describe("delete", key), 0, make, { ...options, type });
  }

  /**
   * Gives a link further names, of up to 127 bytes.
   *
   * @param key Its index, or one of its names.
   * @param names The names.
   * @param options Ends the call early.
   * @returns When it has them.
   * @throws {OpError} With op "add-alt-names-link": code "EEXIST" when one of them is taken.
   */
  addAltNames(key: LinkKey, names: string[], options?: CallOptions): R {
    const subject = `cannot give link ${key} further names`;
    const flags = HeaderFlags.Create | HeaderFlags.Excl | HeaderFlags.Append;
    const make = () => withNames(key, names);
    const type = MessageType.NewLinkProp;
    return this.change("add-alt-names", subject, flags, make, { ...options, type });
  }

  /**
   * Takes names away from a link that {@link LinkService.addAltNames} gave it.
   *
   * @param key Its index, or another one of its names.
   * @param names The names.
   * @param options Ends the call early.
   * @returns When it has them no more.
   * @throws {OpError} With op "delete-alt-names-link": code "ENOENT" when one of them is not the link's.
   */
  deleteAltNames(key: LinkKey, names: string[], options?: CallOptions): R {
    const subject = `cannot take names from link ${key}`;
    const make = () => withNames(key, names);
    const type = MessageType.DelLinkProp;
    return this.change("delete-alt-names", subject, 0, make, { ...options, type });
  }
}
