import { align } from "./align.ts";
import { AttributeDecoder } from "./attribute_decoder.ts";
import { AttributeError, OpError } from "./errors.ts";
import { HeaderFlags, headerLength, HeaderType, type Message } from "./message.ts";
import { littleEndian } from "./nlenc.ts";

/** Attributes of an extended acknowledgement, `NLMSGERR_ATTR_*` in linux/netlink.h. */
const extended = { message: 1, offset: 2 } as const;

/**
 * Names the attributes around a place in a request, from the outermost to the one that is there.
 *
 * @param request The request, whose data may be cut.
 * @param offset The place, in bytes from the start of the request's header.
 * @returns Their names in the kernel's headers; undefined when there is none or nothing is known of the request.
 */
export type AttributePath = (request: Message, offset: number) => string[] | undefined;

/**
 * Reads the error of an Error or Done message, with what the kernel adds to it when
 * ExtendedAcknowledge is set.
 *
 * @param op The operation that the message answers.
 * @param message An Error message, or the Done message of a dump.
 * @param attributePath Names the offending attribute, where the family is known.
 * @param request The request that it answers, where it is known.
 * @returns The error; undefined for success, and for a Done message without a number.
 */
export function acknowledgedError(
  op: string,
  { header, data }: Message,
  _attributePath?: AttributePath,
  _request?: Message,
): OpError | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (view.byteLength < 4) {
    if (header.type === HeaderType.Done) return undefined;
    return new OpError(op, {
      code: "EBADMSG",
      message: `an Error message of ${data.length} bytes has no error number`,
    });
  }
  const errno = -view.getInt32(0, littleEndian);
  if (errno <= 0) return undefined;
  return new OpError(op, {
    errno,
    sequence: header.sequence,
    ...readExtended(header.type, header.flags, view),
  });
}

/** Where the attributes start: in a Done message after the number, else after the request, which may be cut to its header. */
function extendedOffset(type: number, flags: number, view: DataView): number {
  if (type === HeaderType.Done) return 4;
  if (flags & HeaderFlags.Capped || view.byteLength < 8) return 4 + headerLength;
  return 4 + align(view.getUint32(4, littleEndian));
}

function readExtended(
  type: number,
  flags: number,
  view: DataView,
): { extendedMessage?: string; offset?: number } {
  const found: { extendedMessage?: string; offset?: number } = {};
  const start = extendedOffset(type, flags, view);
  if (!(flags & HeaderFlags.AcknowledgeTLVs) || start >= view.byteLength) return found;
  const ad = new AttributeDecoder(
    new Uint8Array(view.buffer, view.byteOffset + start, view.byteLength - start),
  );
  try {
    while (ad.next()) {
      if (ad.type === extended.message) found.extendedMessage = ad.string();
      if (ad.type === extended.offset) found.offset = ad.uint32();
    }
  } catch (error) {
    // The error number is what matters; a mangled comment on it must not hide it.
    if (!(error instanceof AttributeError)) throw error;
  }
  return found;
}
