import type { Predicate } from "../../bpf/predicate.ts";
import { objectKinds } from "../kinds.ts";
import { compare, exists, operators } from "./comparison.ts";
import { ExpressionError } from "./error.ts";
import { findFields, formatsOf, isOfKind } from "./field.ts";
import { all, any } from "./place.ts";
import { found, type Token, tokenize } from "./tokens.ts";
import { type Item, keywords, valuesOf } from "./values.ts";

/** How deep parentheses and "not" may be nested: predicates are worked on by functions that call themselves. */
const maxDepth = 100;

/**
 * Reads an expression that says which objects, or messages about them, are wanted:
 *
 * ```text
 * link.name == "wg0" or (address and family == inet6)
 * link.flags has up and not link.mtu in [1280, 1400..1500]
 * route.dst in 10.0.0.0/8 and route.gateway and action == delete
 * ```
 *
 * - `and` binds closer than `or`, `not` closer than both; parentheses group.
 * - A kind of object alone is a condition: `link`, `address`, `route`, `neighbour`, `rule`, `nexthop`,
 *   `netconf`, `nsid`, `prefix`. So is `action == new` and `action == delete`.
 * - A name is the kind and the fields of the decoded object, as in {@link Link} or {@link Route}:
 *   `link.linkInfo.kind`. Where another field selects what is within a field, all formats are meant that
 *   have the name: `link.linkInfo.data.id` is that of a VLAN, a VXLAN and others.
 * - `family`, `table` (of routes and rules) and `ifindex` (the link that an object is about, of a route any of
 *   them) stand alone; any other name without a kind is that field of each kind that has it.
 * - `==`, `!=`, and for numbers `<`, `<=`, `>`, `>=`. `in` takes a value, a range `1..9`, a prefix `10.0.0.0/8`, or
 *   a list of such in brackets. `has` asks for all the bits of a number or of a list.
 * - A field alone asks whether it is there, and one that is true or false whether it is true.
 * - Values are numbers, decimal or `0x...`; the words of the constants that belong to the field, such as `up` of
 *   `OperState` and `LinkFlags`, in upper or lower case; IP and hardware addresses; texts, with double quotes as in
 *   JSON where they are more than a word.
 * - A comparison holds only where the field is there, `!=` too: it says that it is there and another one. `not`
 *   turns that round: `not link.mtu == 1500` also holds for all that is no link.
 * - `==` with a prefix compares the address and the length of its prefix. A network is `in` a prefix as a whole.
 * - 64-bit numbers, structures and lists cannot be compared.
 *
 * @param text The expression.
 * @returns The predicate, for `RouteConn.subscribe`, `monitor`, and `filter` and `matches` of `bpf`.
 * @throws {ExpressionError} Where the text is no expression.
 *
 * @example
 * ```ts
 * import { dial, parsePredicate } from "@netlink/netlink/rtnetlink";
 *
 * using rt = dial();
 * const filter = parsePredicate("link.name == lo and link.flags has up");
 * using events = rt.subscribe({ filter }); // the text itself would do as well
 * ```
 */
