import { Errno } from "../../../ffi/errno.ts";
import type { Conn } from "../../conn.ts";
import { AttributeError, MessageError, OpError } from "../../errors.ts";
import type { Message, MessageInit } from "../../message.ts";
import type { CallOptions } from "../../options.ts";

/** A request that is ready to be sent. */
export interface Request {
  /** The message. */
  message: MessageInit;
  /** What must stay open until it was sent, such as the descriptors that the message names. */
  resources?: readonly Disposable[];
}

/** Something to ask the kernel for. */
export interface Ask {
  /** The operation, for the errors, such as "add-address". */
  op: string;
  /** What cannot be done if it fails, in words, for the errors. */
  subject: string;
  /** Makes the request. */
  make(): Request;
}

/** Brings a change to the kernel, at once or with others; its result says when. */
export type Submit<R> = (ask: Ask, options?: CallOptions) => R;

/**
 * Makes a request, or says which field is in its way.
 *
 * @param ask What to ask for.
 * @returns The request.
 * @throws {OpError} With code "EINVAL" when a field is wrong, or that of the system which refused it; nothing was
 * sent then.
 */
export function makeRequest({ op, subject, make }: Ask): Request {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof AttributeError || error instanceof MessageError)) throw error;
    const { errno, code = "EINVAL" } = error.cause instanceof OpError ? error.cause : {};
    throw new OpError(op, { errno, code, message: `${subject}: ${error.message}`, cause: error });
  }
}

/**
 * Says of an error of the kernel what was asked for.
 *
 * @param ask What was asked for.
 * @param error What went wrong.
 * @returns The error with the operation of `ask`, or the same one where it is not an answer of the kernel.
 */
export function explain({ op, subject }: Pick<Ask, "op" | "subject">, error: unknown): unknown {
  // A subclass says by itself what it is about: a loss, the connection's end.
  if (!(error instanceof OpError) || error.constructor !== OpError) return error;
  if (error.timeout) return error;
  const { op: tried, name: _, ...facts } = error;
  const explained = new OpError(op, { ...facts, cause: error });
  const need = error.errno === Errno.EPERM && error.extendedMessage === undefined
    ? " (it needs CAP_NET_ADMIN)"
    : "";
  explained.message = `${op}: ${subject}${need}: ${error.message.slice(`${tried}: `.length)}`;
  return explained;
}

/**
 * Makes one request.
 *
 * @param conn The connection.
 * @param ask What to ask for.
 * @param options Ends the call early.
 * @returns The replies.
 */
export async function execute(conn: Conn, ask: Ask, options?: CallOptions): Promise<Message[]> {
  const { message, resources = [] } = makeRequest(ask);
  try {
    return await conn.execute(message, options);
  } catch (error) {
    throw explain(ask, error);
  } finally {
    for (const resource of resources) resource[Symbol.dispose]();
  }
}
