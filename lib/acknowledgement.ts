import { align } from "./align.ts";
import { AttributeDecoder, unlessMalformed } from "./attribute_decoder.ts";
import { type AttributePolicy, describePolicy, policyTypeNames } from "./attribute_policy.ts";
import { MessageError, OpError, type OpErrorDetails } from "./errors.ts";
import { int32At, uint32At } from "./integers.ts";
import {
  type Header,
  HeaderFlags,
  headerLength,
  HeaderType,
  lengthAt,
  type Message,
  readMessage,
} from "./message.ts";

/**
 * Names the attributes around a place in a request, from the outermost to the one that is there.
 *
 * @param request The request.
 * @param offset The place, in bytes from the start of the request's header.
 * @param missing Type of an attribute that is missing in the one that is there, or in the message where the
 * place is no attribute's but in the header; its name then ends the path.
 * @returns Their names in the kernel's headers; undefined when there is none or nothing is known of the request.
 */
export type AttributePath = (
  request: Message,
  offset: number,
  missing?: number,
) => string[] | undefined;

/**
 * Loads what names the attributes of a family's requests. The tables are many files: only who gets
 * an error that tells of an attribute waits for them.
 */
export type AttributeNames = () => Promise<AttributePath>;

/** What an extended acknowledgement tells. */
type Extended = Pick<
  OpErrorDetails,
  "extendedMessage" | "offset" | "cookie" | "policy" | "missingType" | "missingNest"
>;

/** Attributes by their types: the field that each becomes, and how it is read. */
type Fields<T> = Readonly<
  Record<number, readonly [field: keyof T, read: (ad: AttributeDecoder) => unknown] | undefined>
>;

/** `NL_POLICY_TYPE_ATTR_*` in linux/netlink.h. The kernel gives the bounds of an integer as signed or as unsigned ones. */
const policyFields: Fields<AttributePolicy> = {
  1: ["type", (ad) => ad.uint32()],
  2: ["minValue", (ad) => ad.int64()],
  3: ["maxValue", (ad) => ad.int64()],
  4: ["minValue", (ad) => ad.uint64()],
  5: ["maxValue", (ad) => ad.uint64()],
  6: ["minLength", (ad) => ad.uint32()],
  7: ["maxLength", (ad) => ad.uint32()],
  8: ["policyIndex", (ad) => ad.uint32()],
  9: ["maxType", (ad) => ad.uint32()],
  10: ["bitfield32Mask", (ad) => ad.uint32()],
  12: ["mask", (ad) => ad.uint64()],
};

/** `NLMSGERR_ATTR_*` in linux/netlink.h. */
const extendedFields: Fields<Extended> = {
  1: ["extendedMessage", (ad) => ad.string()],
  2: ["offset", (ad) => ad.uint32()],
  3: ["cookie", (ad) => ad.bytes()],
  4: ["policy", (ad) => ad.nested(readPolicy)],
  5: ["missingType", (ad) => ad.uint32()],
  6: ["missingNest", (ad) => ad.uint32()],
};

/** What is known of an error that tells of attributes by their places in a request. */
interface Unnamed {
  details: OpErrorDetails & Extended;
  request: Message;
}

const unnamed = new WeakMap<object, Unnamed>();

/**
 * Reads the error of an Error or Done message, with what the kernel adds to it when
 * ExtendedAcknowledge is set.
 *
 * @param op The operation that the message answers.
 * @param message An Error message, or the Done message of a dump.
 * @param request The request that it answers; without it, what an Error message has of it serves.
 * @returns The error, for {@link withNames}; undefined for success, and for a Done message without a number.
 */
