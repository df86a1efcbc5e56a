/** The longest name of a link in bytes, `IFNAMSIZ` in linux/if.h less its NUL. */
export const maxName = 15;

/**
 * Tells how long a name is.
 *
 * @param name The name.
 * @returns Its length in bytes.
 */
export function nameLength(name: string): number {
  return new TextEncoder().encode(name).length;
}

/**
 * Tells whether a link's name can be as long as this one.
 *
 * @param name The name.
 * @returns Whether it has 1 to 15 bytes.
 */
export function hasNameLength(name: string): boolean {
  const length = nameLength(name);
  return length >= 1 && length <= maxName;
}
