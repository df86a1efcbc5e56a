import { ExpressionError, type Spot } from "./error.ts";

/** A part of an expression. */
export interface Token extends Spot {
  /**
   * A "word" is a name, a keyword, a number, an address, or text that needs no quotes; a "text" has them.
   */
  readonly kind: "word" | "text" | "mark" | "end";
  /** How it is written. */
  readonly text: string;
  /** What it says: a text without its quotes. */
  readonly value: string;
}

const pattern = new RegExp(
  [
    /\s+/,
    /(?<word>[\w:/@%+-]+(?:\.(?!\.)[\w:/@%+-]*)*)/,
    /(?<text>"[^"\\]*(?:\\[^][^"\\]*)*")/,
    /(?<mark>[=!<>]=|\.\.|&&|\|\||[^])/,
  ].map(({ source }) => source).join("|"),
  "uy",
);

/**
 * Splits an expression.
 *
 * @param source The expression.
 * @returns Its tokens, at last one that marks the end.
 * @throws {ExpressionError} At a text in quotes that does not end, or is written otherwise than in JSON.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    pattern.lastIndex = at;
    const { word, text, mark } = pattern.exec(source)!.groups!;
    if (word !== undefined) tokens.push({ kind: "word", text: word, value: word, source, at });
    if (text !== undefined) {
      tokens.push({ kind: "text", text, value: unquote(text, { source, at }), source, at });
    }
    if (mark === '"') {
      throw new ExpressionError("The text does not end", { source, at }, ['a closing "']);
    }
    if (mark !== undefined) tokens.push({ kind: "mark", text: mark, value: mark, source, at });
    at = pattern.lastIndex;
  }
  tokens.push({ kind: "end", text: "", value: "", source, at });
  return tokens;
}

function unquote(text: string, spot: Spot): string {
  let value = "";
  try {
    value = JSON.parse(text);
  } catch {
    throw new ExpressionError(`${text} is no text`, spot, ["a text as in JSON"]);
  }
  if (!value.includes("\0") && value.isWellFormed()) return value;
  throw new ExpressionError(`${text} is no text`, spot, [
    "one without NUL and half surrogate pairs",
  ]);
}

/**
 * Tells how a token is called in errors.
 *
 * @param token The token.
 * @returns What was found.
 */
export function found({ kind, text }: Token): string {
  if (kind === "end") return "Found the end";
  return `Found ${kind === "text" ? text : JSON.stringify(text)}`;
}
