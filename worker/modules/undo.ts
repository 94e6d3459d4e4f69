/** Moderators take back the last change that was made in this chat, and the one before it, and so on: a setting, or what a name means. */
import * as v from "valibot";
import { type Answer, type CommandCall, defineModule, effects, type House, refused } from "../module.ts";
import { cutText } from "../outputs/chat/chat-text.ts";
import { say } from "../outputs/chat.ts";
import type { UndoAnswer } from "../settings-desk.ts";

type Settled = Extract<UndoAnswer, { is: "settled-since" }>["name"];

/** Of what is named in an answer: two of them and the words around make less than a message. */
const NAME_MAX = 100;

const reply = (text: string): Answer => effects(say({ text }));
const short = (text: string): string => cutText(text, NAME_MAX);

export default defineModule({
  name: "undo",
  summary: "Takes back the last change of a setting, or the last collapse, that was made in chat.",
  config: v.strictObject({}),
  commands: [
    {
      words: ["undo"],
      usage: "undo",
      // Who may change a setting and who may settle a name are the same.
      who: "moderator",
      cooldownMs: { perUser: 0, perChannel: 0 },
      async run(call, { house, prefix }) {
        const answer = await house.settings.undo(call.message.user.login);
        return answer.is === "settled-since" ? unsettle(answer.name, call, house) : toAnswer(answer, prefix);
      },
    },
  ],
  start: () => undefined,
});

async function unsettle(
  { domain, key }: Settled,
  { message: { user } }: CommandCall,
  house: House,
): Promise<Answer> {
  const by = { id: user.id, login: user.login };
  const told = await house.askCrowd({ do: "undo-collapse", domain, query: key, by });
  if (told?.is === "unknown") return reply(`“${short(key)}” was taken back by somebody else meanwhile.`);
  if (told?.is !== "undone")
    return reply(
      `“${short(key)}” was settled last, and what takes it back does not answer; try again later.`,
    );
  const { title, year } = told.state.candidate;
  const meaning = year === undefined ? short(title) : `${short(title)} (${year})`;
  return reply(`Undone: “${short(key)}” is not settled any more (was ${meaning}).`);
}

function toAnswer(answer: Exclude<UndoAnswer, { is: "settled-since" }>, prefix: string): Answer {
  switch (answer.is) {
    case "changed":
      return reply(`Undone: ${answer.key} is ${answer.after} again (was ${answer.before}).`);
    case "nothing-to-undo":
    case "same":
      // A name may have been settled in another channel: that is undone by name.
      return reply(`There is nothing to undo. (Of a collapse: ${prefix}collapse undo <name>)`);
    case "changed-since":
      return reply(`${answer.person} has changed ${answer.key} since, outside this chat: not undone.`);
    case "refused":
      return reply(answer.says);
    case "away":
      return refused("backend-away");
  }
}
