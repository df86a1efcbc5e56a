/** A place in a text. */
export interface Spot {
  /** The whole text. */
  readonly source: string;
  /** How many UTF-16 units stand before it. */
  readonly at: number;
}

/** How much of a line is shown before a mistake and after it. */
const shown = 60;

/** How many alternatives a message has at most. */
const maxAlternatives = 24;

/** A text that is no expression: where it is none, and what could stand there. */
export class ExpressionError extends Error {
  /** The name of this class. */
  override readonly name: string = "ExpressionError";
  /** Where the mistake begins, in UTF-16 units from the start of the text. */
  readonly position: number;
  /** What could stand there: marks and keywords in double quotes, names, and descriptions such as "a number". */
  readonly expected: readonly string[];
  /** The line of the text that has the mistake, and under it a line with a caret. */
  readonly excerpt: string;

  /**
   * Makes the error.
   *
   * @param problem What is wrong, such as what was found.
   * @param spot Where.
   * @param expected What could stand there.
   * @param near Those of them that were probably meant; the message has them alone.
   */
  constructor(
    problem: string,
    spot: Spot,
    expected: readonly string[],
    near: readonly string[] = [],
  ) {
    const hint = near.length > 0
      ? `: did you mean ${oneOf(near)}?`
      : expected.length > 0
      ? `: expected ${oneOf(expected)}`
      : "";
    super(`Filter expression, position ${spot.at}: ${problem}${hint}`);
    this.position = spot.at;
    this.expected = expected;
    this.excerpt = excerptOf(spot);
  }
}

/** Puts alternatives one after the other, such as "a, b or c". */
function oneOf(all: readonly string[]): string {
  const left = all.length - maxAlternatives;
  const words = left > 0 ? [...all.slice(0, maxAlternatives), `one of ${left} more`] : all;
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function excerptOf({ source, at }: Spot): string {
  const start = Math.max(source.lastIndexOf("\n", at - 1) + 1, at - shown);
  const [line] = source.slice(start, at + shown).split("\n", 1);
  return `${line}\n${source.slice(start, at).replace(/[^\t]/g, " ")}^`;
}
