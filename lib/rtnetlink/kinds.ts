import { OpError } from "../errors.ts";
import { addressKind } from "./address.ts";
import { linkKind } from "./link/link.ts";
import { neighbourKind } from "./neighbour.ts";
import { netconfKind } from "./netconf.ts";
import { nexthopKind } from "./nexthop.ts";
import { nsidKind } from "./nsid.ts";
import type { ObjectKind } from "./object_kind.ts";
import { prefixKind } from "./prefix.ts";
import { routeKind } from "./route/route.ts";
import { ruleKind } from "./rule.ts";

/** All kinds of objects, in an order in which each refers only to those before it. */
// deno-lint-ignore no-explicit-any
export const objectKinds: ReadonlyArray<ObjectKind<any>> = [
  linkKind,
  addressKind,
  nexthopKind,
  routeKind,
  neighbourKind,
  ruleKind,
  netconfKind,
  nsidKind,
  prefixKind,
];

/**
 * Finds the kind of object that a message is about.
 *
 * @param type The type of the message, `RTM_NEW*`, `RTM_DEL*` or `RTM_GET*`.
 * @returns The kind, or undefined when it is none of them.
 */
// deno-lint-ignore no-explicit-any
export function kindOf(type: number): ObjectKind<any> | undefined {
  return objectKinds.find(({ newType, deleteType, getType }) =>
    type === newType || type === deleteType || type === getType
  );
}

/**
 * Finds a kind of object by its name.
 *
 * @param op The operation that has been given the name, for the error.
 * @param name The name.
 * @returns The kind.
 * @throws {OpError} When there is none, with code "EINVAL".
 */
// deno-lint-ignore no-explicit-any
export function kindNamed(op: string, name: string): ObjectKind<any> {
  const kind = objectKinds.find((kind) => kind.name === name);
  if (kind !== undefined) return kind;
  const names = objectKinds.map(({ name }) => name).join(", ");
  throw new OpError(op, { code: "EINVAL", message: `kinds has "${name}": expected ${names}` });
}
