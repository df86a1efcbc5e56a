import type { Conn } from "../conn.ts";
import { dial, watchNetNS } from "../dial.ts";
import { AttributeError, NetNSGoneError, OpError, OverrunError } from "../errors.ts";
import type { Message } from "../message.ts";
import { type Config, ConnOption, Family } from "../options.ts";
import { AddressFamily } from "../rtnetlink/constants.ts";
import { dump } from "../rtnetlink/dump.ts";
import { kindOf, objectKinds } from "../rtnetlink/kinds.ts";
import { LinkFilter } from "../rtnetlink/link/constants.ts";
import {
  decodeObject,
  type IpJson,
  type KindName,
  type ObjectKind,
} from "../rtnetlink/object_kind.ts";
import { type Difference, NamespaceView } from "./namespace_view.ts";

/** How long in milliseconds no event must come before what events made doubtful is read again. */
const quiet = 40;

/** How many bytes of events may wait in the kernel while the monitor is busy. */
const readBuffer = 4 * 1024 * 1024;

/** What to monitor. */
export interface MonitorOptions {
  /** The kinds of objects; all by default. */
  kinds?: readonly KindName[];
  /** Whether to give all objects first, then a record "synced"; false by default. */
  snapshot?: boolean;
  /** The network namespace, instead of the process's own; see {@link Config.netNS}. Needs CAP_SYS_ADMIN. */
  netNS?: Config["netNS"];
  /**
   * Whether events of other namespaces that have an id here come, too; false by default. Their links go by index
   * until an event names them. Needs CAP_NET_BROADCAST.
   */
  allNSID?: boolean;
  /** Only addresses, routes, neighbours, rules and settings of this family: 2 or 10 (`AddressFamily`). */
  family?: number;
  /** Only objects of the link with this name. */
  device?: string;
  /** Ends the monitoring: the iteration ends without an error. */
  signal?: AbortSignal;
}

/** What a monitor gives: one object that is there, new, changed or gone, or news about the monitoring itself. */
export interface MonitorRecord {
  /** When the record was made: UTC in ISO 8601, with microseconds. */
  time: string;
  /** Its number, from 1. */
  sequence: number;
  /**
   * `snapshot`: an object that was there at the start. `synced`: the snapshot is complete. `new`: an object is new or
   * has changed. `delete`: it is gone. `overrun`: events were lost; what they would have told follows as new and delete.
   */
  action: "snapshot" | "synced" | "new" | "delete" | "overrun";
  /** The kind of object. */
  kind?: KindName;
  /** What makes the object the one it is, among its kind in its namespace. */
  key?: string;
  /** The object as `ip -j -d` prints it. */
  object?: IpJson;
  /** The object as it was before, when it has changed. */
  previous?: IpJson;
  /** The id of the namespace that the event came from, when it is another one. */
  nsid?: number;
  /** How many datagrams were lost. */
  drops?: number;
}

/**
 * Follows the objects of a network namespace: it gives every change as it happens, and after a loss,
 * or where the kernel removes objects without a word, what reading them again shows.
 *
 * Needs no privilege for the own namespace. Neighbours are those which `ip neigh` lists. Applied by
 * kind, key and nsid, the records of a snapshot and of all that follows give what is there.
 *
 * @param options What to monitor.
 * @returns The records.
 * @throws {NetNSGoneError} When the namespace was named and its name has been deleted, or its process has ended.
 * @throws {OpError} When the system refuses the socket, the namespace or a group.
 *
 * @example
 * ```ts
 * import { monitor } from "@netlink/netlink/monitor";
 *
 * for await (const { action, kind, object } of monitor({ kinds: ["link", "address"], signal: AbortSignal.timeout(1000) })) {
 *   console.log(action, kind, object?.ifname);
 * }
 * ```
 */
export async function* monitor(options: MonitorOptions = {}): AsyncIterableIterator<MonitorRecord> {
  using monitor = new Monitor(options);
  try {
    yield* monitor.run();
  } catch (error) {
    if (options.signal?.aborted && error === options.signal.reason) return;
    throw error;
  }
}

