import { MessageReader } from "./message_reader.ts";
import {
  type AttributeTest,
  type FilterMessage,
  type NumberTest,
  type Predicate,
  PredicateError,
} from "./predicate.ts";
import { Attribute, Field, Header, Kind } from "./rtnetlink.ts";

/**
 * Tells whether a message is wanted, in user space: a filter keeps some more.
 *
 * @param predicate Which messages are wanted. That its numbers make sense, `filter` checks.
 * @param message The message.
 * @returns Whether it is one of them.
 * @throws {PredicateError} When the predicate has an unknown field.
 */
export function matches(predicate: Predicate, message: FilterMessage): boolean {
  return holds(predicate, new MessageReader(message));
}

function holds(predicate: Predicate, message: MessageReader): boolean {
  return (Object.keys(predicate) as (keyof Predicate)[])
    .every((key) => predicate[key] === undefined || part(key, predicate, message));
}

function part(key: keyof Predicate, predicate: Predicate, message: MessageReader): boolean {
  const test = predicate[key] as NumberTest;
  const { kind } = message;
  switch (key) {
    case "and":
      return predicate.and!.every((part) => holds(part, message));
    case "or":
      return predicate.or!.some((part) => holds(part, message));
    case "not":
      return !holds(predicate.not!, message);
    case "type":
      return isWanted(message.type, test, 2);
    case "flags":
      return isWanted(message.flags, test, 2);
    case "family":
      return isWanted(message.number(Field.Family, 1), test, 1);
    case "protocol":
      return kind === Kind.Route && isWanted(message.number(Field.Protocol, 1), test, 1);
    case "table":
      return (kind === Kind.Route || kind === Kind.Rule) && isWanted(tableOf(message), test, 4);
    case "ifindex":
      return indexesOf(message).some((index) => isWanted(index, test, 4));
    case "ifname": {
      const name = { header: Header.Link, path: Attribute.Name, string: predicate.ifname };
      return kind === Kind.Link && hasAttribute(name, message);
    }
    case "field": {
      const { offset, size, value, byteOrder } = predicate.field!;
      return isWanted(message.number(offset, size, byteOrder === "big"), value, size);
    }
    case "attribute":
      return hasAttribute(predicate.attribute!, message);
    default:
      throw new PredicateError(`predicate has an unknown field ${key}`);
  }
}

function isWanted(number: number | undefined, test: NumberTest, size: 1 | 2 | 4): boolean {
  if (number === undefined) return false;
  const unsigned = (value: number) => value < 0 ? value + 2 ** (8 * size) : value;
  if (typeof test === "number") return unsigned(test) === number;
  if ("mask" in test) return (number & test.mask) >>> 0 === unsigned(test.value);
  if ("includes" in test) return test.some((value) => unsigned(value) === number);
  return number >= unsigned(test.min ?? 0) && number <= unsigned(test.max ?? Infinity);
}

function tableOf(message: MessageReader): number | undefined {
  const at = message.find(Header.Route, [Attribute.Table]);
  return at < 0 ? message.number(Field.Table, 1) : message.value(at, 4);
}

/** The links that a message is about. */
function indexesOf(message: MessageReader): (number | undefined)[] {
  const attribute = (header: number, type: number) =>
    message.value(message.find(header, [type]), 4);
  switch (message.kind) {
    case Kind.Rule:
    case Kind.Nsid:
      return [];
    case Kind.Route:
      return [attribute(Header.Route, Attribute.RouteLink), ...message.nexthopLinks()];
    case Kind.Netconf:
      return [attribute(Header.Netconf, Attribute.NetconfLink)];
    case Kind.Nexthop:
      return [attribute(Header.Nexthop, Attribute.NexthopLink)];
    default:
      return [message.number(Field.Index, 4)];
  }
}

function hasAttribute(test: AttributeTest, message: MessageReader): boolean {
  const { header, path, uint8, uint16, uint32, byteOrder, string, bytes, bits } = test;
  const at = message.find(header, typeof path === "number" ? [path] : path);
  if (at < 0) return false;
  const isNumber = (number: NumberTest | undefined, size: 1 | 2 | 4) =>
    number === undefined || isWanted(message.value(at, size, byteOrder === "big"), number, size);
  return isNumber(uint8, 1) && isNumber(uint16, 2) && isNumber(uint32, 4) &&
    (bytes === undefined || isSame(bytes, message.bytes(at), bits)) &&
    (string === undefined || isText(string, message.bytes(at)));
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

function isText(wanted: string | readonly string[], bytes: Uint8Array): boolean {
  const text = decoder.decode(bytes.subarray(0, -1));
  const found = typeof wanted === "string" ? wanted === text : wanted.includes(text);
  return found && isSame(encoder.encode(`${text}\0`), bytes);
}

/** Whether values have the same length and the same first bits. */
function isSame(a: Uint8Array, b: Uint8Array, bits = 8 * a.length): boolean {
  const ignored = (i: number) => Math.min(8, Math.max(0, 8 * (i + 1) - bits));
  return a.length === b.length && a.every((byte, i) => (byte ^ b[i]) >> ignored(i) === 0);
}
