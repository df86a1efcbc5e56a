/** Imports whatever the package exports, and does nothing with it. */
import "../../cli.ts";
import "../../lib/monitor/mod.ts";
import "../../lib/nlenc.ts";
import "../../lib/nltest.ts";
import "../../lib/rtnetlink/mod.ts";
import "../../mod.ts";

console.log("imported");
