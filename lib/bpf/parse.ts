import type { ProgramSyntaxError } from "./errors.ts";
import type { RawInstruction } from "./instructions.ts";
import {
  Class,
  extensionOffset,
  Mode,
  negate,
  returnA,
  Size,
  sourceX,
  tax,
  Test,
  txa,
} from "./opcodes.ts";
import { aluWords, extensionWords, jumpWords, lengthWord } from "./text_names.ts";
import { syntaxError, type Token, tokenize } from "./tokens.ts";

/**
 * Parses a program in the syntax of the kernel's `bpf_asm`.
 *
 * @param text The program.
 * @returns Its instructions.
 * @throws {ProgramSyntaxError} Where the text is no program.
 */
export function parse(text: string): RawInstruction[] {
  return new Parser(text).program();
}

/** A jump to a label, whose place may not be known yet. */
interface Reference {
  index: number;
  field: "jt" | "jf" | "k";
  label: Token;
}

class Parser {
  readonly #text: string;
  readonly #tokens: Token[];
  #at = 0;
  readonly #program: RawInstruction[] = [];
  readonly #labels = new Map<string, number>();
  readonly #references: Reference[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  program(): RawInstruction[] {
    while (this.#token.kind !== "end") {
      while (this.#tokens[this.#at + 1]?.text === ":") this.#label();
      this.#program.push(this.#instruction());
    }
    for (const reference of this.#references) this.#resolve(reference);
    return this.#program;
  }

  get #token(): Token {
    return this.#tokens[this.#at];
  }

