import type { CallOptions } from "../../options.ts";
import { AddressFamily } from "../constants.ts";
import { type Netconf, netconfKind } from "../netconf.ts";
import { Service, type ServiceBase } from "./service.ts";

/** The settings of protocols for links: `ip netconf`. They are changed through sysctl(8) alone. */
export class NetconfService<R = Promise<void>> extends Service<Netconf, R> {
  /**
   * Makes the service; a `RouteConn` has one.
   *
   * @param base What it stands on.
   */
  constructor(base: ServiceBase<R>) {
    super(base, netconfKind, {
      request: ({ family = AddressFamily.Unspec }) => ({ family }),
    });
  }

  /**
   * Finds the settings for a link.
   *
   * @param key The family, and the index of the link or one of `NetconfIndex`.
   * @param options Ends the call early.
   * @returns The settings.
   * @throws {OpError} With op "get-netconf": code "ENODEV" when there is no such link.
   */
  get(key: { family: number; ifindex: number }, options?: CallOptions): Promise<Netconf> {
    const subject = `cannot get the settings of family ${key.family} for link ${key.ifindex}`;
    return this.getOne(subject, () => key, options);
  }
}
