import { parseAddress } from "../../rtnetlink/codec/network.ts";
import { AddressFamily } from "../../rtnetlink/constants.ts";
import { type Route, routeTable } from "../../rtnetlink/route/object.ts";

/**
 * Where a dump may have passed over routes of IPv6: between its datagrams. After each of them the kernel
 * goes on behind as many routes as it has had; when some of these are gone meanwhile, that is too far.
 */
export class Gaps {
  readonly #gaps: Array<readonly [before: Route | undefined, after: Route | undefined]> = [];
  #last?: Route;
  #paused = false;

  /**
   * Takes in the next route of the dump.
   *
   * @param route The route.
   */
  add(route: Route): void {
    if (this.#paused) this.#gaps.push([this.#last, route]);
    this.#paused = false;
    this.#last = route;
  }

  /** A datagram has ended. */
  pause(): void {
    this.#paused = true;
  }

  /** The dump has ended. */
  end(): void {
    if (this.#paused) this.#gaps.push([this.#last, undefined]);
    this.#paused = false;
    this.#last = undefined;
  }

  /**
   * Tells whether a route may have been passed over.
   *
   * @param route The route.
   * @returns False when it would have been in the midst of a datagram.
   */
  has(route: Route): boolean {
    return this.#gaps.some(([before, after]) =>
      !isBefore(route, before) && (after === undefined || !isBefore(after, route))
    );
  }
}

/** Whether a route is dumped before another one of the same table; false where that is not known. */
function isBefore(route: Route, other: Route | undefined): boolean {
  if (other?.family !== route.family || routeTable(other) !== routeTable(route)) return false;
  return route.family === AddressFamily.Inet6 && placeOf(route) < placeOf(other);
}

/** Where a route stands in its table, as text that sorts as routes are dumped: a prefix after all that is within it. */
function placeOf({ dst = "::", dstLength }: Route): string {
  const bytes = parseAddress(dst);
  for (let bit = dstLength; bit < 8 * bytes.length; bit++) bytes[bit >> 3] |= 0x80 >> (bit & 7);
  const last = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${last} ${999 - dstLength}`;
}
