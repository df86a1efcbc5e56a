import { HeaderFlags } from "../../message.ts";
import type { CallOptions } from "../../options.ts";
import { type Nsid, nsidKind } from "../nsid.ts";
import { Service, type ServiceBase } from "./service.ts";

/** A namespace by a descriptor of it or by a process in it. */
export type NsidKey = { fd: number } | { pid: number } | { nsid: number };

/** The ids by which a namespace knows others: `ip netns list-id`. */
export class NsidService<R = Promise<void>> extends Service<Nsid, R> {
  /**
   * Makes the service; a `RouteConn` has one.
   *
   * @param base What it stands on.
   */
  constructor(base: ServiceBase<R>) {
    super(base, nsidKind, {
      request: ({ targetNsid }) => ({ targetNsid }),
      requestOnly: ["targetNsid"],
      // Without strict checking the kernel tells of this namespace all the same, but then without its terms.
      belongs: ({ currentNsid }, { targetNsid }) =>
        targetNsid === undefined || currentNsid !== undefined,
    });
  }

  /**
   * Finds the id of a namespace.
   *
   * @param key The namespace.
   * @param options Ends the call early.
   * @returns Its id, as `nsid`: -1 when it has none.
   * @throws {OpError} With op "get-nsid".
   */
  get(key: NsidKey, options?: CallOptions): Promise<Nsid> {
    return this.getOne(`cannot get the id of namespace ${JSON.stringify(key)}`, () => key, options);
  }

  /**
   * Gives a namespace an id. Needs CAP_NET_ADMIN.
   *
   * @param init The namespace and the id; without one, or with -1, the kernel chooses.
   * @param options Ends the call early.
   * @returns When it has the id.
   * @throws {OpError} With op "add-nsid": code "EEXIST" when it has one already, "ENOSPC" when the id is taken.
   */
  add(init: ({ fd: number } | { pid: number }) & { nsid?: number }, options?: CallOptions): R {
    const subject = `cannot give namespace ${JSON.stringify(init)} an id`;
    const make = () => ({ nsid: -1, ...init });
    return this.change("add", subject, HeaderFlags.Create | HeaderFlags.Excl, make, options);
  }
}
