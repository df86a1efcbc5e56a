/**
 * Requests to rtnetlink whose answers are known, so that no answer can be taken for another one's.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type Conn,
  HeaderFlags,
  HeaderType,
  type Message,
  type MessageInit,
  OpError,
} from "../mod.ts";
import type { Namespace } from "./harness.ts";
import { addManyLinks, getLink, getLinks, linkIndex, silent } from "./netlink.ts";

const { Acknowledge, Request } = HeaderFlags;

/** How many links there are, the loopback included: their indexes are 1 to this. */
export const linkCount = 20;

/** Makes the links that the questions are about. */
export function addLinks(ns: Namespace): void {
  addManyLinks(ns, linkCount - 1);
}

/** Nothing but an acknowledgement comes back. */
const acknowledged: MessageInit = { header: { ...silent.header, flags: Request | Acknowledge } };

/** What comes back for a request: links by their indexes, an acknowledgement as "ok", an error as its code. */
export type Answer = string;

/** The answer to a dump. */
const everyLink: Answer = Array.from({ length: linkCount }, (_, i) => i + 1).join();

/** Questions of several kinds, and the answers to them. */
export function question(number: number): { request: MessageInit; answer: Answer } {
  const index = number % linkCount + 1;
  switch (number % 23) {
    case 1:
      return { request: getLink(1000 + number), answer: "ENODEV" };
    case 2:
      return { request: getLink(1000 + number, Acknowledge), answer: "ENODEV" };
    case 3:
      return { request: { header: { type: 9999, flags: Request } }, answer: "EOPNOTSUPP" };
    case 4:
      return { request: acknowledged, answer: "ok" };
    case 5:
      return { request: getLinks(), answer: everyLink };
    case 6:
      return { request: getLink(index, Acknowledge), answer: `${index},ok` };
    default:
      return { request: getLink(index), answer: `${index}` };
  }
}

/** By sequence number: no two answers may have the same. */
export class Answers extends Map<number, Answer> {
  override set(sequence: number, answer: Answer): this {
    assert.ok(!this.has(sequence), `two answers have the sequence ${sequence}`);
    return super.set(sequence, answer);
  }

  /** Reads what a call gave, all of which must be for one request of the connection. */
  async read(conn: Conn, call: Promise<Message[]>): Promise<Answer> {
    try {
      const messages = await call;
      const { sequence } = messages[0].header;
      const parts: (string | number)[] = [];
      for (const message of messages) {
        assert.equal(message.header.sequence, sequence);
        assert.equal(message.header.pid, conn.pid);
        parts.push(message.header.type === HeaderType.Error ? "ok" : linkIndex(message));
      }
      const answer = parts.join();
      this.set(sequence, answer);
      return answer;
    } catch (error) {
      if (!(error instanceof OpError) || error.sequence === undefined) throw error;
      this.set(error.sequence, error.code!);
      return error.code!;
    }
  }
}
