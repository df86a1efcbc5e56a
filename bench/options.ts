import { parseArgs } from "node:util";
import { cases } from "./cases.ts";
import { threshold } from "./compare.ts";

/** What the arguments ask for. */
export interface Options {
  /** The cases to measure; none is all. */
  readonly only: readonly string[];
  readonly quick: boolean;
  /** Where to write the report. */
  readonly json?: string;
  /** The report to compare with. */
  readonly compare?: string;
  readonly install: boolean;
  readonly publish: boolean;
  readonly help: boolean;
}

const percent = 100 * threshold;

/** The text of `--help`. */
export const usage = `Usage: [OPTION...]

  --only CASE     only this case; may be given more than once
  --quick         a first impression: 3 runs, fewer sizes, beside the program in C only
  --json FILE     writes the report there
  --compare FILE  says what is better and worse than in that report, and exits with 1 if anything is
                  worse: its median by more than ${percent} %, and the middle halves of the runs apart
  --install       first gets what the others need, from Debian (as root) and from npm
  --publish       writes bench/report.json, bench/report.txt, bench/chart.svg and the README's table
  --help          this text

Cases: ${cases.map(({ name }) => name).join(", ")}
`;

/**
 * Reads the arguments.
 *
 * @param args The arguments.
 * @returns What they ask for.
 * @throws {Error} When they are wrong.
 */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true, default: [] },
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      compare: { type: "string" },
      install: { type: "boolean", default: false },
      publish: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const only = values.only as string[]; // Deno's types do not tell
  for (const name of only) {
    if (!cases.some((benchmark) => benchmark.name === name)) throw new Error(`No case "${name}"`);
  }
  if (values.publish && (values.quick || only.length > 0)) {
    throw new Error("Only a whole run can be published: without --quick and --only");
  }
  return { ...values, only } as Options;
}