export function parsePredicate(text: string): Predicate {
  return new Parser(tokenize(text)).whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Predicate {
    const predicate = this.#either(0);
    if (this.#next.kind !== "end") throw this.#unexpected(['"and"', '"or"', "the end"]);
    return predicate;
  }

  get #next(): Token {
    return this.#tokens[this.#at];
  }

  /** Whether a mark or a keyword comes next. */
  #is(...texts: string[]): boolean {
    return this.#next.kind !== "text" && texts.includes(this.#next.text);
  }

  /** Goes past a mark or a keyword if it comes next. */
  #take(text: string): boolean {
    const is = this.#is(text);
    if (is) this.#at++;
    return is;
  }

  #unexpected(expected: readonly string[]): ExpressionError {
    return new ExpressionError(found(this.#next), this.#next, expected);
  }

  #either(depth: number): Predicate {
    const parts = [this.#both(depth)];
    while (this.#take("or")) parts.push(this.#both(depth));
    return any(parts);
  }

  #both(depth: number): Predicate {
    const parts = [this.#single(depth)];
    while (this.#take("and")) parts.push(this.#single(depth));
    return all(parts);
  }

  #single(depth: number): Predicate {
    const start = this.#next;
    if (depth > maxDepth) {
      throw new ExpressionError(`Conditions are nested more than ${maxDepth} deep`, start, []);
    }
    if (this.#take("not")) return { not: this.#single(depth + 1) };
    if (!this.#take("(")) return this.#condition(depth);
    const inner = this.#either(depth + 1);
    if (!this.#take(")")) throw this.#unexpected(['"and"', '"or"', '")"']);
    return inner;
  }

  #condition(depth: number): Predicate {
    const name = this.#name();
    const kind = objectKinds.find((kind) => kind.name === name.text);
    const operator = this.#is("==", "!=", "<", "<=", ">", ">=", "in", "has")
      ? this.#tokens[this.#at++]
      : undefined;
    if (kind !== undefined && operator === undefined) {
      this.#checkEnd(depth, []);
      return isOfKind(kind);
    }
    if (kind !== undefined) {
      const fields = Object.keys({ ...kind.header.fields, ...kind.attributes });
      const problem = `${kind.name} is a kind, of which only fields can be compared`;
      throw new ExpressionError(problem, operator!, fields.map((field) => `${kind.name}.${field}`));
    }
    if (name.text === "action") return this.#action(operator);
    const fields = findFields(name);
    if (operator === undefined) {
      this.#checkEnd(depth, operators);
      return exists(fields, name, this.#next);
    }
    const expected = new Set(
      fields.flatMap(formatsOf).flatMap(({ shape }) => shape ? valuesOf(shape) : []),
    );
    return compare(fields, name, { operator, items: this.#items(operator, [...expected]) });
  }

  /** Checks that a condition without an operator ends: what follows may be one that is written wrong. */
  #checkEnd(depth: number, operators: readonly string[]): void {
    if (this.#next.kind === "end" || this.#is("and", "or", ")")) return;
    throw this.#unexpected([...operators, '"and"', '"or"', depth > 0 ? '")"' : "the end"]);
  }

  #name(): Token {
    const token = this.#next;
    const isName = token.kind === "word" && /^[a-z_]\w*(\.\w+)*$/i.test(token.text) &&
      !keywords.includes(token.text);
    if (!isName) throw this.#unexpected(['a name such as "link.mtu"', '"not"', '"("']);
    this.#at++;
    return token;
  }

  #action(operator: Token | undefined): Predicate {
    const operators = ["==", "!=", "in"];
    if (operator === undefined) throw this.#unexpected(operators.map((text) => `"${text}"`));
    if (!operators.includes(operator.text)) {
      throw new ExpressionError(found(operator), operator, operators.map((text) => `"${text}"`));
    }
    const asked = this.#items(operator, ["new", "delete"]).map(({ from, to = from }) => {
      if (from === to && ["new", "delete"].includes(from.value)) return from.value;
      throw new ExpressionError(found(to), to, ["new", "delete"]);
    });
    const isAsked = (action: string) => asked.includes(action) === (operator.text !== "!=");
    const type = objectKinds.flatMap(({ newType, deleteType }) => [
      ...isAsked("new") ? [newType] : [],
      ...isAsked("delete") && deleteType !== undefined ? [deleteType] : [],
    ]);
    return { type };
  }

  /** What stands behind an operator. */
  #items({ text }: Token, expected: readonly string[]): Item[] {
    if (text !== "in" && text !== "has") return [{ from: this.#value(expected) }];
    if (!this.#take("[")) return [this.#item([...expected, '"["'])];
    const items = [this.#item(expected)];
    while (this.#take(",")) items.push(this.#item(expected));
    if (!this.#take("]")) throw this.#unexpected(['","', '"]"']);
    return items;
  }

  #item(expected: readonly string[]): Item {
    const from = this.#value(expected);
    return this.#take("..") ? { from, to: this.#value(expected) } : { from };
  }

  #value(expected: readonly string[]): Token {
    const token = this.#next;
    const isValue = token.kind === "text" ||
      token.kind === "word" && !keywords.includes(token.text);
    if (!isValue) throw this.#unexpected(expected);
    this.#at++;
    return token;
  }
}
