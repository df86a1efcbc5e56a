import type { AttributePath } from "../acknowledgement.ts";
import { attributeHeaderLength } from "../attribute.ts";
import { AttributeDecoder, unlessMalformed } from "../attribute_decoder.ts";
import { headerLength } from "../message.ts";
import {
  type AttributeEntry,
  attributeName,
  type AttributeRun,
  type AttributeSet,
} from "./codec/attribute_set.ts";
import { decoderOf } from "./codec/decode_attributes.ts";
import { afterHeader } from "./codec/compound.ts";
import { MessageType } from "./constants.ts";
import { objectKinds } from "./kinds.ts";

/** Requests with the header and the attributes of another kind's, by the first type of their four. */
const likened: Readonly<Record<number, number | undefined>> = {
  108: MessageType.NewLink, // RTM_NEWLINKPROP
  116: MessageType.NewNexthop, // RTM_NEWNEXTHOPBUCKET
};

/**
 * Names the attributes around a place in a request of rtnetlink. An attribute that is in no table is
 * called "attribute" and its type, and nothing within it is found.
 *
 * @param request A request, of any type.
 * @param offset The place, in bytes from the start of the request's header.
 * @param missing Type of an attribute that is missing there, whose name then ends the path.
 * @returns The kernel's names, the outermost first; undefined where there is no attribute, and for requests about
 * other objects than those which the library knows.
 */
export const attributePath: AttributePath = ({ header, data }, offset, missing) => {
  const first = header.type - header.type % 4; // RTM_NEW*; RTM_DEL*, RTM_GET* and RTM_SET* follow
  const kind = objectKinds.find(({ newType }) => newType === (likened[first] ?? first));
  if (kind === undefined) return undefined;
  const run = afterHeader(kind.header, kind.attributes, data);
  const place = data.byteOffset - headerLength + offset;
  const inHeader = place < run.data.byteOffset;
  const path: string[] = [];
  const within = inHeader ? run.set : unlessMalformed(() => follow(run, place, path));
  if (missing !== undefined && (inHeader || path.length > 0)) path.push(nameIn(within, missing));
  return path.length > 0 ? path : undefined;
};

/**
 * Adds the names of the attributes around a place in memory to a path.
 *
 * @returns What may stand within the last one, where it is known.
 */
function follow(run: AttributeRun, place: number, path: string[]): AttributeSet | undefined {
  const ad = new AttributeDecoder(run.data);
  while (ad.next()) {
    const data = ad.do((bytes) => bytes);
    if (place < data.byteOffset - attributeHeaderLength) break; // in the padding before it
    if (place >= data.byteOffset + data.length) continue;
    path.push(nameIn(run.set, ad.type));
    // Its siblings may select what is within.
    unlessMalformed(() => decoderOf(run.set).decode(run.data, 0, run.data.length, run.scope));
    for (const inner of entryIn(run.set, ad.type)?.[2].inner?.(data, run.scope) ?? []) {
      if (place < data.byteOffset) return inner.set;
      const start = inner.data.byteOffset;
      if (place >= start && place < start + inner.data.length) return follow(inner, place, path);
    }
    break;
  }
  return undefined;
}

function entryIn(set: AttributeSet, type: number): AttributeEntry<unknown> | undefined {
  return Object.values(set).find(([known]) => known === type);
}

function nameIn(set: AttributeSet | undefined, type: number): string {
  return set && entryIn(set, type)?.[1] || attributeName(type);
}
