/**
 * Says which numbers are wanted: one, one of several, those from `min` to `max` (by default from 0 and
 * without an end), or those whose bits of `mask` are those of `value`. Numbers are unsigned; negative ones
 * mean their complement to the number's size.
 */
export type NumberTest =
  | number
  | readonly number[]
  | { readonly min?: number; readonly max?: number }
  | { readonly mask: number; readonly value: number };

/** Tests a number in the fixed structure at the start of a message's data, such as `struct ifinfomsg`. */
export interface FieldTest {
  /** Where in the data the number is, in bytes. */
  readonly offset: number;
  /** Its length in bytes. */
  readonly size: 1 | 2 | 4;
  /** Which numbers are wanted. */
  readonly value: NumberTest;
  /** The number's byte order: that of the machine by default. */
  readonly byteOrder?: "native" | "big";
}

/**
 * Tests an attribute. With nothing said about its value it is there that is asked. Where a message has
 * several attributes of one type at a place, the first one is meant. An attribute that is not there, or whose
 * value has another length, fulfils nothing.
 */
export interface AttributeTest {
  /** Length in bytes of the fixed structure before the attributes, 16 for `struct ifinfomsg`. */
  readonly header: number;
  /** Its type, or the types from the outermost attribute to the one that is meant, such as [18, 1] for `IFLA_INFO_KIND`. */
  readonly path: number | readonly number[];
  /** Its value as a number of 8 bits. */
  readonly uint8?: NumberTest;
  /** Its value as a number of 16 bits. */
  readonly uint16?: NumberTest;
  /** Its value as a number of 32 bits. */
  readonly uint32?: NumberTest;
  /** The number's byte order: that of the machine by default. */
  readonly byteOrder?: "native" | "big";
  /** Its value as text, or one of several; as in the kernel's messages a NUL ends it. */
  readonly string?: string | readonly string[];
  /** The bytes of its value. */
  readonly bytes?: Uint8Array;
  /** How many bits of `bytes` count, from the first one: the length of a prefix; all by default. */
  readonly bits?: number;
}

/**
 * Says which messages of rtnetlink are wanted. All fields of one object must hold; an empty one wants
 * everything. A message that does not have what a field is about does not fulfil it, and fulfils its `not`.
 *
 * It is plain data: `filter` makes a program for the kernel of it, and `matches` decides in user space.
 */
export interface Predicate {
  /** All of these must hold. */
  readonly and?: readonly Predicate[];
  /** At least one of these must hold. */
  readonly or?: readonly Predicate[];
  /** This must not hold. */
  readonly not?: Predicate;
  /** The type of the message, `nlmsg_type`. */
  readonly type?: NumberTest;
  /** The flags of the message, `nlmsg_flags`. */
  readonly flags?: NumberTest;
  /** The address family, the first byte of the data in all messages of rtnetlink. */
  readonly family?: NumberTest;
  /**
   * The index of the link that a message is about: of a route that of any of its nexthops, `RTA_OIF`, of a
   * nexthop `NHA_OIF`, of settings `NETCONFA_IFINDEX`, of rules and namespace ids none, and of all others the
   * number at the bytes 4 to 7 of the data, where links, addresses, neighbours and more have it.
   */
  readonly ifindex?: NumberTest;
  /** The name of a link, `IFLA_IFNAME`, or one of several; only messages about links have it. */
  readonly ifname?: string | readonly string[];
  /** The table of a route or a rule: `RTA_TABLE`, or `rtm_table` where that is not there. */
  readonly table?: NumberTest;
  /** The origin of a route, `rtm_protocol`. */
  readonly protocol?: NumberTest;
  /** A number in the fixed structure. */
  readonly field?: FieldTest;
  /** An attribute. */
  readonly attribute?: AttributeTest;
}

/** What a predicate is about: a message of `Conn`. */
export interface FilterMessage {
  /** Its header. */
  readonly header: { readonly type: number; readonly flags: number };
  /** What follows the header. */
  readonly data: Uint8Array;
}

/** A predicate that makes no sense. */
export class PredicateError extends Error {
  /** The name of this class. */
  override readonly name: string = "PredicateError";
}

