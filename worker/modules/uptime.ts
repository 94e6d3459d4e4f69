import * as v from "valibot";
import { defineModule, effects } from "../module.ts";
import { say } from "../outputs/chat.ts";
import { toSpokenDuration } from "../spoken-duration.ts";

export default defineModule({
  name: "uptime",
  summary: "Says for how long the bot has been up in this channel, and how many commands it has answered.",
  config: v.strictObject({}),
  commands: [
    {
      words: ["uptime"],
      usage: "uptime",
      who: "everyone",
      cooldownMs: { perUser: 2_000, perChannel: 0 },
      run(_call, { clock, house }) {
        const up = toSpokenDuration(clock.now() - house.startedAt);
        return effects(say({ text: `Bot uptime: ${up} ⏱️ | Commands: ${house.commandsAnswered()}` }));
      },
    },
  ],
  start: () => undefined,
});
