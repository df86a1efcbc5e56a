import { matches } from "../../bpf/matches.ts";
import type { Predicate } from "../../bpf/predicate.ts";
import type { Conn } from "../../conn.ts";
import { OverrunError, TruncatedError } from "../../errors.ts";
import type { Message } from "../../message.ts";
import type { CallOptions } from "../../options.ts";
import { kindNamed, kindOf, objectKinds } from "../kinds.ts";
import { decodeObject, type KindName, type ObjectKind } from "../object_kind.ts";
import type { Objects } from "./objects.ts";

/** What a subscription tells: that an object is new, changed or gone, or that events were lost. */
export type RouteEvent =
  | {
    [Kind in KindName]: {
      /** "new": it is new or has changed. "delete": it is gone. */
      action: "new" | "delete";
      /** The kind of object. */
      kind: Kind;
      /** The object. */
      object: Objects[Kind];
      /** The id of the namespace that it is in, when that is another one. */
      nsid?: number;
    };
  }[KindName]
  | {
    /** Events were lost: what is there must be listed again. */
    kind: "overrun";
    /** How many datagrams. */
    drops: number;
  };

/** What to subscribe to. */
export interface SubscribeOptions extends CallOptions {
  /** The kinds of objects; all by default. */
  kinds?: readonly KindName[];
  /** Whether events of other namespaces that have an id here come, too; false by default. Needs CAP_NET_BROADCAST. */
  allNSID?: boolean;
  /**
   * Which events are wanted: a predicate, or an expression that `parsePredicate` reads; all by default. The kernel
   * drops most of the others without waking anybody.
   */
  filter?: Predicate | string;
}

/** The events of some kinds of objects, one after the other; it owns its connection. */
export class Subscription implements AsyncIterableIterator<RouteEvent>, Disposable {
  readonly #conn: Conn;
  readonly #options?: CallOptions;
  readonly #filter: Predicate;
  readonly #waiting: Message[] = [];

  /**
   * Joins the groups.
   *
   * @param conn A connection, which the subscription owns from now on.
   * @param kinds The kinds of objects; all by default.
   * @param options Ends the subscription early.
   * @param filter Which events are wanted, where a program of the connection has not dropped them; all by default.
   */
  constructor(
    conn: Conn,
    kinds: readonly KindName[] | undefined,
    options?: CallOptions,
    filter: Predicate = {},
  ) {
    this.#conn = conn;
    this.#options = options;
    this.#filter = filter;
    for (const { groups } of kinds?.map((name) => kindNamed("subscribe", name)) ?? objectKinds) {
      for (const group of groups) conn.joinGroup(group);
    }
  }

  /**
   * Waits for the next event.
   *
   * @returns The event.
   * @throws {OpError} When the subscription was closed or the system fails; when it was aborted, the signal's reason. It
   * is closed then, as nobody closes what a `for await` was thrown out of.
   */
  async next(): Promise<IteratorResult<RouteEvent>> {
    try {
      return { done: false, value: await this.#event() };
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async #event(): Promise<RouteEvent> {
    for (;;) {
      const message = this.#waiting.shift();
      const kind = message && kindOf(message.header.type);
      if (kind !== undefined && matches(this.#filter, message!)) return eventOf(kind, message!);
      if (message !== undefined) continue; // not wanted, or of a kind that no table describes
      try {
        this.#waiting.push(...await this.#conn.receive(this.#options)); // others may wait, too
      } catch (error) {
        if (error instanceof OverrunError) return { kind: "overrun", drops: error.drops };
        if (error instanceof TruncatedError) return { kind: "overrun", drops: 1 };
        throw error;
      }
    }
  }

  /**
   * Ends the subscription.
   *
   * @returns The end of the iteration.
   */
  return(): Promise<IteratorResult<RouteEvent>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the subscription: a call that waits rejects. */
  close(): void {
    this.#conn.close();
  }

  /** Ends the subscription. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * The subscription itself.
   *
   * @returns The subscription.
   */
  [Symbol.asyncIterator](): this {
    return this;
  }
}

function eventOf(kind: ObjectKind<object>, { header, data, source }: Message): RouteEvent {
  const event = {
    action: header.type === kind.deleteType ? "delete" : "new",
    kind: kind.name,
    object: decodeObject(kind, data),
    ...source?.nsid !== undefined && { nsid: source.nsid },
  };
  return event as RouteEvent;
}
