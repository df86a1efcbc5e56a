/**
 * The measuring program of Deno and Bun: each line on standard input asks for one sample, which is
 * answered with a line of JSON. Arguments: the case, its variant, its size, and how many operations
 * make a sample.
 *
 * It reads its input without the event loop, so that nothing but the case is in the way of the case.
 *
 * @module
 */
import { readSync } from "node:fs";
import process from "node:process";
import type { Prepare } from "./case.ts";
import { say } from "./say.ts";

const [name, variant, size, operations] = process.argv.slice(2);
const { prepare }: { prepare: Prepare } = await import(`./cases/${name}.ts`);
const measure = await prepare(variant, Number(size), Number(operations));
const input = new Uint8Array(16);
while (readSync(0, input) > 0) say(await measure());
process.exit();
