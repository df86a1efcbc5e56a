/** What a rule does, `FR_ACT_*` in linux/fib_rules.h. */
export const RuleAction = {
  /** None; with {@link RuleAttributes.l3mdev} too, `FR_ACT_UNSPEC`. */
  Unspec: 0,
  /** Looks in a table, `FR_ACT_TO_TBL`. */
  ToTable: 1,
  /** Goes to a later rule, `FR_ACT_GOTO`. */
  Goto: 2,
  /** Nothing: goes to the next rule, `FR_ACT_NOP`. */
  Nop: 3,
  /** Drops packets silently, `FR_ACT_BLACKHOLE`. */
  Blackhole: 6,
  /** Drops packets: the network is unreachable, `FR_ACT_UNREACHABLE`. */
  Unreachable: 7,
  /** Drops packets: it is prohibited, `FR_ACT_PROHIBIT`. */
  Prohibit: 8,
} as const;

/** Flags of a rule, `FIB_RULE_*` in linux/fib_rules.h. */
export const RuleFlags = {
  /** Cannot be deleted, `FIB_RULE_PERMANENT`. */
  Permanent: 0x01,
  /** For the packets that do not match, `FIB_RULE_INVERT`. */
  Invert: 0x02,
  /** The rule to go to is not there, `FIB_RULE_UNRESOLVED`. */
  Unresolved: 0x04,
  /** There is no link named `iifName`, `FIB_RULE_IIF_DETACHED`. */
  IifDetached: 0x08,
  /** There is no link named `oifName`, `FIB_RULE_OIF_DETACHED`. */
  OifDetached: 0x10,
  /** Chooses the source address in lookups, too, `FIB_RULE_FIND_SADDR`. */
  FindSaddr: 0x10000,
} as const;