  #label(): void {
    const token = this.#word("a label");
    if (this.#labels.has(token.text)) {
      throw this.#error(`there is already a label ${token.text}`, token);
    }
    this.#labels.set(token.text, this.#program.length);
    this.#mark(":");
  }

  #resolve({ index, field, label }: Reference): void {
    const target = this.#labels.get(label.text);
    if (target === undefined) throw this.#error(`there is no label ${label.text}`, label);
    const skip = target - index - 1;
    if (skip < 0) throw this.#error(`${label.text} is not after the jump`, label);
    if (field !== "k" && skip > 0xff) {
      throw this.#error(
        `${label.text} is ${skip} instructions away, but a comparison skips at most 255`,
        label,
      );
    }
    this.#program[index][field] = skip;
  }

  #instruction(): RawInstruction {
    const word = this.#word("an instruction");
    const mnemonic = word.text.toLowerCase();
    switch (mnemonic) {
      case "ld":
        return this.#load(Size.Word);
      case "ldh":
        return this.#load(Size.Half);
      case "ldb":
        return this.#load(Size.Byte);
      case "ldi":
      case "ldxi":
        this.#has("#");
        return raw(mnemonic === "ldi" ? Class.Load : Class.LoadX, this.#number());
      case "ldx":
        return this.#loadX();
      case "ldxb":
        return this.#memShift();
      case "st":
        return raw(Class.Store, this.#scratch());
      case "stx":
        return raw(Class.StoreX, this.#scratch());
      case "jmp":
      case "ja":
        this.#reference("k");
        return raw(Class.Jump | Test.Always, 0);
      case "neg":
        return raw(Class.ALU | negate, 0);
      case "tax":
        return raw(Class.Misc | tax, 0);
      case "txa":
        return raw(Class.Misc | txa, 0);
      case "ret":
        return this.#return();
      case "raw":
        return this.#raw();
    }
    if (Object.hasOwn(aluWords, mnemonic)) {
      const { source, k } = this.#operand();
      return raw(Class.ALU | aluWords[mnemonic][0] | source, k);
    }
    if (Object.hasOwn(jumpWords, mnemonic)) return this.#jump(...jumpWords[mnemonic]);
    throw this.#expected("an instruction", word);
  }

  #load(size: number): RawInstruction {
    if (this.#has("[")) return this.#packet(size);
    const hash = this.#has("#");
    const word = this.#token.text.toLowerCase();
    if (Object.hasOwn(extensionWords, word)) {
      this.#at++;
      return raw(Class.Load | Mode.Absolute | size, extensionOffset + extensionWords[word]);
    }
    const plain = size === Size.Word ? this.#loadInto(Class.Load, hash) : undefined;
    if (plain !== undefined) return plain;
    if (size !== Size.Word) throw this.#expected(hash ? "an extension" : `"[" or an extension`);
    throw this.#expected(hash ? "a number or an extension" : `"[", "#", "M" or an extension`);
  }

  #loadX(): RawInstruction {
    if (this.#token.kind === "number") return this.#memShift();
    const hash = this.#has("#");
    const plain = this.#loadInto(Class.LoadX, hash);
    if (plain !== undefined) return plain;
    throw this.#expected(hash ? `a number or "len"` : `"#", "M", "len" or "4*([" and an offset`);
  }

  /** What both registers can be loaded with: a constant, the length, a word of scratch memory. */
  #loadInto(register: number, hash: boolean): RawInstruction | undefined {
    if (this.#has(lengthWord)) return raw(register | Mode.Length, 0);
    if (hash) return this.#token.kind === "number" ? raw(register, this.#number()) : undefined;
    if (this.#token.text.toLowerCase() !== "m") return undefined;
    return raw(register | Mode.Scratch, this.#scratch());
  }

  /** An offset into the packet, after the opening bracket. */
  #packet(size: number): RawInstruction {
    let mode: number = Mode.Absolute;
    if (this.#has("%") || this.#token.text.toLowerCase() === "x") {
      this.#mark("x");
      mode = Mode.Indirect;
      // "x+4" without a space is a number with its sign.
      if (!/^[-+]/.test(this.#token.text) || this.#token.kind === "mark") this.#mark("+");
    }
    const k = this.#number();
    this.#mark("]");
    return raw(Class.Load | mode | size, k);
  }

  #memShift(): RawInstruction {
    this.#exactly(4);
    for (const mark of "*([") this.#mark(mark);
    const k = this.#number();
    for (const mark of "]&") this.#mark(mark);
    this.#exactly(0xf);
    this.#mark(")");
    return raw(Class.LoadX | Mode.MemShift | Size.Byte, k);
  }

  #scratch(): number {
    for (const mark of "M[") this.#mark(mark);
    const n = this.#number();
    this.#mark("]");
    return n;
  }

  #operand(): { source: number; k: number } {
    if (this.#has("#")) return { source: 0, k: this.#number() };
    const percent = this.#has("%");
    if (this.#has("x")) return { source: sourceX, k: 0 };
    throw this.#expected(percent ? `"x"` : `"#" and a number, or "x"`);
  }

  #jump(test: number, swapped: boolean): RawInstruction {
    const { source, k } = this.#operand();
    this.#mark(",");
    this.#reference(swapped ? "jf" : "jt");
    if (!swapped && this.#has(",")) this.#reference("jf");
    return raw(Class.Jump | test | source, k);
  }

  #reference(field: Reference["field"]): void {
    this.#references.push({ index: this.#program.length, field, label: this.#word("a label") });
  }

  #return(): RawInstruction {
    if (this.#has("#")) return raw(Class.Return, this.#number());
    const percent = this.#has("%");
    if (this.#has("a")) return raw(Class.Return | returnA, 0);
    // bpf_asm knows it, although the kernel does not.
    if (this.#has("x")) return raw(Class.Return | sourceX, 0);
    throw this.#expected(percent ? `"a" or "x"` : `"#" and a number, or "a"`);
  }

  #raw(): RawInstruction {
    const [op, jt, jf] = [0xffff, 0xff, 0xff].map((high) => {
      const number = this.#number(0, high);
      this.#mark(",");
      return number;
    });
    return { op, jt, jf, k: this.#number() };
  }

  /** Takes a word or a mark if it is there. */
  #has(text: string): boolean {
    const has = this.#token.text.toLowerCase() === text;
    if (has) this.#at++;
    return has;
  }

  #mark(mark: string): void {
    if (!this.#has(mark.toLowerCase())) throw this.#expected(`"${mark}"`);
  }

  #word(what: string): Token {
    const token = this.#token;
    if (token.kind !== "word") throw this.#expected(what);
    this.#at++;
    return token;
  }

  #exactly(number: number): void {
    if (this.#token.kind !== "number" || numberOf(this.#token.text) !== number) {
      throw this.#expected(`${number}`);
    }
    this.#at++;
  }

  #number(low = -0x8000_0000, high = 0xffff_ffff): number {
    const { kind, text } = this.#token;
    const number = kind === "number" ? numberOf(text) : NaN;
    if (!(number >= low && number <= high)) {
      throw this.#expected(`a number from ${low} to ${high}`);
    }
    this.#at++;
    return number >>> 0;
  }

  #expected(what: string, token: Token = this.#token): ProgramSyntaxError {
    const found = token.kind === "end" ? "the end of the text" : JSON.stringify(token.text);
    return this.#error(`expected ${what}, found ${found}`, token);
  }

  #error(message: string, { at }: Token): ProgramSyntaxError {
    return syntaxError(this.#text, at, message);
  }
}

function raw(op: number, k: number): RawInstruction {
  return { op, jt: 0, jf: 0, k };
}

function numberOf(text: string): number {
  return /^0[0-7]+$/.test(text) ? parseInt(text, 8) : Number(text);
}
