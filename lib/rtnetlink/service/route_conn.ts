import { filter as compile } from "../../bpf/filter.ts";
import type { Conn } from "../../conn.ts";
import { dial as dialFamily } from "../../dial.ts";
import { OpError } from "../../errors.ts";
import { type CallOptions, type Config, ConnOption, Family } from "../../options.ts";
import { parsePredicate } from "../expression/parser.ts";
import { AddressService } from "./addresses.ts";
import { LinkService } from "./links.ts";
import { NeighbourService } from "./neighbours.ts";
import { NetconfService } from "./netconfs.ts";
import { NexthopService } from "./nexthops.ts";
import { NsidService } from "./nsids.ts";
import { RouteService } from "./routes.ts";
import { RuleService } from "./rules.ts";
import type { ServiceBase } from "./service.ts";
import { type Ask, execute, explain, makeRequest, type Request } from "./submit.ts";
import { type SubscribeOptions, Subscription } from "./subscription.ts";

/** The services whose changes a batch can have. */
export interface RouteBatch {
  /** Links. */
  links: Pick<
    LinkService<void>,
    "add" | "set" | "delete" | "addAltNames" | "deleteAltNames"
  >;
  /** Addresses. */
  addresses: Pick<AddressService<void>, "add" | "replace" | "delete">;
  /** Routes. */
  routes: Pick<RouteService<void>, "add" | "append" | "replace" | "set" | "delete">;
  /** Nexthops. */
  nexthops: Pick<NexthopService<void>, "add" | "replace" | "delete">;
  /** Neighbours. */
  neighbours: Pick<NeighbourService<void>, "add" | "append" | "replace" | "set" | "delete">;
  /** Rules. */
  rules: Pick<RuleService<void>, "add" | "delete">;
  /** Namespace ids. */
  nsids: Pick<NsidService<void>, "add">;
}

/**
 * Connects to rtnetlink, with strict checking unless the configuration says otherwise.
 *
 * @param config How to connect, see `Config`.
 * @returns The connection; close it when it is no longer needed.
 * @throws {OpError} As `dial` of the root module does.
 */
export function dial(config: Config = {}): RouteConn {
  return new RouteConn(config);
}

/**
 * A connection to rtnetlink with a service for each kind of object. Any number of tasks may use it at
 * the same time. Reading needs no privilege, changing CAP_NET_ADMIN.
 *
 * @example
 * ```ts
 * import { dial } from "@netlink/netlink/rtnetlink";
 *
 * using rt = dial();
 * const { index } = await rt.links.get("lo");
 * for (const { address, prefixLength } of await rt.addresses.list({ index })) {
 *   console.log(`${address}/${prefixLength}`);
 * }
 * ```
 */
export class RouteConn implements Disposable {
  /** The connection beneath, for requests of one's own. */
  readonly conn: Conn;
  /** Links. */
  readonly links: LinkService;
  /** Addresses. */
  readonly addresses: AddressService;
  /** Routes. */
  readonly routes: RouteService;
  /** Nexthops. */
  readonly nexthops: NexthopService;
  /** Neighbours. */
  readonly neighbours: NeighbourService;
  /** Rules. */
  readonly rules: RuleService;
  /** Settings of protocols for links. */
  readonly netconfs: NetconfService;
  /** Namespace ids. */
  readonly nsids: NsidService;
  readonly #config: Config;
  readonly #dial: (family: number, config: Config) => Conn;

  /**
   * Connects; {@link dial} is the usual way.
   *
   * @param config How to connect.
   * @param dial Makes the connections: in tests that of an `nltest` kernel, by default the root module's.
   */
  constructor(
    config: Config = {},
    dial: (family: number, config: Config) => Conn = dialFamily,
  ) {
    this.#config = config;
    this.#dial = dial;
    this.conn = dial(Family.Route, { strict: true, ...config });
    const base: ServiceBase<Promise<void>> = {
      conn: this.conn,
      submit: async (ask, options) => {
        await execute(this.conn, ask, options);
      },
    };
    this.links = new LinkService(base);
    this.addresses = new AddressService(base);
    this.routes = new RouteService(base);
    this.nexthops = new NexthopService(base);
    this.neighbours = new NeighbourService(base);
    this.rules = new RuleService(base);
    this.netconfs = new NetconfService(base);
    this.nsids = new NsidService(base);
  }

  /**
   * Makes many changes in one system call. Each succeeds or fails by itself, in order.
   *
   * @param fn Calls the change methods of the services that it gets; it must not wait for anything.
   * @param options Ends the call early.
   * @returns For each change, in order, undefined or its error.
   * @throws {OpError} When a field of one of them is wrong: then none was sent; or when the system refuses to send them.
   */
  async batch(
    fn: (batch: RouteBatch) => void,
    options?: CallOptions,
  ): Promise<Array<OpError | undefined>> {
    const changes: Array<{ ask: Ask; request: Request }> = [];
    let sent = false;
    const base: ServiceBase<void> = {
      conn: this.conn,
      submit(ask) {
        if (sent) throw new OpError(ask.op, { message: `${ask.subject}: the batch has been sent` });
        changes.push({ ask, request: makeRequest(ask) });
      },
    };
    try {
      fn({
        links: new LinkService(base),
        addresses: new AddressService(base),
        routes: new RouteService(base),
        nexthops: new NexthopService(base),
        neighbours: new NeighbourService(base),
        rules: new RuleService(base),
        nsids: new NsidService(base),
      });
      sent = true;
      const messages = changes.map(({ request }) => request.message);
      const results = await this.conn.executeBatch(messages, options);
      return results.map((result, i) =>
        result instanceof OpError ? explain(changes[i].ask, result) as OpError : undefined
      );
    } finally {
      for (const { request } of changes) {
        for (const resource of request.resources ?? []) resource[Symbol.dispose]();
      }
    }
  }

  /**
   * Subscribes to what happens to objects, over a connection of its own. It holds from this call on, so
   * that what is listed afterwards and the events together miss nothing.
   *
   * @param options What to subscribe to, and a signal that ends it.
   * @returns The events; leaving the iteration, `close()` or `using` ends the subscription.
   * @throws {OpError} When the system refuses the socket or a group, or a kind is unknown.
   * @throws {ExpressionError} When the filter is a text that is no expression.
   * @throws {PredicateError} When the filter is a predicate that makes no sense.
   */
  subscribe({ kinds, allNSID, filter, signal }: SubscribeOptions = {}): Subscription {
    const predicate = typeof filter === "string" ? parsePredicate(filter) : filter;
    const program = predicate && compile(predicate);
    const conn = this.#dial(Family.Route, { ...this.#config, pid: 0, groups: 0, strict: false });
    try {
      if (allNSID) conn.setOption(ConnOption.ListenAllNSID, true);
      if (program !== undefined) conn.setBPF(program);
      return new Subscription(conn, kinds, { signal }, predicate);
    } catch (error) {
      conn.close();
      throw error;
    }
  }

  /** Closes the connection; subscriptions go on. May be called more than once. */
  close(): void {
    this.conn.close();
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.close();
  }
}
