/** Numbers by their names, such as `OperState`. */
export type Words = Readonly<Record<string, number>>;

/** What the data of a value are, for those who look for it in a message without reading it, as filters do. */
export type Shape =
  | {
    readonly kind: "number";
    /** Its length in bytes. */
    readonly size: number;
    /** Whether it may be negative. */
    readonly signed?: boolean;
    /** Its byte order: that of the machine by default. */
    readonly byteOrder?: "big";
    /** What its values are called. */
    readonly words?: Words;
  }
  | {
    /** A byte that is 0 or 1. */
    readonly kind: "boolean";
  }
  | {
    /** Nothing: all is said by being there. */
    readonly kind: "flag";
  }
  | {
    readonly kind: "text";
    /** Whether a NUL ends it. */
    readonly terminated: boolean;
  }
  | {
    /** Bytes, as a hardware address. */
    readonly kind: "bytes";
  }
  | {
    /** An IPv4 or IPv6 address. */
    readonly kind: "address";
    /** Its length in bytes, where it is always the same. */
    readonly size?: 4 | 16;
  }
  | {
    /** Fields with fixed places. */
    readonly kind: "structure";
  }
  | {
    readonly kind: "list";
  }
  | {
    readonly kind: "attributes";
    /** The attributes. */
    readonly set: () => ShapedSet;
  }
  | {
    /** One of several formats. */
    readonly kind: "selected";
    /** The name of the field that selects it. */
    readonly selector: string;
    /** The formats by the selector's value. */
    readonly formats: () => Readonly<Record<string | number, Shaped>>;
  };

/** A codec, as far as it tells its shape. */
export interface Shaped {
  /** What the data are; absent where only the codec knows. */
  readonly shape?: Shape;
}

/** A table of attributes, as far as it tells their shapes. */
export type ShapedSet = Readonly<
  Record<string, readonly [type: number, name: string, codec: Shaped, ...json: unknown[]]>
>;

/**
 * Gives the values of a number names.
 *
 * @param codec How the number is written.
 * @param words The names of its values, or of its bits.
 * @returns How to read and write it, the same way.
 */
export function withWords<T extends Shaped>(codec: T, words: Words): T {
  return { ...codec, shape: { ...codec.shape, words } };
}
