import { attributeHeader } from "./attribute_search.ts";
import { swap } from "./byte_order.ts";
import { checkPredicate, predicateFields } from "./check_predicate.ts";
import { all, any, type Condition, join, not, type Path, test } from "./condition.ts";
import { isWanted } from "./numbers.ts";
import {
  type AttributeTest,
  bitsOf,
  checkField,
  type NumberTest,
  pathOf,
  type Predicate,
  type Spans,
  spansOf,
  stringsOf,
} from "./predicate.ts";
import { Attribute, Field, Header, Kind, messageHeader } from "./rtnetlink.ts";
import { Variables } from "./variables.ts";

/**
 * Says by comparisons when a datagram must be kept.
 *
 * @param predicate Which messages are wanted.
 * @returns The condition. It holds for a datagram that is one wanted message, for one whose message is no
 * family's, and where it cannot be told.
 * @throws {PredicateError} When the predicate makes no sense.
 */
export function lower(predicate: Predicate): Condition {
  checkPredicate(predicate, "predicate");
  const variables = new Variables();
  const condition = new Lowering(variables, reach(predicate)).predicate(
    predicate,
    true,
    "predicate",
  );
  return any(condition, test(variables.familyType, "eq", 0));
}

/** How long a datagram must be to have all the numbers at fixed offsets that a predicate looks at. */
function reach(
  { and = [], or = [], not, family, ifindex, table, protocol, field }: Predicate,
): number {
  const inner = [...and, ...or, ...(not ? [not] : [])]
    .reduce((length, part) => Math.max(length, reach(part)), messageHeader);
  return Math.max(
    inner,
    family === undefined ? 0 : messageHeader + Field.Family + 1,
    ifindex === undefined ? 0 : messageHeader + Field.Index + 4,
    table === undefined ? 0 : messageHeader + Field.Table + 1,
    protocol === undefined ? 0 : messageHeader + Field.Protocol + 1,
    field === undefined ? 0 : messageHeader + field.offset + field.size,
  );
}

/**
 * Each method takes whether something is asked to hold or not to hold, and gives the condition that it may be
 * so: where it cannot be told, both conditions hold.
 */
class Lowering {
  readonly #variables: Variables;
  /** In a datagram that is shorter the numbers at fixed offsets cannot be looked at. */
  readonly #reach: number;

  constructor(variables: Variables, reach: number) {
    this.#variables = variables;
    this.#reach = reach;
  }

