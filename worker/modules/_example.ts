/**
 * What a module looks like: copy this file, drop the underscore, and the word is known in every channel. Nothing
 * else needs to be edited; `./kissbot.sh test` says what is missing.
 */
import * as v from "valibot";
import { defineModule, effects, refused } from "../module.ts";
import { say } from "../outputs/chat.ts";

export default defineModule({
  name: "_example",
  summary: "Greets whoever asks for it.",
  /** `modules._example` in config/config.yaml. Every setting has a default: a module works without being configured. */
  config: v.strictObject({ greeting: v.optional(v.pipe(v.string(), v.maxLength(100)), "Hello") }),
  commands: [
    {
      words: ["hello", "hi"],
      usage: "hello [name]",
      who: "everyone",
      cooldownMs: { perUser: 5_000, perChannel: 1_000 },
      run({ args }, room, memory) {
        if (args.length > 1) return refused("bad-arguments");
        memory.greeted += 1;
        const whom = args[0] === undefined ? "" : `, ${args[0]}`;
        return effects(say({ text: `${room.config.greeting}${whom}! (greeting number ${memory.greeted})` }));
      },
    },
  ],
  /** Whatever it returns is the module's memory in this channel, handed to every call. */
  start: () => ({ greeted: 0 }),
});
