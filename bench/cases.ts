import type { Case } from "./case.ts";
import { attributes } from "./cases/attributes.ts";
import { batch } from "./cases/batch.ts";
import { burst } from "./cases/burst.ts";
import { idle } from "./cases/idle.ts";
import { latency } from "./cases/latency.ts";
import { links } from "./cases/links.ts";
import { roundTrip } from "./cases/round_trip.ts";
import { routes } from "./cases/routes.ts";
import { routesMemory } from "./cases/routes_memory.ts";
import { startup } from "./cases/startup.ts";
import { waiting } from "./cases/waiting.ts";

/** All benchmarks, in the order in which they run: those that fill the namespace come last. */
export const cases: readonly Case[] = [
  roundTrip,
  batch,
  waiting,
  attributes,
  latency,
  burst,
  startup,
  idle,
  links,
  routes,
  routesMemory,
];
