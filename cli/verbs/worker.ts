import { join } from "node:path";
import * as v from "valibot";
import { checkoutFolder } from "../../shared/home.ts";
import { LEAN_NODE } from "../../shared/lean-node.ts";
import { parseChannelName } from "../channels/channel-name.ts";
import { defineVerb } from "../verb.ts";

const Channel = v.pipe(
  v.optional(v.string(), ""),
  v.transform(parseChannelName),
  v.check(
    (channel) => channel !== undefined,
    "a channel, as in its address: 1 to 25 of letters, digits and _",
  ),
);

export default defineVerb({
  name: "worker",
  summary: "one channel alone in this terminal, without supervisor and hub, until Ctrl-C",
  flags: [
    { flags: "--channel <name>", says: "which; config.yaml need not list it" },
    {
      flags: "--eventsub <source>",
      says: "direct: events by a connection of its own (default); disabled: none",
    },
  ],
  options: v.object({
    channel: Channel,
    eventsub: v.optional(v.picklist(["direct", "disabled"], "direct or disabled"), "direct"),
  }),
  async run({ options: { channel, eventsub } }, { home, environment }) {
    if (!process.execve) throw new Error(`Node ${process.version} can't become another program`);
    const program = join(checkoutFolder, "dist", "alone.mjs");
    // This very process becomes it: the terminal and every signal are the worker's from here on.
    return process.execve(
      process.execPath,
      [process.execPath, ...LEAN_NODE, program, "--channel", channel ?? "", "--eventsub", eventsub],
      {
        ...environment,
        KISSBOT_HOME: home.folder,
        NODE_ENV: "production",
        NODE_COMPILE_CACHE: home.compileCache,
        MALLOC_ARENA_MAX: "1",
      },
    );
  },
});
