/** The shortest list of changes that is kept, however small the map. */
const fewChanges = 64;

/**
 * A map with snapshots, which stay as they are. Those of a while share a copy of the map, and each has the changes
 * since: a snapshot after each of many changes costs the square root of what a copy of the map does.
 */
export class SnapshotMap<K, V> {
  readonly #map = new Map<K, V>();
  /** The copy that the next snapshots begin with. */
  #base?: ReadonlyMap<K, V>;
  /** What has changed since the base; what is undefined is gone. */
  readonly #changes = new Map<K, V | undefined>();
  /** The last snapshot, while nothing has changed since. */
  #snapshot?: ReadonlyMap<K, V>;

  /** The map as it is now, and as it changes. */
  get live(): ReadonlyMap<K, V> {
    return this.#map;
  }

  /**
   * Sets a key.
   *
   * @param key The key.
   * @param value Its value.
   */
  set(key: K, value: V): void {
    this.#note(key, value);
    this.#map.set(key, value);
  }

  /**
   * Deletes a key.
   *
   * @param key The key.
   */
  delete(key: K): void {
    this.#note(key, undefined);
    this.#map.delete(key);
  }

  /**
   * Takes a snapshot.
   *
   * @returns The map as it is now, for ever.
   */
  snapshot(): ReadonlyMap<K, V> {
    this.#base ??= new Map(this.#map);
    return this.#snapshot ??= new Snapshot(this.#base, new Map(this.#changes), this.#map.size);
  }

  /** Comes before each change. */
  #note(key: K, value: V | undefined): void {
    this.#snapshot = undefined;
    if (this.#base === undefined) return;
    this.#changes.set(key, value);
    if (this.#changes.size <= Math.max(fewChanges, Math.sqrt(this.#map.size))) return;
    this.#base = undefined;
    this.#changes.clear();
  }
}

/** A map that does not change: a base, and what was different from it. */
class Snapshot<K, V> implements ReadonlyMap<K, V> {
  readonly #base: ReadonlyMap<K, V>;
  readonly #changes: ReadonlyMap<K, V | undefined>;
  readonly size: number;

  constructor(base: ReadonlyMap<K, V>, changes: ReadonlyMap<K, V | undefined>, size: number) {
    this.#base = base;
    this.#changes = changes;
    this.size = size;
  }

  get(key: K): V | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#base.get(key);
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  forEach(fn: (value: V, key: K, map: ReadonlyMap<K, V>) => void, thisArg?: unknown): void {
    for (const [key, value] of this) fn.call(thisArg, value, key, this);
  }

  *entries(): MapIterator<[K, V]> {
    for (const [key, value] of this.#base) {
      const now = this.#changes.has(key) ? this.#changes.get(key) : value;
      if (now !== undefined) yield [key, now];
    }
    for (const [key, value] of this.#changes) {
      if (value !== undefined && !this.#base.has(key)) yield [key, value];
    }
  }

  *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }
}
