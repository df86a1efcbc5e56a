import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { filter, type FilterMessage, matches, type Predicate, VM } from "../lib/bpf/mod.ts";
import { AttributeError } from "../lib/errors.ts";
import { marshalMessage } from "../lib/message.ts";
import {
  AddressFamily,
  decodeObject,
  encodeObject,
  ExpressionError,
  type ObjectKind,
  objectKinds,
  parsePredicate,
} from "../lib/rtnetlink/mod.ts";
import { Random } from "./bpf_arbitraries.ts";
import { randomMessage } from "./bpf_predicates.ts";
import { objectsOf } from "./objects.ts";
import { check } from "./property.ts";

/** An expression and what it means, written by hand. */
type Pair = [text: string, predicate: Predicate];

const uint32 = fc.oneof(fc.constantFrom(0, 1, 2, 5, 254, 1500, 0xffff_ffff), fc.nat());

function leaf<T>(values: fc.Arbitrary<T>, make: (value: T) => Pair): fc.Arbitrary<Pair> {
  return values.map(make);
}

const spaces = fc.constantFrom(" ", "  ", "\n", "\t ");

const { pairs } = fc.letrec<{ pairs: Pair }>((tie) => ({
  pairs: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.constantFrom<Pair>(
      ["link", { type: [16, 17] }],
      ["address", { type: [20, 21] }],
      ["route.gateway", { type: [24, 25], attribute: { header: 12, path: 5 } }],
      ["link.linkInfo.kind", { type: [16, 17], attribute: { header: 16, path: [18, 1] } }],
      ["prefix.flags has 1", {
        type: 52,
        field: { offset: 10, size: 1, value: { mask: 1, value: 1 } },
      }],
    ),
    leaf(fc.constantFrom(2, 10), (family) => [
      `family == ${family === 2 ? "inet" : "0xA"}`,
      { family },
    ]),
    leaf(uint32, (table) => [`table == ${table}`, { table }]),
    leaf(fc.nat(300), (index) => [
      `ifindex <= ${index}`, // it is signed
      { or: [{ ifindex: { max: index } }, { ifindex: { min: 0x8000_0000 } }] },
    ]),
    leaf(uint32, (mtu) => [
      `link.mtu == ${mtu}`,
      { type: [16, 17], attribute: { header: 16, path: 4, uint32: mtu } },
    ]),
    leaf(fc.nat(255), (protocol) => [`route.protocol != ${protocol}`, {
      type: [24, 25],
      protocol: {},
      not: { protocol },
    }]),
    leaf(fc.constantFrom("lo", "wg0", "a-long-name-of-15"), (name) => [
      `link.name in [eth0,"${name}"]`,
      { type: [16, 17], attribute: { header: 16, path: 3, string: ["eth0", name] } },
    ]),
    fc.tuple(tie("pairs"), spaces).map(([[text, not], space]): Pair => [
      `not${space}(${text})`,
      { not },
    ]),
    fc.tuple(fc.constantFrom("and", "or"), fc.array(tie("pairs"), { minLength: 2 }), spaces)
      .map(([word, parts, space]): Pair => [
        parts.map(([text]) => `(${text})`).join(`${space}${word}${space}`),
        { [word]: parts.map(([, predicate]) => predicate) },
      ]),
    fc.array(tie("pairs"), { minLength: 4, maxLength: 4 }).map((parts): Pair => {
      const [a, b, c, d] = parts.map(([text]) => `(${text})`);
      const [p, q, r, s] = parts.map(([, predicate]) => predicate);
      return [`${a} or not ${b} and ${c} or ${d}`, { or: [p, { and: [{ not: q }, r] }, s] }];
    }),
  ),
}));

test("a random expression decides as what it means", () => {
  const random = new Random(Math.floor(Math.random() * 0x1_0000_0000));
  check("random expressions", pairs, ([text, predicate]) => {
    const parsed = parsePredicate(text);
    for (let i = 0; i < 20; i++) {
      const message = randomMessage(random);
      const wanted = matches(predicate, message);
      assert.equal(matches(parsed, message), wanted, `${text} of ${JSON.stringify(message)}`);
    }
  }, 150);
});

/** The paths to all that an object has. */
function pathsIn(object: object, before: string): [path: string, value: unknown][] {
  return Object.entries(object).flatMap(([name, value]): [string, unknown][] => {
    const path = `${before}.${name}`;
    const inner = typeof value === "object" && value?.constructor === Object;
    return inner ? [[path, value], ...pathsIn(value, path)] : [[path, value]];
  });
}

function valueAt(object: object, path: string): unknown {
  return path.split(".").slice(1)
    .reduce((at: unknown, name) => (at as Record<string, unknown> | undefined)?.[name], object);
}

/** Whether an object has attributes of types that its table knows, but not as the table has them. */
function hasRaw(object: unknown): boolean {
  return Object.keys(object ?? {}).some((key) => /^attribute\d{1,2}$/.test(key));
}

/** What of decoded objects is not where its name says. */
function fieldOf(object: object, path: string): unknown {
  const { table, headerTable, family } = object as Record<string, unknown>;
  // The number of a table may be in the header.
  if (/^(route|rule)\.table$/.test(path)) return table ?? headerTable;
  // Only these have IP addresses for sure.
  const { Inet, Inet6, Ipmr, Ip6mr } = AddressFamily;
  const isIp = [Inet, Inet6, Ipmr, Ip6mr].includes(family as 2);
  const value = valueAt(object, path);
  const isLabel = /^route\.(dst|newDst)$/.test(path) && !isIp && value !== undefined;
  return isLabel ? {} : value;
}

