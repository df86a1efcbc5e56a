import type { IpJson, KindName } from "../rtnetlink/object_kind.ts";
import type { ChangedKeys } from "./changed_keys.ts";

/** What a monitor gives: one object that is there, new, changed or gone, or news about the monitoring itself. */
export interface MonitorRecord {
  /** When the record was made: UTC in ISO 8601, with microseconds. */
  time: string;
  /** Its number, from 1. */
  sequence: number;
  /**
   * `snapshot`: an object that was there at the start. `synced`: the snapshot is complete. `new`: an object is new or
   * has changed. `delete`: it is gone. `overrun`: events were lost; what they would have told follows as new and delete.
   */
  action: "snapshot" | "synced" | "new" | "delete" | "overrun";
  /** The kind of object. */
  kind?: KindName;
  /** What makes the object the one it is, among its kind in its namespace. */
  key?: string;
  /** The object as `ip -j -d` prints it. */
  object?: IpJson;
  /** The object as it was before, when it has changed; not where it is wanted only since then. */
  previous?: IpJson;
  /**
   * What has changed of it: by key the old value and the new one, null where it is not there. Keys of objects within
   * it are paths, such as "linkinfo.info_data.ageing_time".
   */
  changed?: ChangedKeys;
  /** The id of the namespace that the event came from, when it is another one. */
  nsid?: number;
  /** How many datagrams were lost. */
  drops?: number;
}

/** A record that has no number yet. */
export type MonitorNews = Omit<MonitorRecord, "time" | "sequence">;

/** How far in milliseconds the time may be from that of the system's clock, which has no microseconds. */
const tolerance = 2;

/** When the clock that nobody sets began, by the system's clock. */
let origin = performance.timeOrigin;

/**
 * Tells the time, as the system's clock has it: also when that has been set, or the machine was suspended.
 *
 * @returns UTC in ISO 8601, with microseconds.
 */
export function timestamp(): string {
  const ticks = performance.now();
  const date = Date.now();
  if (Math.abs(origin + ticks - date) > tolerance) origin = date - ticks;
  const now = origin + ticks;
  const micros = Math.floor((now % 1) * 1000).toString().padStart(3, "0");
  return new Date(now).toISOString().replace("Z", `${micros}Z`);
}
