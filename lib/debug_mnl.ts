import { align } from "./align.ts";
import { Nested, NetByteOrder } from "./attribute.ts";
import { AttributeDecoder } from "./attribute_decoder.ts";
import { AttributeError } from "./errors.ts";
import { HeaderFlags, type Message } from "./message.ts";

/** How deep attributes are drawn as such; what is nested deeper is drawn as data. */
const depthLimit = 32;

const rule = "----------------\t------------------";

/**
 * Draws a message as libmnl's `mnl_nlmsg_fprintf` does: on the left what is in the message, on the
 * right what it means.
 *
 * @param message The message.
 * @param headerSize How long the structure is that stands before the attributes, in bytes.
 * @returns The lines.
 */
export function drawMessage({ header, data }: Message, headerSize: number): string[] {
  const letters = ([["R", "Request"], ["M", "Multi"], ["A", "Acknowledge"], ["E", "Echo"]] as const)
    .map(([letter, flag]) => header.flags & HeaderFlags[flag] ? letter : "-").join("");
  const size = Math.min(align(headerSize), data.length);
  return [
    rule,
    `|  ${decimal(header.length, 10)}  |\t| message length |`,
    `| ${decimal(header.type, 5)} | ${letters} |\t|  type | flags  |`,
    `|  ${decimal(header.sequence, 10)}  |\t| sequence number|`,
    `|  ${decimal(header.pid, 10)}  |\t|     port ID    |`,
    rule,
    ...drawData(data.subarray(0, size), " extra header ", false),
    ...drawAttributes(data.subarray(size), 1),
    rule,
  ];
}

function drawAttributes(bytes: Uint8Array, depth: number): string[] {
  const lines: string[] = [];
  const ad = new AttributeDecoder(bytes);
  try {
    while (ad.next()) {
      const nested = ad.typeFlags & Nested;
      const drawn = ad.do((data) =>
        nested && depth < depthLimit
          ? drawAttributes(data, depth + 1)
          : drawData(data, "     data     ", true)
      );
      const flags = `${nested ? "N" : "-"}${ad.typeFlags & NetByteOrder ? "B" : "-"}`;
      lines.push(
        `|${decimal(ad.length, 5)}|${flags}|${decimal(ad.type, 5)}|\t|len |flags| type|`,
        ...drawn,
      );
    }
  } catch (error) {
    if (!(error instanceof AttributeError)) throw error;
    return drawData(bytes, "     data     ", true); // no attributes after all
  }
  return lines;
}

/** Four bytes a line, and beside them, where asked for, the letters that they may be. */
function drawData(bytes: Uint8Array, name: string, text: boolean): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    const word = Array.from({ length: 4 }, (_, i) => bytes[at + i] ?? 0);
    const hex = word.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const letters = word.map((byte) =>
      byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : " "
    );
    lines.push(`| ${hex}  |\t| ${name} |${text ? `\t ${letters.join(" ")}` : ""}`);
  }
  return lines;
}

function decimal(value: number, width: number): string {
  return `${value}`.padStart(width, "0");
}
