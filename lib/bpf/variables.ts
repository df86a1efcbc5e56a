import { swap } from "./byte_order.ts";
import type { Load, Path, Variable } from "./condition.ts";
import { kindMask } from "./rtnetlink.ts";

type NumberLoad = Extract<Load, { readonly size: number }>;

/** The bits of a message's type of which at least one is set in those that belong to a family. */
const familyTypes = 0xfff0;

/**
 * Makes the variables of a program: one for one thing, in the order in which they are asked for. But what must
 * be known of an attribute before a part of its value can be loaded comes before it.
 */
export class Variables {
  readonly #known = new Map<string, Variable>();
  /** The message's type. */
  readonly type: Variable;
  /** The bits of the type that are 0 in messages that are not a family's, such as errors. */
  readonly familyType: Variable;
  /** The bits of the type that tell the kind of object. */
  readonly kind: Variable;

  constructor() {
    // The type comes first: what is loaded of it serves all three.
    this.type = this.packet(4, 2);
    this.familyType = this.bits(this.type, swap(familyTypes, 2));
    this.kind = this.bits(this.type, swap(kindMask, 2));
  }

  /** The length of the datagram. */
  length(): Variable {
    return this.#get("length", { load: { kind: "length" }, limit: 2 ** 32, mask: 0xffff_ffff });
  }

  /** A number at an offset from the start of the datagram, as big-endian unless its bytes are swapped. */
  packet(offset: number, size: 1 | 2 | 4, swapped = false): Variable {
    return this.#number(`${offset}`, { kind: "packet", offset, size, swapped });
  }

  /** Where an attribute is. */
  search(path: Path): Variable {
    const { start, types } = path;
    if (types.length > 1) this.search({ start, types: types.slice(0, -1) });
    const load: Load = { kind: "search", path };
    return this.#get(pathKey(path), { load, limit: 2 ** 32, mask: 0xffff_ffff });
  }

  /** The same at an offset from the header of an attribute; at 0 it is the length. */
  attribute(path: Path, offset: number, size: 1 | 2 | 4, swapped = false): Variable {
    if (offset === 0) this.search(path);
    else this.attribute(path, 0, 2);
    const load: Load = { kind: "attribute", path, offset, size, swapped };
    return this.#number(`${pathKey(path)}+${offset}`, load);
  }

  /** Some bits of a variable. */
  bits(of: Variable, mask: number): Variable {
    if (mask === of.mask) return of;
    return this.#get(`${of.order}&${mask}`, { load: of.load, limit: of.limit, of, mask });
  }

  #number(key: string, load: NumberLoad): Variable {
    const limit = 2 ** (8 * load.size);
    const order = load.swapped ? " swapped" : "";
    return this.#get(`${key}:${load.size}${order}`, { load, limit, mask: limit - 1 });
  }

  #get(key: string, details: Omit<Variable, "order">): Variable {
    let variable = this.#known.get(key);
    if (variable === undefined) {
      variable = { order: this.#known.size, ...details };
      this.#known.set(key, variable);
    }
    return variable;
  }
}

/**
 * Names a way to an attribute.
 *
 * @param path The way.
 * @returns The same name for the same way.
 */
export function pathKey({ start, types }: Path): string {
  return `${start}/${types.join("/")}`;
}
