import type { IpJson } from "../rtnetlink/object_kind.ts";

/** What differs between two states of an object: by key the old value and the new one; null is one that is not there. */
export type ChangedKeys = Record<string, [before: unknown, after: unknown]>;

/**
 * Tells what differs between two states of an object.
 *
 * @param before The object as it was, as `ip -j -d` prints it.
 * @param after The object as it is.
 * @returns The keys that differ; those of objects within it by their path, such as "linkinfo.info_data.ageing_time".
 */
export function changedKeys(before: IpJson, after: IpJson): ChangedKeys {
  const changed: ChangedKeys = {};
  collect(changed, before, after, "");
  return changed;
}

function collect(changed: ChangedKeys, before: IpJson, after: IpJson, path: string): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [before[key], after[key]];
    if (isObject(from) && isObject(to)) collect(changed, from, to, `${path}${key}.`);
    else if (JSON.stringify(from) !== JSON.stringify(to)) {
      changed[path + key] = [from ?? null, to ?? null];
    }
  }
}

function isObject(value: unknown): value is IpJson {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
