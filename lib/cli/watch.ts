import { endingLine } from "../monitor/text/human.ts";
import { watchInterface } from "../monitor/interface_watch.ts";
import { timestamp } from "../monitor/record.ts";
import { dial } from "../rtnetlink/service/route_conn.ts";
import { type Arguments, type Context, timedOut } from "./command.ts";

/**
 * Waits until an interface is not what it was, and prints what happened: `watch`.
 *
 * @param args Which interface.
 * @param context What to work with.
 * @returns The exit code: 1 when nothing happened in time.
 */
export async function runWatch(args: Arguments, context: Context): Promise<number> {
  const { operands: [name], options: { netNS }, json, timeout } = args;
  const { terminal, output, signal, colored } = context;
  using rt = dial({ netNS });
  const { name: ifname = name, index: ifindex } = await rt.links.get(name);
  const ending = await watchInterface(ifname, { expectedIndex: ifindex, netNS, signal });
  if (ending.error !== undefined) throw ending.error;
  if (ending.reason === "stopped") {
    if (signal.reason !== timedOut) return 0;
    terminal.writeError(`Nothing happened to ${ifname} within ${timeout} s\n`);
    return 1;
  }
  const time = timestamp();
  output.push(
    json
      ? JSON.stringify({ time, ifname, ifindex, ...ending })
      : endingLine(time, { name: ifname, index: ifindex }, ending, colored),
  );
  return 0;
}
