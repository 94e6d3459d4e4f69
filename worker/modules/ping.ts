import * as v from "valibot";
import { defineModule, effects } from "../module.ts";
import { say } from "../outputs/chat.ts";

export default defineModule({
  name: "ping",
  summary: "Answers, which shows that the bot hears and speaks.",
  config: v.strictObject({}),
  commands: [
    {
      words: ["ping"],
      usage: "ping",
      who: "everyone",
      cooldownMs: { perUser: 0, perChannel: 0 },
      run: () => effects(say({ text: "Pong! 🏓" })),
    },
  ],
  start: () => undefined,
});
