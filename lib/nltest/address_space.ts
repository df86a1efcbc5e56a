import type { Address, Memory } from "../../ffi/libc.ts";

/** How far the addresses of two blocks are apart. */
const spacing = 2 ** 32;

/** Memory with made-up addresses: what libc's functions are given leads back to the bytes. */
export class AddressSpace {
  /** In the order of their addresses. As with real memory, a block lives as long as somebody refers to it. */
  readonly #blocks: WeakRef<ArrayBuffer>[] = [];

  /**
   * Allocates zeroed memory.
   *
   * @param size Its size in bytes.
   * @returns The memory.
   */
  allocate(size: number): Memory {
    const buffer = new ArrayBuffer(size);
    const address = this.#blocks.push(new WeakRef(buffer)) * spacing;
    return { bytes: new Uint8Array(buffer), view: new DataView(buffer), address };
  }

  /**
   * Finds what stands at an address.
   *
   * @param address The address.
   * @returns The memory from there to the end of its block.
   * @throws {RangeError} When nothing stands there.
   */
  at(address: Address): DataView {
    const number = Number(address);
    const buffer = this.#blocks[Math.floor(number / spacing) - 1]?.deref();
    if (buffer === undefined) throw new RangeError(`Nothing stands at address ${address}`);
    return new DataView(buffer, number % spacing);
  }

  /**
   * Follows a pointer.
   *
   * @param view Memory.
   * @param offset Where in it the pointer stands.
   * @returns What it points to, to the end of its block.
   * @throws {RangeError} When nothing stands there.
   */
  follow(view: DataView, offset: number): DataView {
    return this.at(view.getBigUint64(offset, true));
  }
}
