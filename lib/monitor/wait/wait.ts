import type { Config } from "../../options.ts";
import { type Condition, parseConditions } from "./condition.ts";
import type { Finding } from "./link_facts.ts";
import { type MirrorKind, type MirrorState, NetworkMirror } from "../mirror.ts";

/** How long in milliseconds further changes may join one, before the conditions are looked at. */
const gathering = 5;

/** How to wait. */
export interface WaitOptions {
  /** The network namespace, instead of the process's own; see `Config.netNS`. Needs CAP_SYS_ADMIN. */
  netNS?: Config["netNS"];
  /** Ends the waiting, but not before a first look at what is there. */
  signal?: AbortSignal;
}

/** How the waiting ended. */
export interface WaitResult {
  /** Whether all conditions hold. */
  met: boolean;
  /** What was found last about each condition. */
  findings: Array<Finding & { condition: string }>;
}

/**
 * Waits until all of some conditions hold at the same moment. It follows what the kernel tells, and where that
 * is silent reads again; before what it has followed counts, it is read as a whole. Needs no privilege for
 * the own namespace. It keeps the process alive until it ends.
 *
 * @param conditions The conditions, such as "eth0 up" and "route default": see `parseConditions`.
 * @param options Where, and until when.
 * @returns What was found; `met` is false only after the signal was aborted.
 * @throws {ConditionError} When a condition makes no sense.
 * @throws {NetNSGoneError} When the namespace was named and its name has been deleted, or its process has ended.
 * @throws {OpError} When the system refuses the socket, the namespace, a group or a dump.
 *
 * @example
 * ```ts
 * import { waitFor } from "@netlink/netlink/monitor";
 *
 * const { met, findings } = await waitFor(["lo up", "lo address 127.0.0.1"], {
 *   signal: AbortSignal.timeout(1000),
 * });
 * if (!met) console.log(findings.filter(({ met }) => !met).map(({ fact }) => fact).join(", "));
 * ```
 */
export async function waitFor(
  conditions: readonly string[],
  { netNS, signal }: WaitOptions = {},
): Promise<WaitResult> {
  const parsed = parseConditions(conditions);
  const kinds: MirrorKind[] = ["link", ...parsed.flatMap(({ kinds }) => kinds)];
  using mirror = await NetworkMirror.open({ kinds, netNS });
  const close = () => mirror.close();
  signal?.addEventListener("abort", close);
  try {
    let result = look(parsed, mirror);
    while (!result.met && !signal?.aborted) {
      const changes = mirror.changes();
      result = look(parsed, mirror);
      // The kernel may have changed things without a word, so that they are not what they seem yet.
      if (result.met) result = await lookAfresh(parsed, { kinds, netNS });
      if (!result.met) await changes.next();
      await changes.return!();
      if (!result.met) await new Promise((resolve) => setTimeout(resolve, gathering));
    }
    return result;
  } finally {
    signal?.removeEventListener("abort", close);
  }
}

function look(conditions: readonly Condition[], state: MirrorState): WaitResult {
  const findings = conditions.map(({ text, check }) => ({ condition: text, ...check(state) }));
  return { met: findings.every(({ met }) => met), findings };
}

async function lookAfresh(
  conditions: readonly Condition[],
  options: { kinds: MirrorKind[]; netNS: Config["netNS"] },
): Promise<WaitResult> {
  using mirror = await NetworkMirror.open(options);
  return look(conditions, mirror);
}
