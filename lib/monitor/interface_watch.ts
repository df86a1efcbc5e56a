import { filter, matches, type Predicate } from "../bpf/mod.ts";
import type { Conn } from "../conn.ts";
import { checkNetNS, dial, watchNetNS } from "../dial.ts";
import {
  AttributeError,
  NetNSGoneError,
  OpError,
  OverrunError,
  TruncatedError,
} from "../errors.ts";
import type { Message } from "../message.ts";
import { type Config, Family } from "../options.ts";
import { AddressFamily, Group, MessageType } from "../rtnetlink/constants.ts";
import type { Link } from "../rtnetlink/link/attributes.ts";
import { linkKind } from "../rtnetlink/link/link.ts";
import { hasNameLength, maxName } from "../rtnetlink/link/name.ts";
import { decodeObject } from "../rtnetlink/object_kind.ts";
import { dial as dialRoute, type RouteConn } from "../rtnetlink/service/route_conn.ts";

/**
 * How long in milliseconds what happens to the interface may go on before it is told: so long may it take one
 * command to delete it and make it again, of which the kernel's part is up to some 30 ms.
 */
const settling = 60;

/** What to watch. */
export interface WatchInterfaceOptions {
  /** The index of the interface that is to stay the one it is. */
  expectedIndex: number;
  /** The network namespace, instead of the process's own; see `Config.netNS`. Needs CAP_SYS_ADMIN. */
  netNS?: Config["netNS"];
  /** Ends the watch: the reason is then "stopped". */
  signal?: AbortSignal;
}

/** Why a watch has ended. */
export interface WatchInterfaceResult {
  /** Whether whoever uses the interface has to begin anew: always, unless the watch was stopped. */
  restart: boolean;
  /**
   * `deleted`: no link has the name any more, also because it moved to another namespace. `recreated`: the interface
   * was deleted, and a link has the name again, perhaps even with the same index. `renamed`: the interface is there
   * under another name. `stopped`: the signal was aborted. `subscription-lost`: the watch could not begin or go on.
   */
  reason: "deleted" | "recreated" | "renamed" | "stopped" | "subscription-lost";
  /** The index of the link that has the name now: of the new one when it was recreated. */
  index?: number;
  /** The new name when it was renamed. */
  name?: string;
  /** When it moved to another namespace: the id that this one has here. */
  newNetnsid?: number;
  /** When it moved to another namespace: its index there. */
  newIfindex?: number;
  /** What went wrong when the subscription was lost. */
  error?: Error;
}

/**
 * Waits until an interface is no longer what it was: deleted, recreated, renamed. Whatever happened to it between
 * the look at its index and this call is told as well, but for a link that was made anew with the same name
 * and the same index before the call.
 *
 * What happens within 60 ms is told as one: that the interface is deleted and made again is "recreated", that it
 * is renamed there and back is nothing. Alternative names do not count, as the kernel does not always tell when they
 * change: an interface that only has the name as an alternative one is "renamed". Needs no privilege for the own
 * namespace. The kernel itself drops the events of other interfaces. It keeps the process alive until it ends.
 *
 * @param name The interface's name.
 * @param options Its index, and where it is.
 * @returns What happened. Failures of the system are a result, too: "subscription-lost".
 * @throws {OpError} With op "watch-interface" or "dial" and code "EINVAL" when an argument makes no sense.
 *
 * @example
 * ```ts
 * import { watchInterface } from "@netlink/netlink/monitor";
 * import { dial } from "@netlink/netlink/rtnetlink";
 *
 * using rt = dial();
 * const { index: expectedIndex } = await rt.links.get("lo");
 * const signal = AbortSignal.timeout(1000);
 * const { restart, reason } = await watchInterface("lo", { expectedIndex, signal });
 * console.log(reason, restart); // stopped false
 * ```
 */
export async function watchInterface(
  name: string,
  options: WatchInterfaceOptions,
): Promise<WatchInterfaceResult> {
  check(name, options);
  const { signal } = options;
  if (signal?.aborted) return { restart: false, reason: "stopped" };
  try {
    using watch = new InterfaceWatch(name, options);
    return { restart: true, ...await watch.run() };
  } catch (error) {
    if (signal?.aborted) return { restart: false, reason: "stopped" };
    return { restart: true, reason: "subscription-lost", error: error as Error };
  }
}

function check(name: string, { expectedIndex, netNS }: WatchInterfaceOptions): void {
  if (typeof name !== "string" || !hasNameLength(name) || name.includes("\0")) {
    throw invalid(`name is ${JSON.stringify(name)}: a link's name has 1 to ${maxName} bytes`);
  }
  if (!(Number.isInteger(expectedIndex) && expectedIndex > 0 && expectedIndex < 2 ** 31)) {
    throw invalid(`expectedIndex is ${expectedIndex}: a link's index is a whole number from 1`);
  }
  checkNetNS(netNS);
}

