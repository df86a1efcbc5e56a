/** Whether this machine, and with it netlink, stores the least significant byte first. */
export const littleEndian: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Gives what a program loads, as big-endian, for a number in the machine's own order; and the number for what
 * it loads.
 *
 * @param number The number, unsigned.
 * @param size Its length in bytes.
 * @returns The number with its bytes in the other order; itself on a big-endian machine.
 */
export function swap(number: number, size: number): number {
  if (!littleEndian || size === 1) return number;
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, number, true);
  return view.getUint32(0) / 2 ** (32 - 8 * size);
}