class Monitor implements Disposable {
  readonly #options: MonitorOptions;
  /** All kinds that are followed: links always are, for their names. */
  readonly #kinds: ReadonlyArray<ObjectKind<object>>;
  readonly #events: Conn;
  readonly #dumps!: Conn;
  /** By namespace id; the own one is undefined. */
  /** Aborted when the namespace has been deleted. */
  readonly #gone = new AbortController();
  readonly #namespace?: Disposable;
  /** Ends every call that waits. */
  readonly #stop: AbortSignal;
  readonly #views = new Map<number | undefined, NamespaceView>();
  #sequence = 0;

  constructor(options: MonitorOptions) {
    this.#options = options;
    const wanted = options.kinds ?? objectKinds.map(({ name }) => name);
    // A change of an address or a nexthop may remove routes without a word.
    const needed = new Set<KindName>([
      "link",
      ...wanted,
      ...wanted.includes("route") ? ["address", "nexthop"] as const : [],
    ]);
    this.#kinds = objectKinds.filter(({ name }) => needed.has(name));
    const { netNS, signal } = options;
    this.#stop = signal === undefined
      ? this.#gone.signal
      : AbortSignal.any([signal, this.#gone.signal]);
    this.#events = dial(Family.Route, { netNS });
    try {
      this.#events.setReadBuffer(readBuffer);
      if (options.allNSID) this.#events.setOption(ConnOption.ListenAllNSID, true);
      for (const { groups } of this.#kinds) {
        for (const group of groups) this.#events.joinGroup(group);
      }
      this.#dumps = dial(Family.Route, { netNS, strict: true });
      if (netNS !== undefined && typeof netNS !== "number") {
        const name = typeof netNS === "string" ? netNS : `of process ${netNS.pid}`;
        this.#namespace = watchNetNS(
          netNS,
          () => this.#gone.abort(new NetNSGoneError("monitor", name)),
        );
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  async *run(): AsyncIterableIterator<MonitorRecord> {
    const start = await this.#read(new Set(this.#kinds.map(({ name }) => name)));
    if (this.#options.snapshot) {
      for (const difference of start) yield* this.#record(difference, undefined, "snapshot");
      yield this.#stamp({ action: "synced" });
    }
    for (;;) {
      const messages = await this.#next();
      if (messages === "quiet") {
        yield* this.#reread();
      } else if (messages instanceof OverrunError) {
        yield this.#stamp({ action: "overrun", drops: messages.drops });
        for (const { name } of this.#kinds) this.#view(undefined).doubtful.add(name);
        yield* this.#reread();
      } else {
        for (const message of messages) {
          const nsid = message.source?.nsid;
          for (const difference of this.#apply(message)) yield* this.#record(difference, nsid);
        }
      }
    }
  }

  [Symbol.dispose](): void {
    this.#events.close();
    this.#dumps?.close();
    this.#namespace?.[Symbol.dispose]();
  }

  /** The next events, the loss of some, or nothing for a while when there is something to read again. */
  async #next(): Promise<Message[] | OverrunError | "quiet"> {
    const pause = this.#view(undefined).doubtful.size > 0 ? AbortSignal.timeout(quiet) : undefined;
    try {
      const signal = pause === undefined ? this.#stop : AbortSignal.any([this.#stop, pause]);
      return await this.#events.receive({ signal });
    } catch (error) {
      if (error instanceof OverrunError) return error;
      if (pause?.aborted && !this.#stop.aborted) return "quiet";
      // One mangled datagram is no reason to miss the next ones.
      if (error instanceof OpError && error.code === "EBADMSG") return [];
      throw error;
    }
  }

  #apply({ header, data, source }: Message): Difference[] {
    const kind = kindOf(header.type);
    if (kind === undefined) return [];
    let object: object;
    try {
      object = decodeObject(kind, data);
    } catch (error) {
      if (!(error instanceof AttributeError)) throw error;
      this.#view(source?.nsid).doubtful.add(kind.name);
      return [];
    }
    return this.#view(source?.nsid).apply(
      kind,
      object,
      header.type === kind.deleteType,
      header.flags,
    );
  }

  async *#reread(): AsyncIterableIterator<MonitorRecord> {
    const { doubtful } = this.#view(undefined);
    const kinds = new Set(doubtful);
    doubtful.clear();
    for (const difference of await this.#read(kinds)) yield* this.#record(difference, undefined);
  }

  /** Reads objects of the own namespace again; links first, as the others are shown with their names. */
  async #read(kinds: ReadonlySet<KindName>): Promise<Difference[]> {
    const view = this.#view(undefined);
    const differences: Difference[] = [];
    for (const kind of this.#kinds) {
      if (!kinds.has(kind.name) || kind.getType === undefined) continue;
      const objects: object[] = [];
      let consistent = true;
      for (const request of this.#requests(kind.name)) {
        const found = await this.#dump(kind, request);
        objects.push(...found.objects);
        consistent &&= found.consistent;
      }
      differences.push(...view.replace(kind, objects, consistent));
      if (!consistent) view.doubtful.add(kind.name);
    }
    return differences;
  }

  async #dump(kind: ObjectKind<object>, request: object): ReturnType<typeof dump<object>> {
    try {
      return await dump(this.#dumps, kind, request, { signal: this.#stop });
    } catch (error) {
      // The kernel may have been built without a family, or without the kind.
      if (error instanceof OpError && error.code === "EOPNOTSUPP") {
        return { objects: [], consistent: true };
      }
      throw error;
    }
  }

  /** What to ask for to get all objects of a kind. */
  #requests(kind: KindName): object[] {
    const { family } = this.#options;
    const { Inet, Inet6, Mpls } = AddressFamily;
    switch (kind) {
      case "link":
        return [{ family: AddressFamily.Unspec, extMask: LinkFilter.Vf | LinkFilter.SkipStats }];
      case "route":
      case "netconf":
        return (family === undefined ? [Inet, Inet6, Mpls] : [family]).map((family) => ({
          family,
        }));
      case "rule":
      case "neighbour":
        return (family === undefined ? [Inet, Inet6] : [family]).map((family) => ({ family }));
      case "address":
        return [{ family: family ?? AddressFamily.Unspec }];
      default:
        return [{ family: AddressFamily.Unspec }];
    }
  }

  #view(nsid: number | undefined): NamespaceView {
    let view = this.#views.get(nsid);
    if (view === undefined) this.#views.set(nsid, view = new NamespaceView(nsid === undefined));
    return view;
  }

  /** The record of a difference, unless it is not wanted. */
  *#record(
    { action, kind, key, json, previous }: Difference,
    nsid: number | undefined,
    as: MonitorRecord["action"] = action,
  ): Generator<MonitorRecord> {
    const { kinds, family, device } = this.#options;
    if (kinds !== undefined && !kinds.includes(kind)) return;
    if (family !== undefined && !isOfFamily(json, kind, family)) return;
    if (
      device !== undefined && !isOf(json, device) &&
      !(previous !== undefined && isOf(previous, device))
    ) return;
    yield this.#stamp({
      action: as,
      kind,
      key,
      object: json,
      ...previous && { previous },
      ...nsid !== undefined && { nsid },
    });
  }

  #stamp(record: Omit<MonitorRecord, "time" | "sequence">): MonitorRecord {
    return { time: timestamp(), sequence: ++this.#sequence, ...record };
  }
}

function timestamp(): string {
  const now = performance.timeOrigin + performance.now();
  const micros = Math.floor((now % 1) * 1000).toString().padStart(3, "0");
  return new Date(now).toISOString().replace("Z", `${micros}Z`);
}

function isOfFamily(json: IpJson, kind: KindName, family: number): boolean {
  if (kind === "link" || kind === "nsid" || kind === "nexthop") return true;
  return json.family === (family === AddressFamily.Inet6 ? "inet6" : "inet");
}

/** Whether an object belongs to a link, under whichever key its kind names the link. */
function isOf(json: IpJson, device: string): boolean {
  const names = [json.ifname, json.dev, json.iif, json.oif, json.interface];
  const nexthops = json.nexthops as Array<{ dev?: string }> | undefined;
  return names.includes(device) || nexthops?.some(({ dev }) => dev === device) === true;
}
