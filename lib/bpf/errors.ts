/** Where the fault of a program is. */
export interface ProgramErrorDetails {
  /** Number of the instruction, from 0. */
  index?: number;
  /** Its field. */
  field?: string;
}

/** A program that cannot be assembled, or that the kernel would not run. */
export class ProgramError extends Error {
  /** The name of this class. */
  override readonly name: string = "ProgramError";
  /** Number of the offending instruction, from 0, where it is one. */
  declare readonly index?: number;
  /** The instruction's offending field, where it is one. */
  declare readonly field?: string;

  /**
   * Makes the error.
   *
   * @param message What is wrong.
   * @param details Where it is wrong.
   */
  constructor(message: string, { index, field }: ProgramErrorDetails = {}) {
    super(index === undefined ? message : `Instruction ${index}: ${message}`);
    if (index !== undefined) this.index = index;
    if (field !== undefined) this.field = field;
  }
}

/** A text that is no program. */
export class ProgramSyntaxError extends ProgramError {
  /** The name of this class. */
  override readonly name: string = "ProgramSyntaxError";
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1, in UTF-16 units. */
  readonly column: number;

  /**
   * Makes the error.
   *
   * @param message What is wrong, or what was expected and what was found.
   * @param line The line, from 1.
   * @param column The column, from 1.
   */
  constructor(message: string, line: number, column: number) {
    super(`Line ${line}, column ${column}: ${message}`);
    this.line = line;
    this.column = column;
  }
}
