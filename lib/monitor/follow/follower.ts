import type { RawInstruction } from "../../bpf/instructions.ts";
import type { Conn } from "../../conn.ts";
import { dial as dialFamily, watchNetNS } from "../../dial.ts";
import { AttributeError, NetNSGoneError, OpError, OverrunError } from "../../errors.ts";
import { HeaderFlags, HeaderType, type Message } from "../../message.ts";
import { type Config, ConnOption, Family } from "../../options.ts";
import { Group, MessageType } from "../../rtnetlink/constants.ts";
import { kindOf, objectKinds } from "../../rtnetlink/kinds.ts";
import type { Nsid } from "../../rtnetlink/nsid.ts";
import { decodeObject, type KindName, type ObjectKind } from "../../rtnetlink/object_kind.ts";
import type { Difference } from "./difference.ts";
import { readAll } from "./dumps.ts";
import { NamespaceView } from "./namespace_view.ts";
import { isHeld, type Reading } from "./reading.ts";
import { Schedule } from "./schedule.ts";

/** How often what is there at the start is read when events come meanwhile. */
const maxStarts = 5;

/** Room for the longest messages: no attribute exceeds 64 KiB, but a link can have several that long. */
const messageBufferSize = 256 * 1024;

/** What to follow. */
export interface FollowOptions {
  /** The kinds of objects; links are always followed, for their names. */
  kinds: readonly KindName[];
  /** The network namespace, instead of the process's own; see `Config.netNS`. */
  netNS?: Config["netNS"];
  /** Whether events of other namespaces that have an id here come, too. Needs CAP_NET_BROADCAST. */
  allNSID?: boolean;
  /** Only addresses, routes, neighbours, rules and settings of this family are read. */
  family?: number;
  /** How many bytes of events may wait in the kernel while the program is busy; 4 MiB by default. */
  readBuffer?: number;
  /** Ends the following. */
  signal?: AbortSignal;
}

/** What is new: differences in one namespace, or that events were lost. */
export type Update = {
  /** What changed, in the order in which it did. */
  differences: Difference[];
  /** Id of the namespace, when it is another one. */
  nsid?: number;
  /** Whether it was found by reading again. */
  reread?: boolean;
  /** Whether by this all is known that lost events would have told. */
  resynced?: boolean;
} | {
  /** How many datagrams were lost. */
  drops: number;
};

/** What is being read again while events go on. */
interface Round {
  readonly readings: readonly Reading[];
  /** Whether events had been lost before. */
  readonly afterLoss: boolean;
  /** Once all is read, the number of the mark that comes after all events that were told meanwhile. */
  mark?: number;
}

/**
 * Follows the objects of a namespace: joins the groups when it is made, reads what is there, applies
 * the events as they come, and reads again what events made doubtful or a loss made unknown.
 *
 * What is read may be older or newer than events that wait meanwhile. So the kernel is asked, when all is read, for
 * a sign among the events: the objects that events before it told of are as the last of these
 * events says, the others as they were read.
 */
export class Follower implements Disposable {
  readonly #family?: number;
  readonly #kinds: ReadonlyArray<ObjectKind<object>>;
  readonly #events: Conn;
  readonly #dumps!: Conn;
  /** Aborted when it cannot go on: the namespace has been deleted, or something cannot be read. */
  readonly #failure = new AbortController();
  readonly #namespace?: Disposable;
  /** Ends every call that waits. */
  readonly #stop: AbortSignal;
  /** By namespace id; the own one is undefined. */
  readonly #views = new Map<number | undefined, NamespaceView>();
  /** What is to be told. */
  readonly #ready: Update[] = [];
  /** During the start: what events told, if somebody wants to know. */
  #early?: Difference[];
  #round?: Round;
  /** Ends when all that the round reads has been read. */
  #reading = Promise.resolve();
  #marks = 0;
  /** Whether events were lost since the last reading began. */
  #lost = false;
  readonly #schedule = new Schedule();
  /** Until when events are waited for. */
  #until = Infinity;

