import { describeErrno, Errno } from "../ffi/errno.ts";
import type { AttributePolicy } from "./attribute_policy.ts";

/** What is known about a failed operation besides its name; each field is one of {@link OpError}. */
export interface OpErrorDetails {
  /** What was tried or went wrong, in words, when there is no error number or more to say than it does. */
  message?: string;
  /** The positive error number of the system call or of the kernel's answer. */
  errno?: number;
  /** The error's name where no error number stands behind it. */
  code?: string;
  /** Sequence number of the request that the kernel answered. */
  sequence?: number;
  /** The kernel's own words, `NLMSGERR_ATTR_MSG`. */
  extendedMessage?: string;
  /** Where in the request the offending attribute starts, in bytes, `NLMSGERR_ATTR_OFFS`. */
  offset?: number;
  /** The names of the attributes around that place, from the outermost to the offending one. */
  attribute?: string[];
  /** What the kernel allows the offending attribute to be, `NLMSGERR_ATTR_POLICY`. */
  policy?: AttributePolicy;
  /** Type of an attribute that the request lacks, `NLMSGERR_ATTR_MISS_TYPE`. */
  missingType?: number;
  /** Where in the request the attribute starts that lacks it, in bytes, `NLMSGERR_ATTR_MISS_NEST`. */
  missingNest?: number;
  /** Bytes that mean something to the part of the kernel that answered, `NLMSGERR_ATTR_COOKIE`. */
  cookie?: Uint8Array;
  /** The error that led to this one. */
  cause?: unknown;
}

/**
 * A failed netlink operation: a system call that failed, an error that the kernel answered, a
 * message that could not be understood, a connection that was closed.
 *
 * Match on `code` or on the subclass, never on the text.
 *
 * @example
 * ```ts
 * import { dial, Family, HeaderFlags, OpError } from "@netlink/netlink";
 *
 * using conn = dial(Family.Route);
 * try {
 *   const RTM_GETLINK = 18;
 *   await conn.execute({ header: { type: RTM_GETLINK, flags: HeaderFlags.Request }, data: new Uint8Array(16) });
 * } catch (error) {
 *   if (error instanceof OpError) console.log(error.op, error.code); // execute EINVAL
 * }
 * ```
 */
export class OpError extends Error {
  /** The name of this class. */
  override readonly name: string = "OpError";
  /** The operation: "dial", "send", "receive", "execute", "join-group", ... */
  readonly op: string;
  /** The error number, such as 2, when the system or the kernel gave one. */
  declare readonly errno?: number;
  /** The name of the error number, such as "ENOENT", or the code of an error that has none, such as "ECLOSED". */
  declare readonly code?: string;
  /** Sequence number of the request that the kernel answered. */
  declare readonly sequence?: number;
  /** The kernel's own words about the error; needs `ConnOption.ExtendedAcknowledge`. */
  declare readonly extendedMessage?: string;
  /** Where in the request the offending attribute starts, in bytes from the start of its header. */
  declare readonly offset?: number;
  /**
   * That place as a path: the names that the kernel's headers give the attribute and those around it,
   * the outermost first, such as `["IFLA_LINKINFO", "IFLA_INFO_KIND"]`. An attribute without a known
   * name is called by its type, such as "attribute99". Absent where the family is not known, or the
   * request: `receive` knows it from the error itself, unless `ConnOption.CapAcknowledge` is set.
   */
  declare readonly attribute?: string[];
  /** What the kernel allows the offending attribute to be. */
  declare readonly policy?: AttributePolicy;
  /** Type of an attribute that the request lacks. */
  declare readonly missingType?: number;
  /**
   * Where in the request the attribute starts in which that one is missing, in bytes from the start
   * of its header; absent or within the family's own header when it is missing from the message itself.
   */
  declare readonly missingNest?: number;
  /** Bytes that mean something to the part of the kernel that answered. */
  declare readonly cookie?: Uint8Array;

  /**
   * Makes the error.
   *
   * @param op The operation that failed.
   * @param details What is known about it.
   */
  constructor(op: string, details: OpErrorDetails = {}) {
    const { message, cause, ...facts } = details;
    const named = facts.errno === undefined ? undefined : describeErrno(facts.errno);
    const words = [
      message,
      facts.extendedMessage,
      named && `${named.text} (${named.code})`,
    ];
    super(
      `${op}: ${words.filter((word) => word !== undefined).join(": ")}`,
      cause === undefined ? undefined : { cause },
    );
    this.op = op;
    const known = Object.entries({ ...facts, code: facts.code ?? named?.code })
      .filter(([, value]) => value !== undefined);
    Object.assign(this, Object.fromEntries(known));
  }