/** How a value is written; undefined for one that is not. */
function literal(value: unknown): string | undefined {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "number" || typeof value === "boolean" ? `${value}` : undefined;
}

/** Expressions about a field that has a value, and what they say of another value. */
function questions(path: string, value: unknown): [text: string, (other: unknown) => boolean][] {
  const there = (other: unknown) => other !== undefined && other !== false;
  const written = literal(value);
  if (written === undefined) return [[path, there]];
  const questions: [string, (other: unknown) => boolean][] = [
    [path, there],
    [`${path} == ${written}`, (other) => other === value],
    [`${path} != ${written}`, (other) => other !== undefined && other !== value],
    [`not ${path} in [${written}, ${written}]`, (other) => other !== value],
  ];
  if (typeof value !== "number") return questions;
  const isNumber = (other: unknown) => typeof other === "number";
  return [
    ...questions,
    [`${path} <= ${written}`, (other) => isNumber(other) && (other as number) <= value],
    [`${path} > ${written}`, (other) => isNumber(other) && (other as number) > value],
    [
      `${path} has ${written}`,
      (other) => isNumber(other) && ((other as number) & value) === value >> 0,
    ],
  ];
}

for (const kind of objectKinds) {
  test(`expressions about a ${kind.name} decide as its fields, and so do their programs`, () => {
    let [asked, compared, held] = [0, 0, 0];
    const two = fc.tuple(objectsOf(kind), objectsOf(kind), fc.boolean());
    check(`expressions about a ${kind.name}`, two, ([first, second, crossed]) => {
      const encoded = [first, crossed ? { ...second, ...first } : second].map((object) =>
        encodeIfAny(kind, object) ?? encodeObject(kind, second)
      );
      const messages = encoded.map((data): FilterMessage => ({
        header: { type: kind.newType, flags: 0 },
        data,
      }));
      const decoded = messages.map(({ data }) => decodeObject(kind, data) as object);
      const datagrams = messages.map(({ header, data }) =>
        marshalMessage({ header, data }).subarray(0, 16 + data.length)
      );
      for (const [path, value] of pathsIn(decoded[0], kind.name)) {
        for (const [text, holds] of questions(path, value)) {
          const predicate = parseOrNot(text);
          if (predicate === undefined) continue;
          // A program takes longer than all the rest.
          const vm = asked++ % 4 === 0 ? new VM(filter(predicate)) : undefined;
          for (const [i, object] of decoded.entries()) {
            // What has no format that is known is there, but under no name.
            if (hasRaw(valueAt(object, path.replace(/\.[^.]+$/, "")))) continue;
            const expected = holds(fieldOf(object, path));
            assert.equal(matches(predicate, messages[i]), expected, text);
            if (vm) assert.equal(vm.run(datagrams[i]) > 0, expected, `program of ${text}`);
            compared++;
            if (expected) held++;
          }
        }
      }
    }, 15);
    assert.ok(compared > 300 && held > compared / 5, `${held} of ${compared} held`);
  });
}

/** Encodes; undefined where fields of two objects do not go together. */
function encodeIfAny(kind: ObjectKind<object>, object: object): Uint8Array | undefined {
  try {
    return encodeObject(kind, object);
  } catch (error) {
    if (error instanceof AttributeError) return undefined;
    throw error;
  }
}

/** Parses; undefined where the value is one that cannot be asked for. */
function parseOrNot(text: string): Predicate | undefined {
  try {
    return parsePredicate(text);
  } catch (error) {
    const allowed = /cannot be compared|always there|no fields that|attribute\d+|has no bits|Found/;
    if (error instanceof ExpressionError && allowed.test(error.message)) return undefined;
    throw error;
  }
}

const pieces = fc.constantFrom(
  ...'and or not in has ( ) [ ] , .. == != < <= > >= = " \\ link link.mtu link.name address route.dst'
    .split(" "),
  ...'link.linkInfo.data.id link.flags up 5 -1 0x10 10.0.0.0/8 fd00::/8 :: 02:00 "wg0" action family'
    .split(" "),
  "link.stats",
  "delete",
  "table",
  "\u{1f600}",
  "\ud800",
  "\0",
);

test("whatever the text, it is an expression or an ExpressionError", () => {
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(" ")),
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join("")),
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.tuple(
      fc.constantFrom("link", "link.mtu", "not link.name", "address or route.dst"),
      fc.constantFrom("==", "!=", ">", "in", "has"),
      fc.constantFrom("5", '"wg0"', "10.0.0.0/8", "[1, 2]", "1..5 or link"),
    ).map((parts) => parts.join(" ")),
  );
  let parsed = 0;
  check("random texts", texts, (text) => {
    try {
      filter(parsePredicate(text));
      parsed++;
    } catch (error) {
      assert.ok(error instanceof ExpressionError, `${error}`);
      assert.ok(error.position >= 0 && error.position <= text.length);
      assert.ok(error.excerpt.split("\n").length === 2);
    }
  }, 1500);
  assert.ok(parsed > 30, `${parsed} expressions`);
});
