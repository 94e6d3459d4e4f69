/** Moderators change what their channel has of its own: any setting of a module, and what commands begin with. */
import * as v from "valibot";
import { type Answer, defineModule, effects, refused } from "../module.ts";
import { say } from "../outputs/chat.ts";
import type { SettingAnswer } from "../settings-desk.ts";

/** In the place of a value: nothing of its own any more. */
const AS_CONFIGURED = "default";

export default defineModule({
  name: "set",
  summary: "Changes a setting of this channel.",
  config: v.strictObject({}),
  commands: [
    {
      words: ["set"],
      usage: `set <setting> <value, or ${AS_CONFIGURED}>`,
      who: "moderator",
      cooldownMs: { perUser: 0, perChannel: 0 },
      async run({ message, args, rest }, { house }) {
        const [name = ""] = args;
        const value = rest.slice(name.length).trim();
        if (value === "") return refused("bad-arguments");
        const text = value.toLowerCase() === AS_CONFIGURED ? undefined : value;
        return toAnswer(await house.settings.change(name, text, message.user.login));
      },
    },
  ],
  start: () => undefined,
});

function toAnswer(answer: SettingAnswer): Answer {
  switch (answer.is) {
    case "changed":
      return effects(say({ text: `${answer.key}: ${answer.before} → ${answer.after}` }));
    case "same":
      return effects(say({ text: "It is like that already." }));
    case "refused":
      return effects(say({ text: answer.says }));
    case "away":
      return refused("backend-away");
    case "changed-since":
    case "nothing-to-undo":
      return refused("not-found");
  }
}
