import { AttributeError } from "../../errors.ts";
import { inPlace } from "./attribute_set.ts";
import { compileAfter, compileStruct } from "./compile.ts";
import { decodeText, encodeText, type Scalar } from "./scalar.ts";

/** A hole in a struct: read as nothing, written as zeros. Its field's name begins with "_". */
export interface Pad {
  /** Size in bytes. */
  readonly pad: number;
}

/** The fields of a struct in the order in which they stand, holes included, by their names in the object. */
export type StructFields<T> =
  & { readonly [K in keyof T]-?: Scalar<Exclude<T[K], undefined>> }
  & { readonly [hole: `_${string}`]: Pad };

/** What a struct had that the library does not know of, or lacked; both are there only when the sizes differ. */
export interface StructSize {
  /** The bytes after the last known field, of a newer kernel. */
  tail?: Uint8Array;
  /** The length in bytes of the struct of an older kernel: the fields after it are 0. */
  shortLength?: number;
}

/** A C struct of fixed layout: an attribute by itself, a field of another struct, an element of an array. */
export interface Struct<T> extends Scalar<T & StructSize> {
  /** The fields with their places. */
  readonly fields: Readonly<Record<string, readonly [offset: number, scalar: Scalar<unknown>]>>;
  /** Reads it from a part of memory, all of it by default; what is missing at its end counts as zeros. */
  read(memory: Uint8Array, start?: number, end?: number): T & StructSize;
  /** Writes it as long as it was read, or as long as the known fields are. Missing fields become zeros. */
  write(value: Partial<T> & StructSize): Uint8Array;
}

/**
 * Describes a C struct. Kernels differ in how long theirs are: a short one is filled up with zeros, a
 * longer one keeps its tail.
 *
 * @param description Its fields, with every hole that the C compiler leaves.
 * @returns How to read and write it.
 */
export function struct<T extends object>(description: StructFields<T>): Struct<T> {
  const { fields, size } = layOut(description);
  const entries = Object.entries(fields);

  let uses = 0;
  let get = function getByLoop(memory: Uint8Array, offset: number): T & StructSize {
    const object: Record<string, unknown> = {};
    for (const [name, [at, scalar]] of entries) object[name] = scalar.get(memory, offset + at);
    if (++uses === compileAfter) get = compileStruct(fields) ?? getByLoop;
    return object as T & StructSize;
  };

  function read(memory: Uint8Array, start = 0, end: number = memory.length): T & StructSize {
    const length = end - start;
    if (length === size) return get(memory, start);
    if (length > size) {
      return { ...get(memory, start), tail: new Uint8Array(memory.subarray(start + size, end)) };
    }
    const whole = new Uint8Array(size);
    whole.set(memory.subarray(start, end));
    return { shortLength: length, ...get(whole, 0) };
  }

  function write(value: Partial<T> & StructSize): Uint8Array {
    const bytes = new Uint8Array(size + (value.tail?.length ?? 0));
    const view = new DataView(bytes.buffer);
    for (const [name, [offset, scalar]] of entries) {
      const field = (value as Record<string, unknown>)[name];
      if (field !== undefined) setField(view, offset, scalar, field, name);
    }
    if (value.tail !== undefined) bytes.set(value.tail, size);
    return value.shortLength === undefined ? bytes : bytes.slice(0, value.shortLength);
  }

  return {
    size,
    shape: { kind: "structure" },
    fields,
    read,
    write,
    get: (memory, offset) => get(memory, offset),
    set(view, offset, value) {
      const bytes = write(value);
      if (bytes.length !== size) {
        throw new AttributeError(
          `A struct of ${bytes.length} bytes does not fit where one of ${size} stands`,
        );
      }
      bytesAt(view, offset, size).set(bytes);
    },
    ...inPlace(read),
    encode: (ae, type, value) => ae.do(type, () => write(value)),
  };
}

/** Where each field of a struct is, and how long it is as a whole. */
function layOut(description: Record<string, Pad | Scalar<unknown>>): {
  fields: Record<string, readonly [offset: number, scalar: Scalar<unknown>]>;
  size: number;
} {
  const fields: Record<string, readonly [number, Scalar<unknown>]> = {};
  let size = 0;
  for (const [name, field] of Object.entries(description)) {
    if ("pad" in field) {
      size += field.pad;
    } else {
      fields[name] = [size, field];
      size += field.size;
    }
  }
  return { fields, size };
}

/** Writes a field; an error about its value then begins with its name. */
function setField(
  view: DataView,
  offset: number,
  scalar: Scalar<unknown>,
  value: unknown,
  name: string,
): void {
  try {
    scalar.set(view, offset, value);
  } catch (error) {
    if (!(error instanceof AttributeError)) throw error;
    throw new AttributeError(`${name}: ${error.message}`, { cause: error });
  }
}

function bytesAt(view: DataView, offset: number, size: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + offset, size);
}

function fixed<T>(
  size: number,
  read: (bytes: Uint8Array) => T,
  write: (value: T) => Uint8Array,
): Scalar<T> {
  const exactly = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length !== size) {
      throw new AttributeError(`${bytes.length} bytes are no field of ${size}`);
    }
    return bytes;
  };
  return {
    size,
    get: (memory, offset) => read(memory.subarray(offset, offset + size)),
    set: (view, offset, value) => bytesAt(view, offset, size).set(exactly(write(value))),
    decode: (ad) => ad.do((bytes) => read(exactly(bytes))),
    encode: (ae, type, value) => ae.do(type, () => exactly(write(value))),
  };
}

/**
 * Describes a field of bytes that mean nothing to the library, `unsigned char data[size]`.
 *
 * @param size Its size in bytes.
 * @returns How to read and write it.
 */
export function byteArray(size: number): Scalar<Uint8Array> {
  return fixed(size, (bytes) => bytes.slice(), (value) => value);
}

/**
 * Describes a field of text that is filled up with NULs, `char name[size]`.
 *
 * @param size Its size in bytes.
 * @returns How to read and write it.
 */
export function charArray(size: number): Scalar<string> {
  return fixed(size, (bytes) => decodeText(bytes), (value) => {
    const text = encodeText(value);
    if (text.length > size) throw new AttributeError(`"${value}" is longer than ${size} bytes`);
    const bytes = new Uint8Array(size);
    bytes.set(text);
    return bytes;
  });
}

/** A hole of the given size. */
export function pad(size: number): Pad {
  return { pad: size };
}
