import { Nested } from "../../attribute.ts";
import { AttributeDecoder } from "../../attribute_decoder.ts";
import { AttributeError } from "../../errors.ts";
import {
  attributeName,
  type AttributeSet,
  type Codec,
  rawKey,
  scatteredOrder,
  type Scope,
} from "./attribute_set.ts";
import { compileAfter, compileAttributes, type DecodeUsual } from "./compile.ts";

type Fields = Record<string, unknown>;
type Index = Array<readonly [field: string, codec: Codec<unknown>] | undefined>;

/**
 * Reads the current attribute with a codec, once its flag bits are known to be ones that the codec's
 * attributes may have: none, or `NLA_F_NESTED` where the data are attributes.
 *
 * @param codec How the value is written.
 * @param ad A decoder that stands on the attribute.
 * @param scope What stands around it.
 * @returns The value.
 * @throws {AttributeError} When the flag bits or the data are not such a value's.
 */
export function decodeValue<T>(codec: Codec<T>, ad: AttributeDecoder, scope: Scope): T {
  if (ad.typeFlags !== 0 && !(codec.nested && ad.typeFlags === Nested)) {
    throw new AttributeError(
      `Attribute ${ad.type} has the unexpected flag bits 0x${ad.typeFlags.toString(16)}`,
    );
  }
  return codec.decode(ad, scope);
}

const decoders = new WeakMap<AttributeSet, AttributesDecoder>();

/**
 * Gives the decoder of a table, which is made once.
 *
 * @param set The table.
 * @returns The decoder.
 */
export function decoderOf(set: AttributeSet): AttributesDecoder {
  let decoder = decoders.get(set);
  if (decoder === undefined) decoders.set(set, decoder = new AttributesDecoder(set));
  return decoder;
}

/** Whether attributes are read one by one: so are then those within, or hostile nests would be read over and over. */
let careful = false;

/** Decodes attributes by a table. */
export class AttributesDecoder {
  readonly #set: AttributeSet;
  readonly #index: Index = [];
  #uses = 0;
  #decodeUsual: DecodeUsual | undefined;

  /** @param set The attributes to expect. */
  constructor(set: AttributeSet) {
    this.#set = set;
    for (const field of Object.keys(set)) this.#index[set[field][0]] = [field, set[field][2]];
  }