function invalid(message: string): OpError {
  return new OpError("watch-interface", { code: "EINVAL", message });
}

type Ending = Omit<WatchInterfaceResult, "restart">;

/** Follows one interface: its events say when to look, the kernel what is the case. */
class InterfaceWatch implements Disposable {
  readonly #name: string;
  readonly #index: number;
  /** Which events count: AF_BRIDGE is another family, as it tells of bridge ports. */
  readonly #wanted: Predicate;
  readonly #events: Conn;
  readonly #questions!: RouteConn;
  readonly #namespace?: Disposable;
  readonly #stop: AbortSignal;
  /** The interface as it left the namespace: another one may have its index since. */
  #left: Link | undefined;

  constructor(name: string, { expectedIndex, netNS, signal }: WatchInterfaceOptions) {
    this.#name = name;
    this.#index = expectedIndex;
    this.#wanted = {
      type: [MessageType.NewLink, MessageType.DelLink],
      family: AddressFamily.Unspec,
      ifindex: expectedIndex,
    };
    const gone = new AbortController();
    this.#stop = signal === undefined ? gone.signal : AbortSignal.any([signal, gone.signal]);
    this.#events = dial(Family.Route, { netNS });
    try {
      this.#events.setBPF(filter(this.#wanted));
      this.#events.joinGroup(Group.Link);
      this.#questions = dialRoute({ netNS });
      if (netNS !== undefined && typeof netNS !== "number") {
        const name = typeof netNS === "string" ? netNS : `of process ${netNS.pid}`;
        const error = new NetNSGoneError("watch-interface", name);
        this.#namespace = watchNetNS(netNS, () => gone.abort(error));
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Waits for the end. */
  async run(): Promise<Ending> {
    for (let doubtful = await this.#look() !== undefined;; doubtful = false) {
      while (!doubtful) doubtful = await this.#next() === "doubtful";
      this.#events.setReadDeadline(Date.now() + settling);
      while (await this.#next() !== "over");
      this.#events.setReadDeadline(null);
      const ending = await this.#look();
      if (ending !== undefined) return ending;
    }
  }

  [Symbol.dispose](): void {
    this.#events.close();
    this.#questions?.close();
    this.#namespace?.[Symbol.dispose]();
  }

  /** Asks the kernel whether all is as it was; if not, says what has happened. */
  async #look(): Promise<Ending | undefined> {
    const link = this.#left === undefined ? await this.#find(this.#index) : undefined;
    if (link?.name === this.#name) return undefined;
    const other = await this.#find(this.#name);
    const index = other?.name === this.#name ? other.index : undefined; // it may be an alternative name
    if (link !== undefined) {
      return { reason: "renamed", name: link.name, ...index !== undefined && { index } };
    }
    if (index !== undefined) return { reason: "recreated", index };
    const { newNetnsid, newIfindex } = this.#left ?? {};
    return {
      reason: "deleted",
      ...newNetnsid !== undefined && { newNetnsid },
      ...newIfindex !== undefined && { newIfindex },
    };
  }

  async #find(key: number | string): Promise<Link | undefined> {
    try {
      return await this.#questions.links.get(key, { signal: this.#stop });
    } catch (error) {
      if (error instanceof OpError && error.code === "ENODEV") return undefined;
      throw error;
    }
  }

  /** Waits for the next event; tells whether it makes doubtful what is known, or that the time is over. */
  async #next(): Promise<"doubtful" | "certain" | "over"> {
    try {
      const messages = await this.#events.receive({ signal: this.#stop });
      const doubts = messages.filter((message) => this.#take(message));
      return doubts.length > 0 ? "doubtful" : "certain";
    } catch (error) {
      if (!(error instanceof OpError)) throw error;
      if (error.timeout) return "over";
      // What was lost or mangled is seen by looking.
      const lost = error instanceof OverrunError || error instanceof TruncatedError ||
        error.code === "EBADMSG";
      if (!lost) throw error;
      return "doubtful";
    }
  }

  /** Takes in an event; tells whether it makes doubtful what is known. */
  #take(message: Message): boolean {
    if (!matches(this.#wanted, message)) return false;
    let link: Link;
    try {
      link = decodeObject(linkKind, message.data);
    } catch (error) {
      if (!(error instanceof AttributeError)) throw error;
      return true;
    }
    if (message.header.type === MessageType.DelLink) this.#left = link;
    return this.#left !== undefined || link.name !== this.#name;
  }
}