  predicate(predicate: Predicate, holds: boolean, where: string): Condition {
    const parts = predicateFields.filter((key) => predicate[key] !== undefined)
      .map((key) => this.#part(key, predicate, holds, `${where}.${key}`));
    return join(holds ? "all" : "any", parts);
  }

  #part(key: keyof Predicate, predicate: Predicate, holds: boolean, where: string): Condition {
    const spans = (size: number) => spansOf(predicate[key] as NumberTest, size, where);
    switch (key) {
      case "and":
      case "or": {
        const parts = predicate[key]!.map((part, i) =>
          this.predicate(part, holds, `${where}[${i}]`)
        );
        return join((key === "and") === holds ? "all" : "any", parts);
      }
      case "not":
        return this.predicate(predicate.not!, !holds, where);
      case "type":
        return turned(this.#number(4, 2, spans(2)), holds);
      case "flags":
        return turned(this.#number(6, 2, spans(2)), holds);
      case "family":
        return this.#field(Field.Family, 1, spans(1), holds);
      case "ifindex":
        return this.#ifindex(spans(4), holds);
      case "ifname": {
        const name = { header: Header.Link, path: Attribute.Name, string: predicate.ifname };
        return this.#ofKinds([Kind.Link], turned(this.#attribute(name, where), holds), holds);
      }
      case "table":
        return this.#table(spans(4), holds);
      case "protocol":
        return this.#ofKinds([Kind.Route], this.#field(Field.Protocol, 1, spans(1), holds), holds);
      case "field": {
        const { offset, size, value, byteOrder } = checkField(predicate.field!, where);
        const wanted = spansOf(value, size, `${where}.value`);
        return this.#field(offset, size, wanted, holds, byteOrder === "big");
      }
      case "attribute":
        return turned(this.#attribute(predicate.attribute!, where), holds);
    }
  }

  /** That a number in the header or after it is wanted. */
  #number(offset: number, size: 1 | 2 | 4, wanted: Spans, big = false): Condition {
    const variables = this.#variables;
    const at = (from: number, size: 1 | 2 | 4, swapped?: boolean) =>
      variables.packet(offset + from, size, swapped);
    return isWanted(variables, { size, big, at }, wanted);
  }

  /** That a number in the fixed structure may be wanted, or not. */
  #field(offset: number, size: 1 | 2 | 4, wanted: Spans, holds: boolean, big = false): Condition {
    const long = test(this.#variables.length(), "ge", this.#reach);
    return any(not(long), turned(this.#number(messageHeader + offset, size, wanted, big), holds));
  }

  /** That something holds, or does not hold, which can hold for some kinds of objects only. */
  #ofKinds(kinds: number[], condition: Condition, holds: boolean): Condition {
    const isKind = this.#isKind(kinds);
    return holds ? all(isKind, condition) : any(not(isKind), condition);
  }

  #isKind(kinds: number[]): Condition {
    return any(...kinds.map((kind) => test(this.#variables.kind, "eq", swap(kind, 2))));
  }

  #ifindex(wanted: Spans, holds: boolean): Condition {
    const attribute = (kind: number, header: number, type: number) => {
      const number = this.#attributeNumber(pathTo(header, [type]), 4, wanted);
      return all(this.#isKind([kind]), turned(number, holds));
    };
    const none = [Kind.Rule, Kind.Nsid];
    const elsewhere = [...none, Kind.Route, Kind.Netconf, Kind.Nexthop];
    return any(
      all(not(this.#isKind(elsewhere)), this.#field(Field.Index, 4, wanted, holds)),
      attribute(Kind.Route, Header.Route, Attribute.RouteLink),
      // A program cannot walk along the nexthops of a route: any of them may be what is wanted.
      all(
        this.#isKind([Kind.Route]),
        this.#isThere(pathTo(Header.Route, [Attribute.RouteNexthops])),
      ),
      attribute(Kind.Netconf, Header.Netconf, Attribute.NetconfLink),
      attribute(Kind.Nexthop, Header.Nexthop, Attribute.NexthopLink),
      all(this.#isKind(none), !holds),
    );
  }

  #table(wanted: Spans, holds: boolean): Condition {
    const path = pathTo(Header.Route, [Attribute.Table]);
    const isThere = this.#isThere(path);
    const condition = any(
      all(isThere, turned(this.#attributeNumber(path, 4, wanted), holds)),
      all(not(isThere), this.#field(Field.Table, 1, wanted, holds)),
    );
    return this.#ofKinds([Kind.Route, Kind.Rule], condition, holds);
  }

  #attribute(attribute: AttributeTest, where: string): Condition {
    const { header, uint8, uint16, uint32, byteOrder, string, bytes } = attribute;
    const path = pathTo(header, pathOf(attribute, where));
    const parts: Condition[] = [this.#isThere(path)];
    for (const [value, size] of [[uint8, 1], [uint16, 2], [uint32, 4]] as const) {
      if (value === undefined) continue;
      const wanted = spansOf(value, size, `${where}.uint${8 * size}`);
      parts.push(this.#attributeNumber(path, size, wanted, byteOrder === "big"));
    }
    const bits = bitsOf(attribute, where);
    if (bytes !== undefined) parts.push(this.#isBytes(path, bytes, bits));
    if (string !== undefined) {
      const texts = stringsOf(string, `${where}.string`);
      parts.push(join("any", texts.map((text) => this.#isBytes(path, text))));
    }
    return all(...parts);
  }

  /** That an attribute is there, and before it those that it is in. */
  #isThere({ start, types }: Path): Condition {
    return all(...types.map((_, i) => {
      const path = { start, types: types.slice(0, i + 1) };
      return not(test(this.#variables.search(path), "eq", 0));
    }));
  }

  #attributeNumber(path: Path, size: 1 | 2 | 4, wanted: Spans, big = false): Condition {
    const variables = this.#variables;
    const at = (from: number, size: 1 | 2 | 4, swapped?: boolean) =>
      variables.attribute(path, attributeHeader + from, size, swapped);
    const number = isWanted(variables, { size, big, at }, wanted);
    return all(this.#isThere(path), this.#hasLength(path, size), number);
  }

  /** That the value of an attribute that is there has a length. */
  #hasLength(path: Path, length: number): Condition {
    const total = attributeHeader + length;
    return total <= 0xffff && test(this.#variables.attribute(path, 0, 2), "eq", swap(total, 2));
  }

  /** That an attribute has a value's length, and its first bits. */
  #isBytes(path: Path, bytes: Uint8Array, bits = 8 * bytes.length): Condition {
    const variables = this.#variables;
    const parts: Condition[] = [this.#isThere(path), this.#hasLength(path, bytes.length)];
    for (let at = 0; 8 * at < bits;) {
      const left = bytes.length - at;
      const size = left >= 4 ? 4 : left >= 2 ? 2 : 1;
      const whole = variables.attribute(path, attributeHeader + at, size);
      const others = 2 ** Math.max(0, 8 * (at + size) - bits) - 1;
      const value = bytes.subarray(at, at + size).reduce((value, byte) => 256 * value + byte, 0);
      const part = variables.bits(whole, whole.mask - others);
      parts.push(test(part, "eq", value - value % (others + 1)));
      at += size;
    }
    return join("all", parts);
  }
}

function pathTo(header: number, types: readonly number[]): Path {
  return { start: messageHeader + header, types };
}

function turned(condition: Condition, holds: boolean): Condition {
  return holds ? condition : not(condition);
}
