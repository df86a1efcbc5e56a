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
export type { ChangedKeys } from "./changed_keys.ts";
export { monitor, type MonitorOptions } from "./monitor.ts";
export type { MonitorRecord } from "./record.ts";
export type { SelectionOptions } from "./filter/selection.ts";
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
export {
  watchInterface,
  type WatchInterfaceOptions,
  type WatchInterfaceResult,
} from "./interface_watch.ts";
export { type Condition, ConditionError, parseConditions } from "./wait/condition.ts";
export type { Finding } from "./wait/link_facts.ts";
export { waitFor, type WaitOptions, type WaitResult } from "./wait/wait.ts";
