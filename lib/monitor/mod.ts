/**
 * Monitors of a network namespace: what is there, and what changes.
 *
 * @example
 * ```ts
 * import { monitor } from "@netlink/netlink/monitor";
 *
 * const signal = AbortSignal.timeout(1000);
 * for await (const { action, kind, object } of monitor({ snapshot: true, signal })) {
 *   console.log(action, kind, object);
 * }
 * ```
 *
 * @module
 */
export { monitor, type MonitorOptions, type MonitorRecord } from "./monitor.ts";
export type { SelectionOptions } from "./selection.ts";
export type { IpJson, KindName } from "../rtnetlink/object_kind.ts";
export {
  type MirrorChange,
  type MirrorKind,
  type MirrorObjects,
  type MirrorOptions,
  type MirrorState,
  type MirrorStats,
  NetworkMirror,
} from "./mirror.ts";
export { type Change, ChangeMonitor, type ChangeMonitorOptions } from "./change_monitor.ts";
