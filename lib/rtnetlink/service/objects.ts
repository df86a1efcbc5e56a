import type { Address } from "../address.ts";
import type { Link } from "../link/attributes.ts";
import type { Neighbour } from "../neighbour.ts";
import type { Netconf } from "../netconf.ts";
import type { Nexthop } from "../nexthop.ts";
import type { Nsid } from "../nsid.ts";
import type { Prefix } from "../prefix.ts";
import type { Route } from "../route/object.ts";
import type { Rule } from "../rule.ts";

/** The types of objects by the names of their kinds. */
export interface Objects {
  /** A link. */
  link: Link;
  /** An address. */
  address: Address;
  /** A route. */
  route: Route;
  /** A neighbour. */
  neighbour: Neighbour;
  /** A rule. */
  rule: Rule;
  /** A nexthop. */
  nexthop: Nexthop;
  /** Settings. */
  netconf: Netconf;
  /** A namespace id. */
  nsid: Nsid;
  /** An advertised prefix. */
  prefix: Prefix;
}
