import type { Route } from "../../rtnetlink/route/object.ts";

/** How many links are asked for one by one before all routes are. */
const maxLinks = 16;

/** Some of the routes. */
export interface RoutesOf {
  /** Those that go over the link of this index. */
  link: number;
  /** And those that have this source address. */
  source?: string;
}

/** What is doubtful of a kind of objects: all of them or, of routes, some. */
export class Doubt {
  #all = false;
  readonly #links = new Set<number>();
  readonly #sources = new Set<string>();

  /**
   * Makes more of them doubtful.
   *
   * @param routes Which; by default all.
   */
  add(routes?: RoutesOf): void {
    if (routes === undefined) this.#all = true;
    else {
      this.#links.add(routes.link);
      if (routes.source !== undefined) this.#sources.add(routes.source);
    }
  }

  /**
   * Tells over which links the doubtful routes go.
   *
   * @param routes The routes that are known.
   * @returns The indexes of the links; undefined when all objects are doubtful, or it cannot be told.
   */
  links(routes: Iterable<object>): ReadonlySet<number> | undefined {
    if (this.#all) return undefined;
    const links = new Set(this.#links);
    for (const route of routes as Iterable<Route>) {
      const own = linksOf(route);
      // The kernel may be set up to tell of a nexthop object no more than its id.
      if (own.length === 0 && route.nhId !== undefined) return undefined;
      // A route that goes over others, too, may be left with them.
      const doubtful = own.some((link) => this.#links.has(link)) ||
        route.prefSrc !== undefined && this.#sources.has(route.prefSrc);
      if (doubtful) { for (const link of own) links.add(link); }
    }
    return links.size > maxLinks ? undefined : links;
  }
}

/**
 * Tells over which links a route goes.
 *
 * @param route The route.
 * @returns The links' indexes.
 */
export function linksOf({ oif, multipath }: Route): number[] {
  if (multipath !== undefined) return multipath.map(({ ifindex }) => ifindex);
  return oif === undefined ? [] : [oif];
}
