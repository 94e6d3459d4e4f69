/**
 * What a name means, settled by the crowd: `!qgame` and `!qmusic` show what it may mean, moderators say by `!collapse`
 * which it is, and from then on that is the answer everywhere. What is known lies with the hub.
 */
import * as v from "valibot";
import type { Domain } from "../../../shared/crowd/candidate.ts";
import { CROWD_QUERY_MAX } from "../../../shared/crowd/crowd-key.ts";
import { type CrowdReply, DECOHERE_MAX } from "../../../shared/ipc/crowd-words.ts";
import { type Answer, type CommandCall, defineModule, effects, type ModuleRoom } from "../../module.ts";
import { nameOf } from "../../outputs/chat/chat-text.ts";
import { say } from "../../outputs/chat.ts";
import {
  quoted,
  sayAway,
  sayCollapsed,
  sayConfirmed,
  sayCounts,
  sayDecohered,
  sayEvaporated,
  sayHasCollapsed,
  sayOtherwise,
  saySuperposition,
  sayUndone,
} from "./crowd-texts.ts";
import { type CollapseCall, parseCollapse, parseNames } from "./parse-collapse.ts";
import { makeShownLists, type ShownLists } from "./shown-lists.ts";

type Room = ModuleRoom<unknown>;

const VIEWER_COOLDOWN = { perUser: 5_000, perChannel: 0 };
const MODERATOR_COOLDOWN = { perUser: 0, perChannel: 0 };

const reply = (text: string): Answer => effects(say({ text }));
/** Names whoever asked itself, so nobody is named twice. */
const announce = (text: string): Answer => effects(say({ text, reply: false }));
const toPerson = ({ message: { user } }: CommandCall) => ({ id: user.id, login: user.login });

async function observe(domain: Domain, call: CommandCall, room: Room, shown: ShownLists): Promise<Answer> {
  const query = call.rest.replace(/\s+/g, " ").trim();
  if (query === "" || query.length > CROWD_QUERY_MAX)
    return reply(
      `🔬 Usage: ${room.prefix}${call.word} <${domain === "game" ? "nom du jeu" : "titre - artiste"}>`,
    );
  const told = await room.house.askCrowd({ do: "observe", domain, query, by: toPerson(call) });
  switch (told?.is) {
    case "collapsed":
      shown.note(query, { domain, stateIds: [told.state.id] });
      return reply(sayCollapsed(told));
    case "superposition":
      shown.note(query, { domain, stateIds: told.states.map(({ id }) => id) });
      return reply(saySuperposition(told, query, room.prefix));
    case "nothing-found":
      return reply(
        `❌ ${domain === "game" ? "Aucun jeu trouvé" : "Aucun titre trouvé"} pour ${quoted(query)}`,
      );
    default:
      return reply(sayTrouble(told));
  }
}

async function collapse(call: CommandCall, room: Room, shown: ShownLists): Promise<Answer> {
  const wished = parseCollapse(call.rest);
  if (wished.is === "wrong") {
    const usage = `${room.prefix}collapse <nom> <1-3> | ${room.prefix}collapse undo <nom>`;
    return reply(wished.because === "usage" ? `💥 Usage: ${usage}` : `❌ Numéro invalide (1 à 3) : ${usage}`);
  }
  return wished.is === "undo" ? undo(wished, call, room) : settle(wished, call, room, shown);
}

async function settle(
  { query, domain, position }: Extract<CollapseCall, { is: "collapse" }>,
  call: CommandCall,
  room: Room,
  shown: ShownLists,
): Promise<Answer> {
  const list = shown.find(query, domain);
  const told = await room.house.askCrowd({
    do: "collapse",
    domain: domain ?? list?.domain,
    query,
    position,
    stateId: list?.stateIds[position - 1],
    by: toPerson(call),
  });
  const by = nameOf(call.message.user);
  switch (told?.is) {
    case "collapsed":
      return announce(sayHasCollapsed(told, query, by));
    case "confirmed":
      return announce(sayConfirmed(told, query, by));
    case "collapsed-otherwise":
      return reply(sayOtherwise(told, query, room.prefix));
    case "no-such-state":
      return reply(`❌ ${quoted(query)} n'a que ${told.count} état${told.count > 1 ? "s" : ""}`);
    case "unknown":
      return reply(`❌ ${quoted(query)} n'est pas en superposition : d'abord ${room.prefix}qgame ${query}`);
    default:
      return reply(sayTrouble(told));
  }
}

async function undo(
  { query, domain }: Extract<CollapseCall, { is: "undo" }>,
  call: CommandCall,
  room: Room,
): Promise<Answer> {
  const told = await room.house.askCrowd({ do: "undo-collapse", domain, query, by: toPerson(call) });
  if (told?.is === "undone") return announce(sayUndone(told, query, nameOf(call.message.user)));
  return reply(told?.is === "unknown" ? `❌ ${quoted(query)} n'est pas figé` : sayTrouble(told));
}

async function decohere(call: CommandCall, room: Room): Promise<Answer> {
  const queries = parseNames(call.rest);
  if (queries.length > DECOHERE_MAX) return reply(`❌ ${DECOHERE_MAX} noms au plus`);
  const told = await room.house.askCrowd({ do: "decohere", queries: [...queries], by: toPerson(call) });
  if (told?.is !== "decohered") return reply(sayTrouble(told));
  return reply(queries.length === 0 ? sayEvaporated(told) : sayDecohered(told, queries));
}

const sayTrouble = (told: CrowdReply | undefined): string =>
  sayAway(told?.is === "source-away" ? told.because : "hub");

export default defineModule({
  name: "quantum",
  summary: "Lets the crowd settle what a game's or a track's name means.",
  config: v.strictObject({}),
  commands: [
    {
      words: ["qgame"],
      usage: "qgame <game>",
      who: "everyone",
      cooldownMs: VIEWER_COOLDOWN,
      run: (call, room, { shown }) => observe("game", call, room, shown),
    },
    {
      words: ["qmusic"],
      usage: "qmusic <title - artist>",
      who: "everyone",
      cooldownMs: VIEWER_COOLDOWN,
      run: (call, room, { shown }) => observe("music", call, room, shown),
    },
    {
      words: ["collapse"],
      usage: "collapse <name> <1-3> | undo <name>",
      who: "moderator",
      cooldownMs: MODERATOR_COOLDOWN,
      run: (call, room, { shown }) => collapse(call, room, shown),
    },
    {
      words: ["quantum"],
      usage: "quantum",
      who: "everyone",
      cooldownMs: VIEWER_COOLDOWN,
      async run(_call, { house }) {
        const told = await house.askCrowd({ do: "count" });
        return reply(told?.is === "counts" ? sayCounts(told) : sayTrouble(told));
      },
    },
    {
      words: ["decoherence"],
      usage: "decoherence [name, name]",
      who: "moderator",
      cooldownMs: MODERATOR_COOLDOWN,
      run: (call, room) => decohere(call, room),
    },
  ],
  start: () => ({ shown: makeShownLists() }),
});
