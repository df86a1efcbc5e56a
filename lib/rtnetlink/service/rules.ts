import { AttributeError } from "../../errors.ts";
import { HeaderFlags } from "../../message.ts";
import type { CallOptions } from "../../options.ts";
import { AddressFamily, MessageType } from "../constants.ts";
import { RouteTable } from "../route/constants.ts";
import { type Rule, ruleKind } from "../rule.ts";
import { RuleAction, RuleFlags } from "../rule_constants.ts";
import { parsePrefix } from "./ip_prefix.ts";
import { Service, type ServiceBase } from "./service.ts";

/**
 * A rule to add or delete. `src` and `dst` may have the length of a prefix behind them, such as
 * "10.0.0.0/8". The family is that of the addresses, IPv4 where there are none.
 */
export type RuleInit = Partial<Omit<Rule, "headerTable">>;

/** What the kernel itself says of a rule, and does not take. */
const told = RuleFlags.Unresolved | RuleFlags.IifDetached | RuleFlags.OifDetached |
  RuleFlags.Permanent;

function completeRule(init: RuleInit): Partial<Rule> {
  const rule: Partial<Rule> = { ...init, flags: (init.flags ?? 0) & ~told };
  for (const side of ["src", "dst"] as const) {
    const text = init[side];
    if (text === undefined) continue;
    const { family, address, length, explicit } = parsePrefix(side, text);
    if (rule.family !== undefined && rule.family !== family) {
      throw new AttributeError(`${side} is "${text}", which is not of the rule's family`);
    }
    rule.family = family;
    rule[side] = address;
    rule[`${side}Length`] = explicit ? length : init[`${side}Length`] ?? length;
  }
  rule.family ??= AddressFamily.Inet;
  return rule;
}

function describe(verb: string, { priority }: RuleInit): string {
  return `cannot ${verb} rule${priority === undefined ? "" : ` ${priority}`}`;
}

/** The rules that say which packets are routed by which table: `ip rule`. Changing them needs CAP_NET_ADMIN. */
export class RuleService<R = Promise<void>> extends Service<Rule, R> {
  /**
   * Makes the service; a `RouteConn` has one.
   *
   * @param base What it stands on.
   */
  constructor(base: ServiceBase<R>) {
    super(base, ruleKind, {
      request: ({ family = AddressFamily.Unspec }) => ({ family }),
      belongs: ({ family }, filter) =>
        filter.family !== undefined || family === AddressFamily.Inet ||
        family === AddressFamily.Inet6,
    });
  }

  /**
   * Adds a rule.
   *
   * @param init The rule. Without an action it looks in `table`, and without that in the main one; without a priority
   * it gets one before the first of those that were set.
   * @param options Ends the call early.
   * @returns When it is there.
   * @throws {OpError} With op "add-rule": code "EEXIST" when there is the same.
   */
  add(init: RuleInit, options?: CallOptions): R {
    const flags = HeaderFlags.Create | HeaderFlags.Excl;
    const make = () => {
      const { action = RuleAction.ToTable, ...rest } = completeRule(init);
      const looks = action === RuleAction.ToTable && rest.table === undefined && !rest.l3mdev;
      return {
        ...looks && { table: RouteTable.Main },
        ...rest,
        action,
      };
    };
    return this.change("add", describe("add", init), flags, make, options);
  }

  /**
   * Removes the first rule that is as the given one.
   *
   * @param init A rule that was listed, or as much of it as must be the same.
   * @param options Ends the call early.
   * @returns When it is gone.
   * @throws {OpError} With op "delete-rule": code "ENOENT" when there is none.
   */
  delete(init: RuleInit, options?: CallOptions): R {
    const type = MessageType.DelRule;
    const make = () => completeRule(init);
    return this.change("delete", describe("delete", init), 0, make, { ...options, type });
  }
}