/** Numbers from the first to the second, both included. */
export type Span = readonly [low: number, high: number];

/** A {@link NumberTest} in one form: the bits of the mask must be within one of the spans. */
export interface Spans {
  /** The mask; all bits by default. */
  readonly mask?: number;
  /** The spans. */
  readonly spans: readonly Span[];
}

/**
 * Brings a test of a number into one form.
 *
 * @param test The test.
 * @param size The number's length in bytes.
 * @param what What is tested, for the errors.
 * @returns The spans.
 * @throws {PredicateError} When a number does not fit.
 */
export function spansOf(test: NumberTest, size: number, what: string): Spans {
  const limit = 2 ** (8 * size);
  const check = (number: number, name = what): number => {
    if (Number.isInteger(number) && number >= -limit / 2 && number < limit) {
      return number < 0 ? number + limit : number;
    }
    throw new PredicateError(
      `${name} is ${number}, not a whole number from ${-limit / 2} to ${limit - 1}`,
    );
  };
  if (typeof test === "number") return { spans: [[check(test), check(test)]] };
  if (Array.isArray(test)) return { spans: test.map((number) => [check(number), check(number)]) };
  if ("mask" in test) {
    const value = check(test.value, `value of ${what}`);
    return { mask: check(test.mask, `mask of ${what}`), spans: [[value, value]] };
  }
  const { min = 0, max = limit - 1 } = test as { min?: number; max?: number };
  const low = check(min, `min of ${what}`);
  const high = check(max, `max of ${what}`);
  return { spans: low <= high ? [[low, high]] : [] };
}

/**
 * Gives the types on the way to an attribute.
 *
 * @param test The test of the attribute.
 * @param what What is tested, for the errors.
 * @returns The types, from the outermost one.
 * @throws {PredicateError} When one of them is no type.
 */
export function pathOf({ path, header }: AttributeTest, what: string): readonly number[] {
  const types = typeof path === "number" ? [path] : path;
  const maxType = 0x3fff; // NLA_TYPE_MASK
  if (types.length === 0) throw new PredicateError(`${what}.path is empty`);
  checkNumber(header, 0xffff, `${what}.header`);
  for (const type of types) checkNumber(type, maxType, `${what}.path`);
  return types;
}

/**
 * Checks where a field is.
 *
 * @param test The test of the field.
 * @param what What is tested, for the errors.
 * @returns The test.
 * @throws {PredicateError} When no field can be there.
 */
export function checkField(test: FieldTest, what: string): FieldTest {
  checkNumber(test.offset, 0xffff, `${what}.offset`);
  if ([1, 2, 4].includes(test.size)) return test;
  throw new PredicateError(`${what}.size is ${test.size}, not 1, 2 or 4`);
}

function checkNumber(number: number, high: number, what: string): void {
  if (Number.isInteger(number) && number >= 0 && number <= high) return;
  throw new PredicateError(`${what} is ${number}, not a whole number from 0 to ${high}`);
}

/**
 * Gives the bytes of texts as attributes hold them.
 *
 * @param test A text, or several.
 * @param what What is tested, for the errors.
 * @returns For each text its bytes in UTF-8, with a NUL at the end.
 * @throws {PredicateError} When one of them is no text.
 */
export function stringsOf(test: string | readonly string[], what: string): Uint8Array[] {
  return (Array.isArray(test) ? test : [test]).map((text: unknown) => {
    if (typeof text === "string" && !text.includes("\0")) return encoder.encode(`${text}\0`);
    throw new PredicateError(`${what} is ${JSON.stringify(text)}, no text without NUL`);
  });
}

const encoder = new TextEncoder();

/**
 * Gives how many bits of a value's bytes count.
 *
 * @param test The test of the attribute.
 * @param what What is tested, for the errors.
 * @returns The number.
 * @throws {PredicateError} When the bytes do not have as many.
 */
export function bitsOf({ bytes, bits }: AttributeTest, what: string): number {
  const length = 8 * (bytes?.length ?? 0);
  if (bits !== undefined) checkNumber(bits, length, `${what}.bits`);
  return bits ?? length;
}