export function acknowledgedError(
  op: string,
  { header, data }: Message,
  request?: Message,
): OpError | undefined {
  if (data.length < 4) {
    if (header.type === HeaderType.Done) return undefined;
    return new OpError(op, {
      code: "EBADMSG",
      message: `an Error message of ${data.length} bytes has no error number`,
    });
  }
  const errno = -int32At(data, 0);
  if (errno <= 0) return undefined;
  const extended = readExtended(header, data);
  const details = { errno, sequence: header.sequence, ...extended };
  const error = new OpError(op, { ...details, message: describe(extended) });
  const asked = request ?? echoedRequest(header, data);
  const { offset, missingType } = extended;
  if (asked && (offset ?? missingType) !== undefined) {
    unnamed.set(error, { details, request: asked });
  }
  return error;
}

/**
 * Names the attributes that an error tells of.
 *
 * @param error Any error.
 * @param load Loads the names, where the family is known.
 * @returns The error as it is thrown: another one with the names, or the same where there are none.
 */
export async function withNames(error: unknown, load?: AttributeNames): Promise<unknown> {
  const found = error instanceof OpError ? unnamed.get(error) : undefined;
  if (found === undefined || load === undefined) return error;
  const { details, request } = found;
  const path = await load();
  const { offset, missingType, missingNest = 0 } = details;
  const attribute = offset === undefined ? undefined : path(request, offset);
  const lacked = missingType === undefined ? undefined : path(request, missingNest, missingType);
  const message = describe(details, attribute, lacked);
  return new OpError((error as OpError).op, { ...details, message, attribute });
}

/** The request as an Error message has it, unless it was cut to its header. */
function echoedRequest({ type, flags }: Header, data: Uint8Array): Message | undefined {
  if (type !== HeaderType.Error || flags & HeaderFlags.Capped) return undefined;
  try {
    lengthAt(data, 4, data.length);
    return readMessage(data, 4);
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}

/** Where the attributes start: in a Done message after the number, else after the request, which may be cut to its header. */
function extendedOffset({ type, flags }: Header, data: Uint8Array): number {
  if (type === HeaderType.Done) return 4;
  if (flags & HeaderFlags.Capped || data.length < 8) return 4 + headerLength;
  return 4 + align(uint32At(data, 4));
}

function readExtended(header: Header, data: Uint8Array): Extended {
  if (!(header.flags & HeaderFlags.AcknowledgeTLVs)) return {};
  const attributes = new AttributeDecoder(data, extendedOffset(header, data));
  return readFields<Extended>(extendedFields, attributes);
}

function readPolicy(ad: AttributeDecoder): AttributePolicy {
  const policy = readFields<AttributePolicy>(policyFields, ad);
  const typeName = policy.type === undefined ? undefined : policyTypeNames[policy.type];
  return typeName === undefined ? policy : { type: policy.type, typeName, ...policy };
}

/** Reads what can be read: the error number is what matters, and a mangled comment on it must not hide it. */
function readFields<T extends object>(fields: Fields<T>, ad: AttributeDecoder): T {
  const found: Record<PropertyKey, unknown> = {};
  while (unlessMalformed(() => ad.next())) {
    const entry = fields[ad.type];
    const value = entry && unlessMalformed(() => entry[1](ad));
    if (value !== undefined) found[entry![0]] = value;
  }
  return found as T;
}

/** Says which attribute is wrong, what it must be, and which one is missing. */
function describe(
  { offset, policy, missingType, missingNest = 0 }: Extended,
  attribute?: string[],
  lacked?: string[],
): string | undefined {
  const sentences: string[] = [];
  if (offset !== undefined) {
    const name = attribute?.join(" > ") ?? `the attribute at offset ${offset}`;
    sentences.push(policy === undefined ? name : `${name} must be ${describePolicy(policy)}`);
  }
  if (missingType !== undefined) {
    // Generic netlink tells an attribute that the message itself lacks by the place of its own header.
    const nest = missingNest > headerLength ? ` in the attribute at offset ${missingNest}` : "";
    sentences.push(`${lacked?.join(" > ") ?? `attribute${missingType}${nest}`} is missing`);
  }
  return sentences.join(": ") || undefined;
}