  /**
   * Decodes attributes into the fields of an object, in the order in which they come, so that
   * {@link encodeAttributes} gives back the same bytes. What is not understood is kept raw: attributes
   * that are not in the table, whose data or flag bits are not what it expects, or that stand again
   * where one is expected. What differs when it is encoded again is only what the kernel never sends:
   * text with no NUL or several at its end, integers wider than they need to be, holes and padding
   * that are not zero.
   *
   * @param memory Where they stand.
   * @param start Where they start there.
   * @param end Where they end.
   * @param scope The object to fill in and what stands around it.
   * @throws {AttributeError} When the attributes are malformed.
   */
  decode(memory: Uint8Array, start: number, end: number, scope: Scope): void {
    if (++this.#uses === compileAfter) this.#decodeUsual = compileAttributes(this.#set);
    if (this.#decodeUsual !== undefined && !careful) {
      if (isUsual(this.#decodeUsual, memory, start, end, scope)) return;
      forget(this.#set, scope.object as Fields);
    }
    const before = careful;
    careful = true;
    try {
      decodeAny(this.#index, new AttributeDecoder(memory, start, end), scope);
    } finally {
      careful = before;
    }
  }
}

/** Decodes attributes if all of them are as they usually are. */
function isUsual(
  decode: DecodeUsual,
  memory: Uint8Array,
  start: number,
  end: number,
  scope: Scope,
): boolean {
  try {
    return decode(memory, start, end, scope.object as Fields, scope);
  } catch (error) {
    if (error instanceof AttributeError) return false;
    throw error;
  }
}

/** Takes back what was decoded. */
function forget(set: AttributeSet, object: Fields): void {
  for (const name of Object.keys(object)) {
    if (Object.hasOwn(set, name) || rawKey.test(name)) delete object[name];
  }
}

/** Decodes the current attribute into its field. Returns false when it must be kept raw instead. */
function decodeField(
  object: Fields,
  field: string,
  codec: Codec<unknown>,
  ad: AttributeDecoder,
  scope: Scope,
): boolean {
  try {
    if (codec.multiple) {
      const value = decodeValue(codec, ad, scope);
      ((object[field] ??= []) as unknown[]).push(value);
    } else if (object[field] === undefined) {
      object[field] = decodeValue(codec, ad, scope);
    } else {
      return false;
    }
    return true;
  } catch (error) {
    if (error instanceof AttributeError) return false;
    throw error;
  }
}

function rawKeyOf(ad: AttributeDecoder): string {
  return attributeName(ad.type | ad.typeFlags);
}

function keepRaw(object: Fields, ad: AttributeDecoder): void {
  const key = rawKeyOf(ad);
  const before = object[key] as Uint8Array | Uint8Array[] | undefined;
  if (Array.isArray(before)) before.push(ad.bytes());
  else object[key] = before === undefined ? ad.bytes() : [before, ad.bytes()];
}

/** Keeps the current attribute raw at the place of the given field, which gives way if it has no value. */
function keepRawAt(object: Fields, field: string, ad: AttributeDecoder): void {
  const entries = Object.entries(object);
  const from = entries.findIndex(([name]) => name === field);
  const key = rawKeyOf(ad);
  const later = object[key] as Uint8Array | Uint8Array[] | undefined;
  for (const [name] of entries.slice(from)) delete object[name];
  for (const [name, value] of entries.slice(from)) {
    if (name !== key && (name !== field || value !== undefined)) object[name] = value;
    if (name === field) object[key] = later === undefined ? ad.bytes() : [ad.bytes(), later].flat();
  }
}

/** Remembers the order of attributes that the order of the fields cannot tell. */
function rememberOrder(object: Fields, index: Index, ad: AttributeDecoder): void {
  const order: string[] = [];
  /** How many attributes of a field came so far: those after its values are raw. */
  const counts = new Map<string, number>();
  ad.rewind();
  while (ad.next()) {
    const [field, codec] = index[ad.type] ?? [rawKeyOf(ad)];
    const count = counts.get(field) ?? 0;
    counts.set(field, count + 1);
    const value = object[field];
    const values = codec?.multiple && Array.isArray(value)
      ? value.length
      : Number(value !== undefined);
    order.push(codec !== undefined && count >= values ? rawKeyOf(ad) : field);
  }
  scatteredOrder.set(object, order);
}

/** Decodes attributes one by one, whatever comes. */
function decodeAny(index: Index, ad: AttributeDecoder, scope: Scope): void {
  const object = scope.object as Fields;
  /** Types of which one was kept raw: those after it must be, too, or their order would be lost. */
  let raw: Set<number> | undefined;
  let late = false;
  let scattered = false;
  let previous = -1;
  while (ad.next()) {
    const entry = index[ad.type];
    const type = ad.type | ad.typeFlags;
    const again = entry === undefined
      ? Object.hasOwn(object, rawKeyOf(ad))
      : Object.hasOwn(object, entry[0]) || raw?.has(ad.type);
    if (again && type !== previous) scattered = true;
    previous = type;
    if (entry === undefined) {
      keepRaw(object, ad);
    } else if (entry[1].late && (entry[1].multiple || !Object.hasOwn(object, entry[0]))) {
      late = true;
      object[entry[0]] = undefined; // keeps its place in the order of the fields
    } else if (
      entry[1].late || raw?.has(ad.type) || !decodeField(object, entry[0], entry[1], ad, scope)
    ) {
      (raw ??= new Set()).add(ad.type);
      keepRaw(object, ad);
    }
  }
  if (late) decodeLate(index, ad, scope);
  if (scattered) rememberOrder(object, index, ad);
}

/** Goes over the attributes again for those which had to wait for their siblings. */
function decodeLate(index: Index, ad: AttributeDecoder, scope: Scope): void {
  const object = scope.object as Fields;
  const done = new Set<number>();
  ad.rewind();
  while (ad.next()) {
    const entry = index[ad.type];
    if (!entry?.[1].late) continue;
    const [field, codec] = entry;
    if (done.has(ad.type)) {
      // Others than the first are raw since the first walk, unless each is an element.
      if (codec.multiple) keepRaw(object, ad);
    } else if (!decodeField(object, field, codec, ad, scope)) {
      done.add(ad.type);
      keepRawAt(object, field, ad);
    } else if (!codec.multiple) {
      done.add(ad.type);
    }
  }
}
