/** Does what its argument says, and then nothing more: the process is to end by itself, or not. */
import { dial, Family, HeaderFlags } from "../../mod.ts";
import { openTerminal } from "../../lib/terminal.ts";

const [what] = openTerminal().args;
const conn = dial(Family.Usersock);
const ignore = () => {};

const cases: Record<string, () => unknown> = {
  open: ignore,
  closed: () => conn.close(),
  async executed() {
    // All families of generic netlink.
    const flags = HeaderFlags.Request | HeaderFlags.Dump;
    const generic = dial(Family.Generic);
    await generic.execute({ header: { type: 16, flags }, data: Uint8Array.of(3, 1, 0, 0) });
  },
  waiting: () => conn.receive(),
  "waiting with a deadline": () => {
    conn.setDeadline(Date.now() + 50);
    conn.receive().catch(ignore);
  },
  "open with a deadline": () => conn.setDeadline(Date.now() + 100_000),
  "unref'd, waiting with a deadline"() {
    conn.unref();
    conn.setDeadline(Date.now() + 100_000);
    conn.receive();
  },
  "waiting, then unref'd"() {
    conn.receive();
    setTimeout(() => conn.unref(), 20);
  },
  "unref'd, then waiting"() {
    conn.unref();
    conn.receive();
  },
  "unref'd, waiting, then ref'd"() {
    conn.unref();
    conn.receive();
    setTimeout(() => conn.ref(), 20);
    setTimeout(ignore, 50);
  },
  "one of two unref'd"() {
    conn.unref();
    conn.receive();
    dial(Family.Usersock).receive();
  },
  "closed while waiting"() {
    conn.receive().catch(ignore);
    setTimeout(() => conn.close(), 20);
  },
  "closed at once"() {
    conn.receive().catch(ignore);
    conn.close();
  },
  aborted: () => conn.receive({ signal: AbortSignal.timeout(20) }).catch(ignore),
  async "one of two aborted"() {
    conn.receive();
    await conn.receive({ signal: AbortSignal.timeout(20) }).catch(ignore);
  },
  async "aborted, then waiting again"() {
    await conn.receive({ signal: AbortSignal.timeout(20) }).catch(ignore);
    conn.receive();
  },
  async "closed and opened again"() {
    for (let i = 0; i < 5; i++) {
      const other = dial(Family.Usersock);
      const received = other.receive().catch(ignore);
      await new Promise((resolve) => setTimeout(resolve, 5));
      other.close();
      await received;
    }
  },
};

console.log("started");
cases[what]();
