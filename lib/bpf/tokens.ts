import { ProgramSyntaxError } from "./errors.ts";

/** A word, a number or a mark of a text, or its end. */
export interface Token {
  /** What it is. */
  kind: "word" | "number" | "mark" | "end";
  /** How it is written. */
  text: string;
  /** Where it starts in the text. */
  at: number;
}

const pattern = new RegExp(
  [
    /(?<space>\s+|;.*|^#.*|\/\*[^]*?\*\/)/,
    /(?<number>0x[0-9a-f]+|0b[01]+|0[0-7]*|[-+]?[1-9][0-9]*)/,
    /(?<word>[a-z_][a-z0-9_]*)/,
    /(?<mark>[:,#%[\]()+*&])/,
  ].map(({ source }) => source).join("|"),
  "imy",
);

/**
 * Splits a text in the syntax of the kernel's `bpf_asm`.
 *
 * @param text The text.
 * @returns Its tokens without comments, at last one that marks the end.
 * @throws {ProgramSyntaxError} At a character that begins nothing.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) {
      const problem = text.startsWith("/*", at)
        ? "the comment does not end: expected */"
        : `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))}`;
      throw syntaxError(text, at, problem);
    }
    for (const kind of ["word", "number", "mark"] as const) {
      if (groups[kind] !== undefined) tokens.push({ kind, text: groups[kind], at });
    }
    at = pattern.lastIndex;
  }
  tokens.push({ kind: "end", text: "", at });
  return tokens;
}

/**
 * Makes an error that tells a place by line and column.
 *
 * @param text The whole text.
 * @param at Where in it the error is.
 * @param message What is wrong.
 * @returns The error.
 */
export function syntaxError(text: string, at: number, message: string): ProgramSyntaxError {
  const before = text.slice(0, at).split("\n");
  return new ProgramSyntaxError(message, before.length, before.at(-1)!.length + 1);
}
