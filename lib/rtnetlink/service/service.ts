import type { Conn } from "../../conn.ts";
import { OpError } from "../../errors.ts";
import { type Batch, Items } from "../../items.ts";
import { HeaderFlags, headerLength } from "../../message.ts";
import type { CallOptions } from "../../options.ts";
import { readWhole } from "../dump.ts";
import { decodeObject, encodeObject, type ObjectKind } from "../object_kind.ts";
import { matcher } from "./filter.ts";
import { execute, explain, makeRequest, type Request, type Submit } from "./submit.ts";

/** Objects of a list, and whether they are all that there were at one time. */
export type Listing<T> = T[] & {
  /** False when changes interrupted the reading every time: objects may be missing or there twice. Not enumerable. */
  readonly consistent: boolean;
};

/** What is particular about listing the objects of a kind. */
export interface ListRules<T extends object> {
  /** Turns what people may write in a filter, such as an address with the length of its prefix, into fields of objects. */
  complete?(filter: Partial<T>): Partial<T>;
  /** What the kernel itself heeds of a filter, as it wants it in the request. */
  request(filter: Partial<T>): Partial<T>;
  /** Fields that only requests have: they say what is to be told about objects, not which objects. */
  requestOnly?: ReadonlyArray<keyof T>;
  /** Which objects of the dump belong to the list, before the filter. */
  belongs?(object: T, filter: Partial<T>): boolean;
  /** Codes of errors that mean that there is nothing to list. */
  empty?: readonly string[];
}

/** What a service stands on. */
export interface ServiceBase<R> {
  /** An rtnetlink connection with strict checking. */
  conn: Conn;
  /** How changes get to the kernel. */
  submit: Submit<R>;
}

function same<T>(filter: T): T {
  return filter;
}

/** What all services of a {@link RouteConn} have: they read and change the objects of one kind. */
export abstract class Service<T extends object, R = Promise<void>> {
  readonly #conn: Conn;
  readonly #submit: Submit<R>;
  readonly #kind: ObjectKind<T>;
  readonly #rules: ListRules<T>;

  /**
   * Makes the service of a kind.
   *
   * @param base What it stands on.
   * @param kind The kind of object.
   * @param rules How to list them.
   */
  constructor({ conn, submit }: ServiceBase<R>, kind: ObjectKind<T>, rules: ListRules<T>) {
    this.#conn = conn;
    this.#submit = submit;
    this.#kind = kind;
    this.#rules = rules;
  }

  /**
   * Lists objects. A dump that a change interrupts is asked for again, up to ten times.
   *
   * @param filter Fields that the objects must have; all objects by default. Of `flags`, the bits that are set count.
   * The kernel heeds what it can of it, the library the rest.
   * @param options Ends the call early.
   * @returns The objects, with `consistent` false when no attempt came out whole.
   * @throws {OpError} When a field of the filter is wrong or the kernel refuses the dump.
   */
  async list(filter: Partial<T> = {}, options?: CallOptions): Promise<Listing<T>> {
    const { objects, consistent } = await readWhole<T>(async (objects) => {
      for await (const { count, make } of this.#batches(filter, options)) {
        for (let i = 0; i < count; i++) {
          const object = make(i);
          if (object !== undefined) objects.push(object);
        }
      }
    });
    return Object.defineProperty(objects, "consistent", { value: consistent }) as Listing<T>;
  }

  /**
   * Gives objects as they are read, in constant memory.
   *
   * @param filter As for {@link Service.list}.
   * @param options Ends the iteration early.
   * @returns The objects. It ends by throwing a `DumpInterruptedError` when a change interrupted it: objects may be
   * missing or have come twice.
   * @throws {OpError} As {@link Service.list} does.
   */
  stream(filter: Partial<T> = {}, options?: CallOptions): AsyncIterableIterator<T> {
    return new Items(this.#batches(filter, options));
  }

  /** Reads a dump, a datagram at a time. */
  async *#batches(
    filter: Partial<T>,
    options?: CallOptions,
  ): AsyncIterableIterator<Batch<T>> {
    const kind = this.#kind;
    const { complete = same, request, requestOnly = [], belongs = () => true, empty = [] } =
      this.#rules;
    let wanted!: Partial<T>;
    let matches!: (object: T) => boolean;
    const ask = {
      op: `list-${kind.name}`,
      subject: `cannot list objects of kind ${kind.name}`,
      make: () => {
        wanted = complete(filter);
        const fields = Object.entries(wanted)
          .filter(([name]) => !requestOnly.includes(name as keyof T));
        matches = matcher(kind, Object.fromEntries(fields) as Partial<T>);
        const flags = HeaderFlags.Request | HeaderFlags.Dump;
        return this.#request(kind.getType!, flags, request(wanted));
      },
    };
    const { message } = makeRequest(ask);
    try {
      for await (const { memory, starts, ends } of this.#conn.executePortions(message, options)) {
        const make = (i: number): T | undefined => {
          const object = decodeObject(kind, memory, starts[i] + headerLength, ends[i]);
          return belongs(object, wanted) && matches(object) ? object : undefined;
        };
        yield { count: starts.length, make };
      }
    } catch (error) {
      if (error instanceof OpError && empty.includes(error.code!)) return;
      throw explain(ask, error);
    }
  }

  /** Asks for one object. */
  protected async getOne(
    subject: string,
    make: () => Partial<T>,
    options?: CallOptions,
  ): Promise<T> {
    const { name, getType, newType } = this.#kind;
    const ask = {
      op: `get-${name}`,
      subject,
      make: () => this.#request(getType!, HeaderFlags.Request, make()),
    };
    const replies = await execute(this.#conn, ask, options);
    const reply = replies.find(({ header }) => header.type === newType);
    if (reply !== undefined) return decodeObject(this.#kind, reply.data);
    throw new OpError(ask.op, { code: "ENOMSG", message: `${subject}: the kernel gave no answer` });
  }

  /**
   * Asks for a change.
   *
   * @param verb What is done, for the errors' operation.
   * @param subject What cannot be done if it fails.
   * @param flags Flags of the request besides those that every change has.
   * @param make Gives what the request says; puts what must stay open until it was sent into the list.
   * @param options Ends the call early; `type`: the message's type, by default that which tells of new objects.
   */
  protected change(
    verb: string,
    subject: string,
    flags: number,
    make: (resources: Disposable[]) => Partial<T>,
    { type = this.#kind.newType, ...options }: CallOptions & { type?: number } = {},
  ): R {
    const all = HeaderFlags.Request | HeaderFlags.Acknowledge | flags;
    const ask = {
      op: `${verb}-${this.#kind.name}`,
      subject,
      make: () => {
        const resources: Disposable[] = [];
        try {
          return { ...this.#request(type, all, make(resources)), resources };
        } catch (error) {
          for (const resource of resources) resource[Symbol.dispose]();
          throw error;
        }
      },
    };
    return this.#submit(ask, options);
  }

  #request(type: number, flags: number, object: Partial<T>): Request {
    return { message: { header: { type, flags }, data: encodeObject(this.#kind, object) } };
  }
}
