import { type Address, AddressFlags, addressFlags, isUsable } from "../../rtnetlink/address.ts";
import type { Link } from "../../rtnetlink/link/attributes.ts";
import { LinkFlags, OperState, operStateName } from "../../rtnetlink/link/constants.ts";
import { RouteScope } from "../../rtnetlink/route/constants.ts";
import type { MirrorState } from "../mirror.ts";

/** Whether a condition holds, and what is the case, in words. */
export interface Finding {
  /** Whether it holds. */
  met: boolean;
  /** What is the case, such as "eth0 is switched off". */
  fact: string;
}

/** An address to look for. */
export interface AddressPattern {
  /** The address as the kernel's is written. */
  readonly address: string;
  /** The length of its prefix, where that matters. */
  readonly length?: number;
}

/**
 * Finds a link.
 *
 * @param state What is there.
 * @param name Its name or an alternative one.
 * @returns The link.
 */
export function linkNamed({ links }: MirrorState, name: string): Link | undefined {
  for (const link of links.values()) {
    if (link.name === name || link.propList?.altName?.includes(name)) return link;
  }
  return undefined;
}

/** Finds something about a link that is there. */
function find(state: MirrorState, name: string, about: (link: Link) => Finding): Finding {
  const link = linkNamed(state, name);
  return link === undefined ? { met: false, fact: `there is no link ${name}` } : about(link);
}

/** Whether there is a link as it is wanted. */
export function findExistence(state: MirrorState, name: string, wanted: boolean): Finding {
  const exists = linkNamed(state, name) !== undefined;
  return { met: exists === wanted, fact: `there is ${exists ? "a" : "no"} link ${name}` };
}

/** Whether a link works as it is wanted. */
export function findUsable(state: MirrorState, name: string, wanted: boolean): Finding {
  return find(state, name, ({ flags, operState = OperState.Unknown }) => {
    if (!(flags & LinkFlags.Up)) return { met: !wanted, fact: `${name} is switched off` };
    const works = operState === OperState.Up ||
      operState === OperState.Unknown && (flags & LinkFlags.LowerUp) !== 0;
    const stateName = operStateName(operState) ?? `in state ${operState}`;
    const carrier = flags & LinkFlags.LowerUp ? "" : ", without a carrier";
    return { met: works === wanted, fact: `${name} is ${stateName}${carrier}` };
  });
}

/** Whether a link has a carrier. */
export function findCarrier(state: MirrorState, name: string): Finding {
  return find(state, name, ({ flags }) => {
    if (!(flags & LinkFlags.Up)) return { met: false, fact: `${name} is switched off` };
    const met = (flags & LinkFlags.LowerUp) !== 0;
    return { met, fact: `${name} has ${met ? "a" : "no"} carrier` };
  });
}

/** Whether a link has this MTU. */
export function findMtu(state: MirrorState, name: string, wanted: number): Finding {
  return find(state, name, ({ mtu }) => ({ met: mtu === wanted, fact: `${name} has mtu ${mtu}` }));
}

/** Whether a link has a usable address: this one, or any that is valid beyond the link. */
export function findAddress(state: MirrorState, name: string, wanted?: AddressPattern): Finding {
  return find(state, name, ({ index }) => {
    const addresses = [...state.addresses.values()].filter((address) => address.index === index)
      .sort((one, other) => one.family - other.family);
    const met = addresses.some((address) => isUsable(address) && isWanted(address, wanted));
    const texts = addresses.map(describe);
    return { met, fact: `${name} has ${texts.length > 0 ? texts.join(", ") : "no address"}` };
  });
}

function isWanted(address: Address, wanted: AddressPattern | undefined): boolean {
  if (wanted === undefined) return address.scope !== RouteScope.Link;
  const { length = address.prefixLength } = wanted;
  return wanted.address === ownAddress(address) && length === address.prefixLength;
}

function ownAddress({ address, local = address }: Address): string | undefined {
  return local;
}

function describe(address: Address): string {
  const text = `${ownAddress(address)}/${address.prefixLength}`;
  if (isUsable(address)) return text;
  const duplicate = addressFlags(address) & AddressFlags.DadFailed;
  return `${text} (${duplicate ? "a duplicate" : "tentative"})`;
}
