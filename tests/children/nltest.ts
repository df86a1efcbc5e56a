/** Speaks with a scripted kernel, without any permission; with an argument, one that fails unheard. */
import { dial, multipart } from "../../lib/nltest.ts";
import { openTerminal } from "../../lib/terminal.ts";

const fails = openTerminal().args.length > 0;
using conn = dial(async () => {
  await undefined;
  if (fails) throw new Error("nobody listens");
  return multipart([{ header: { type: 16 } }, { header: { type: 16 } }, {}]);
});
if (fails) await conn.send({ header: { type: 18 } });
else console.log((await conn.execute({ header: { type: 18, flags: 0x301 } })).length);
