import * as v from "valibot";
import { Login } from "../../shared/ids.ts";
import { SUBSCRIPTION_STATES } from "../../shared/ipc/hub-control.ts";
import { Topic } from "../../shared/twitch/topics.ts";
import { answerQuestion, type HubQuestion, misplacedFlag, QUESTIONS } from "../hub/questions.ts";
import { quoteStranger } from "../safe-text.ts";
import { defineVerb, EXIT_USAGE } from "../verb.ts";

const isQuestion = (word: string): word is HubQuestion => Object.hasOwn(QUESTIONS, word);

export default defineVerb({
  name: "hub-ctl",
  aliases: ["hub_ctl"],
  summary: "asks and orders the hub itself; hub_ctl status ends with 0 healthy, 1 degraded, 2 down",
  arguments: [
    {
      name: "[question]",
      says: Object.entries(QUESTIONS)
        .map(([word, { says }]) => `\n  ${word.padEnd(14)} ${says}`)
        .join(""),
    },
  ],
  actions: Object.keys(QUESTIONS),
  flags: [
    { flags: "--json", says: "the same for scripts" },
    { flags: "--prom", says: "metrics: as Prometheus reads them" },
    { flags: "--channel <name>", says: "subscriptions, events: only this channel" },
    { flags: "--status <state>", says: `subscriptions: only ${SUBSCRIPTION_STATES.join(", ")}` },
    { flags: "--topic <topic>", says: "events: only this topic, such as stream.online" },
    { flags: "--follow", says: "events: until Ctrl-C" },
  ],
  options: v.object({
    json: v.optional(v.boolean(), false),
    prom: v.optional(v.boolean(), false),
    channel: v.optional(Login),
    status: v.optional(v.picklist(SUBSCRIPTION_STATES, `one of ${SUBSCRIPTION_STATES.join(", ")}`)),
    topic: v.optional(v.pipe(v.string(), Topic)),
    follow: v.optional(v.boolean(), false),
  }),
  async run({ args, options }, desk) {
    const [word] = args;
    if (word === undefined || !isQuestion(word)) {
      const because =
        word === undefined ? "; ./hub_ctl --help says what each does" : `, but not ${quoteStranger(word)}`;
      desk.warn(`kissbot: hub_ctl knows ${Object.keys(QUESTIONS).join(", ")}${because}`);
      return EXIT_USAGE;
    }
    const misplaced = misplacedFlag(word, options);
    if (misplaced !== undefined) {
      desk.warn(`kissbot: ${misplaced}`);
      return EXIT_USAGE;
    }
    return answerQuestion(word, options, desk);
  },
});
