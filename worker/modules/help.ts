import * as v from "valibot";
import { defineModule, effects } from "../module.ts";
import { say } from "../outputs/chat.ts";
import { isRankAtLeast } from "../signal.ts";

export default defineModule({
  name: "help",
  summary: "Lists the commands that whoever asks may use.",
  config: v.strictObject({}),
  commands: [
    {
      words: ["help", "commands"],
      usage: "help",
      who: "everyone",
      cooldownMs: { perUser: 2_000, perChannel: 0 },
      run({ message }, { house, prefix }) {
        const theirs = house.commands().filter(({ who }) => isRankAtLeast(message.rank, who));
        const list = theirs.map(({ usage }) => prefix + usage).join(" ");
        return effects(say({ text: `Commands: ${list}` }));
      },
    },
  ],
  start: () => undefined,
});