  /** Whether a deadline passed before the operation was done. */
  get timeout(): boolean {
    return this.errno === Errno.ETIMEDOUT;
  }

  /** Whether the same operation may succeed when it is tried again. */
  get temporary(): boolean {
    return this.timeout || this.errno === Errno.EAGAIN || this.errno === Errno.EINTR ||
      this.errno === Errno.EBUSY || this.errno === Errno.ENOBUFS;
  }
}

/** The connection was closed before or while the operation ran; `code` is "ECLOSED". */
export class ClosedError extends OpError {
  /** The name of this class. */
  override readonly name: string = "ClosedError";

  /**
   * Makes the error.
   *
   * @param op The operation that found the connection closed.
   */
  constructor(op: string) {
    super(op, { code: "ECLOSED", message: "the connection is closed" });
  }
}

/**
 * The kernel dropped messages because the socket's receive buffer was full (`ENOBUFS`), or this
 * library did because nobody received them. The connection lives on; what was lost must be asked for again.
 */
export class OverrunError extends OpError {
  /** The name of this class. */
  override readonly name: string = "OverrunError";
  /** How many datagrams were lost since the last overrun that was reported. */
  readonly drops: number;

  /**
   * Makes the error.
   *
   * @param op The operation that met the loss.
   * @param drops Datagrams lost.
   */
  constructor(op: string, drops: number) {
    super(op, {
      errno: Errno.ENOBUFS,
      message: `${drops} datagram${drops === 1 ? " was" : "s were"} lost`,
    });
    this.drops = drops;
  }
}

/** A datagram was longer than the receive buffer and its end is lost; `code` is "ETRUNCATED". */
export class TruncatedError extends OpError {
  /** The name of this class. */
  override readonly name: string = "TruncatedError";
  /** The length that `messageBufferSize` would have had to be, in bytes. */
  readonly needed: number;

  /**
   * Makes the error.
   *
   * @param op The operation that met the loss.
   * @param needed Length of the datagram in bytes.
   * @param size Length of the receive buffer in bytes.
   */
  constructor(op: string, needed: number, size: number) {
    super(op, {
      code: "ETRUNCATED",
      message:
        `a datagram of ${needed} bytes was cut to ${size}: dial with a messageBufferSize of ${needed} or more`,
    });
    this.needed = needed;
  }
}

/**
 * What was dumped changed meanwhile, so that the reply may miss objects or have them twice
 * (`NLM_F_DUMP_INTR`); `code` is "EDUMPINTR". The dump can be asked for again.
 */
export class DumpInterruptedError extends OpError {
  /** The name of this class. */
  override readonly name: string = "DumpInterruptedError";

  /**
   * Makes the error.
   *
   * @param op The operation that met the interruption.
   * @param sequence Sequence number of the dump request.
   */
  constructor(op: string, sequence: number) {
    super(op, {
      code: "EDUMPINTR",
      sequence,
      message: "the dump was interrupted by a change and may be inconsistent",
    });
  }

  /** True: another dump may come out whole. */
  override get temporary(): boolean {
    return true;
  }
}

/** The network namespace that was watched has been deleted; `code` is "ENETNSGONE". */
export class NetNSGoneError extends OpError {
  /** The name of this class. */
  override readonly name: string = "NetNSGoneError";

  /**
   * Makes the error.
   *
   * @param op The operation that went on in it.
   * @param netNS Its name, its path, or the id of its process.
   */
  constructor(op: string, netNS: string) {
    super(op, { code: "ENETNSGONE", message: `network namespace ${netNS} is gone` });
  }
}

/** Bytes that are no well-formed netlink message, or a message that cannot be encoded. */
export class MessageError extends Error {
  /** The name of this class. */
  override readonly name: string = "MessageError";
}

/** Bytes that are no well-formed netlink attribute, or an attribute that cannot be encoded or read as asked. */
export class AttributeError extends Error {
  /** The name of this class. */
  override readonly name: string = "AttributeError";
}
