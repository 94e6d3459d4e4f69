/** Moderators take back the last change that was made in this chat, and the one before it, and so on. */
import * as v from "valibot";
import { type Answer, defineModule, effects, refused } from "../module.ts";
import { say } from "../outputs/chat.ts";
import type { SettingAnswer } from "../settings-desk.ts";

export default defineModule({
  name: "undo",
  summary: "Takes back the last change of a setting that was made in chat.",
  config: v.strictObject({}),
  commands: [
    {
      words: ["undo"],
      usage: "undo",
      who: "moderator",
      cooldownMs: { perUser: 0, perChannel: 0 },
      run: async ({ message }, { house, prefix }) =>
        toAnswer(await house.settings.undo(message.user.login), prefix),
    },
  ],
  start: () => undefined,
});

function toAnswer(answer: SettingAnswer, prefix: string): Answer {
  switch (answer.is) {
    case "changed":
      return effects(say({ text: `Undone: ${answer.key} is ${answer.after} again (was ${answer.before}).` }));
    case "nothing-to-undo":
    case "same":
      // What a name means may be all channels' affair: that is undone by name.
      return effects(
        say({ text: `There is nothing to undo. (Of a collapse: ${prefix}collapse undo <name>)` }),
      );
    case "changed-since":
      return effects(
        say({ text: `${answer.person} has changed ${answer.key} since, outside this chat: not undone.` }),
      );
    case "refused":
      return effects(say({ text: answer.says }));
    case "away":
      return refused("backend-away");
  }
}
