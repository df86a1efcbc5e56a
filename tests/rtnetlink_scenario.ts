/** Changes of everything that rtnetlink has and this kernel can do, each as a command and as a call of the library. */
import { addresses } from "./scenario/addresses.ts";
import { endings } from "./scenario/endings.ts";
import { bridges, links, stacked } from "./scenario/links.ts";
import { arrived, moves } from "./scenario/moves.ts";
import { forwarding, neighbours } from "./scenario/neighbours.ts";
import { nexthops } from "./scenario/nexthops.ts";
import { routesV4, routesV6 } from "./scenario/routes.ts";
import { rules } from "./scenario/rules.ts";
import type { Part } from "./scenario/step.ts";

/** The parts of the scenario, each of which needs those before it. */
export const scenario: readonly Part[] = [
  links,
  bridges,
  stacked,
  moves,
  arrived,
  addresses,
  routesV4,
  routesV6,
  nexthops,
  neighbours,
  forwarding,
  rules,
  endings,
];