  /**
   * Joins the groups.
   *
   * @param options What to follow.
   * @param dial Makes the connections: in tests that of an `nltest` kernel.
   * @throws {OpError} When the system refuses the socket, the namespace or a group.
   */
  constructor(options: FollowOptions, dial: typeof dialFamily = dialFamily) {
    const { kinds, netNS, allNSID, family, readBuffer, signal } = options;
    this.#family = family;
    const needed = new Set<KindName>([
      "link",
      ...kinds,
      // A change of an address or a nexthop may remove routes without a word, and with an id goes all that has it.
      ...kinds.includes("route") ? ["address", "nexthop"] as const : [],
      ...allNSID ? ["nsid"] as const : [],
    ]);
    this.#kinds = objectKinds.filter(({ name }) => needed.has(name));
    const readable = this.#kinds.filter(({ getType }) => getType !== undefined);
    this.#views.set(undefined, new NamespaceView(readable.map(({ name }) => name)));
    const stops = [this.#failure.signal, signal].filter((one) => one !== undefined);
    this.#stop = AbortSignal.any(stops);
    this.#events = dial(Family.Route, { netNS, messageBufferSize });
    try {
      if (readBuffer !== undefined) this.#events.setReadBuffer(readBuffer);
      if (allNSID) this.#events.setOption(ConnOption.ListenAllNSID, true);
      for (const { groups } of this.#kinds) for (const group of groups) this.#join(group);
      this.#join(Group.Tc);
      this.#dumps = dial(Family.Route, { netNS, messageBufferSize, strict: true });
      if (netNS !== undefined && typeof netNS !== "number") {
        const name = typeof netNS === "string" ? netNS : `of process ${netNS.pid}`;
        this.#namespace = watchNetNS(
          netNS,
          () => this.#failure.abort(new NetNSGoneError("monitor", name)),
        );
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * What is known of a namespace.
   *
   * @param nsid Its id; undefined is the own one.
   * @returns The view, which changes with what happens.
   */
  view(nsid?: number): NamespaceView {
    let view = this.#views.get(nsid);
    if (view === undefined) this.#views.set(nsid, view = new NamespaceView());
    return view;
  }

  /**
   * Reads what is there. Comes first.
   *
   * @param early Gets what events tell meanwhile, as differences from nothing: it may have been so before.
   * @returns All objects as differences from nothing.
   */
  async start(early?: Difference[]): Promise<Difference[]> {
    this.#early = early;
    const view = this.view();
    view.lose();
    const others: Update[] = [];
    for (let rounds = 0;;) {
      if (this.#round === undefined) this.#begin();
      await this.#reading; // so that nothing has to be waited for: that takes time to prepare
      const update = await this.next();
      if ("drops" in update || update.nsid !== undefined) others.push(update);
      else if (update.reread && (++rounds === maxStarts || view.doubtful.size === 0)) break;
    }
    this.#early = undefined;
    this.#schedule.rested();
    // Of a loss before the end of the start nothing is left to tell, unless it was too late for that.
    this.#ready.unshift(...others.filter((update) => !("drops" in update) || this.#lost));
    return view.everything("new");
  }

  /**
   * Waits for what is new. One call at a time.
   *
   * @returns It.
   * @throws {NetNSGoneError} When the namespace was named and its name has been deleted, or its process has ended.
   */
  async next(): Promise<Update> {
    for (;;) {
      const ready = this.#ready.shift();
      if (ready !== undefined) return ready;
      const until = this.#round === undefined
        ? this.#schedule.next(this.view().doubtful.size > 0)
        : Infinity;
      const wait = until - performance.now();
      if (wait <= 0) {
        this.#begin();
        continue;
      }
      if (until !== this.#until) {
        this.#events.setReadDeadline(until === Infinity ? null : Date.now() + wait);
        this.#until = until;
      }
      let messages: Message[];
      try {
        messages = await this.#events.receive({ signal: this.#stop });
      } catch (error) {
        this.#endure(error);
        continue;
      }
      this.#take(messages);
    }
  }

  /**
   * Has the kernel drop the events that are not needed, instead of those that it dropped before.
   *
   * @param program Which are needed, and what carries no event; undefined is all.
   * @param more Whether some of them may have been dropped so far: links are then read again.
   */
  narrow(program: RawInstruction[] | undefined, more: boolean): void {
    if (program === undefined) this.#events.removeBPF();
    else this.#events.setBPF(program);
    this.#schedule.afterEvents = program === undefined;
    if (more) this.view().doubt("link");
  }

  /** Ends the following: a call that waits rejects. */
  [Symbol.dispose](): void {
    this.#ready.length = 0;
    this.#events.close();
    this.#dumps?.close();
    this.#namespace?.[Symbol.dispose]();
  }

  #join(group: number): void {
    try {
      this.#events.joinGroup(group);
    } catch (error) {
      // A kernel that does not know the group has nothing to tell in it.
      if (!(error instanceof OpError) || error.code !== "EINVAL") throw error;
    }
  }

  #take(messages: Message[]): void {
    const first = messages.at(0);
    if (first?.header.type === HeaderType.Error) {
      if (first.header.sequence === this.#round?.mark) this.#finish(this.#round!);
      return;
    }
    this.#schedule.event();
    const differences = messages.flatMap((message) => this.#apply(message));
    this.#ready.push({ differences, nsid: first?.source?.nsid });
  }

  /** Goes on after an error, if that can be. */
  #endure(error: unknown): void {
    if (!(error instanceof OpError)) throw error;
    if (error.timeout) {
      this.#until = NaN; // the deadline is to be set again
      return;
    }
    if (error instanceof OverrunError) return this.#lose(error.drops);
    // One datagram that cannot be read is no reason to miss the next ones.
    if (error.code === "EBADMSG" || error.code === "ETRUNCATED") return this.#lose(1);
    throw error;
  }

  /** All may have changed. */
  #lose(drops: number): void {
    this.view().lose();
    this.#schedule.loss();
    this.#lost = true;
    this.#ready.push({ drops });
    if (this.#round?.mark !== undefined) this.#mark(this.#round); // it may have been lost, too
  }

  #apply({ header, data, source }: Message): Difference[] {
    const view = this.view(source?.nsid);
    // A link's queueing discipline changes without an event of the link.
    const { NewQdisc, DelQdisc } = MessageType;
    if (header.type === NewQdisc || header.type === DelQdisc) view.doubt("link");
    const kind = kindOf(header.type);
    if (kind === undefined) return [];
    let object: object;
    try {
      object = decodeObject(kind, data);
    } catch (error) {
      if (!(error instanceof AttributeError)) throw error;
      view.doubt(kind.name);
      return [];
    }
    const deleted = header.type === kind.deleteType;
    if (kind.name === "nsid" && deleted && source?.nsid === undefined) this.#forget(object as Nsid);
    const differences = view.apply(kind, object, deleted, header.flags);
    if (source?.nsid === undefined && isHeld(kind.name, object)) {
      this.#early?.push({
        action: deleted ? "delete" : "new",
        kind: kind.name,
        key: kind.key(object),
        object,
      });
    }
    return differences;
  }

  /** Tells that all is gone of a namespace that has lost its id: its events do not come any more. */
  #forget({ nsid }: Nsid): void {
    const view = this.#views.get(nsid);
    if (nsid === undefined || view === undefined) return;
    this.#views.delete(nsid);
    this.#ready.push({ differences: view.everything("delete"), nsid });
  }

