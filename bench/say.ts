import { writeSync } from "node:fs";
import type { Answer } from "./case.ts";

/**
 * Tells the harness something, from within a measuring program.
 *
 * @param answer What to tell; what a sample has not is left out.
 */
export function say(answer: Partial<Answer>): void {
  const text = new TextEncoder().encode(`${JSON.stringify(answer)}\n`);
  for (let at = 0; at < text.length;) at += writeSync(1, text, at);
}

/** Tells that events may come, once the measuring program waits for them. */
export function announce(): void {
  setTimeout(() => say({ ready: true }), 50);
}