  /** Begins to read what is doubtful, or all from time to time; events are applied meanwhile. */
  #begin(): void {
    const view = this.view();
    if (this.#schedule.begin()) { for (const { name } of this.#kinds) view.doubt(name); }
    const readings = this.#kinds.filter(({ name }) => view.doubtful.has(name))
      .map((kind) => view.begin(kind));
    const round: Round = { readings, afterLoss: this.#lost };
    this.#round = round;
    this.#lost = false;
    this.#reading = readAll(this.#dumps, readings, this.#family, { signal: this.#stop })
      .then(() => this.#mark(round), (error) => this.#failure.abort(error));
  }

  /** Asks for the sign among the events: the kernel acknowledges even what means nothing. */
  #mark(round: Round): void {
    round.mark = ++this.#marks;
    const header = {
      type: HeaderType.Noop,
      flags: HeaderFlags.Request | HeaderFlags.Acknowledge,
      sequence: round.mark,
    };
    this.#events.send({ header }).catch((error) => this.#failure.abort(error));
  }

  /** Tells what was found. */
  #finish({ readings, afterLoss }: Round): void {
    this.#round = undefined;
    const view = this.view();
    const doubtful = new Set(view.doubtful.keys()); // by events
    const differences = readings.flatMap((reading) => view.finish(reading));
    this.#schedule.end([...view.doubtful.keys()].some((kind) => !doubtful.has(kind)));
    const resynced = afterLoss && !this.#lost && view.certain;
    if (afterLoss && !resynced) this.#lost = true;
    this.#ready.push({ differences, reread: true, resynced });
  }
}
