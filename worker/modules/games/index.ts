/** Says what is known of a game: by its name, and of the one that is played. Texts are French, as the announcements are. */
import * as v from "valibot";
import {
  cut,
  SAID_MAX,
  sayGame,
  sayOptions,
  sayPlaying,
  sayQuery,
  saySummary,
} from "../../../shared/games/say-game.ts";
import type { GameEnd } from "../../../shared/ipc/game-words.ts";
import { type Answer, type CommandCall, defineModule, effects, type ModuleRoom } from "../../module.ts";
import { say } from "../../outputs/chat.ts";
import { makeOpenChoices, type OpenChoices, parseChoice } from "./open-choices.ts";

const Config = v.strictObject({});
type Room = ModuleRoom<v.InferOutput<typeof Config>>;
type Found = Extract<GameEnd, { is: "found" }>;

const USER_COOLDOWN_MS = 3_000;
const AWAY = "⏳ Recherche de jeux indisponible pour le moment, réessaie dans une minute.";
const answer = (text: string): Answer => effects(say({ text: cut(text, SAID_MAX) }));

/** `speak`: what is said of the game that was found. */
async function look(
  call: CommandCall,
  room: Room,
  choices: OpenChoices,
  speak: (found: Found) => string,
): Promise<Answer> {
  const { user } = call.message;
  if (call.rest === "") return answer(`🎮 Usage : ${room.prefix}${call.word} <jeu>`);
  const chosen = choices.take(user.id, call.word, parseChoice(call.rest));
  const end = await (chosen ? room.house.games.choose(chosen) : room.house.games.find(call.rest));
  const query = chosen?.name ?? call.rest;
  if (end.is === "several") choices.offer(user.id, call.word, end.options);
  return answer(toText(end, query, speak));
}

function toText(end: GameEnd, query: string, speak: (found: Found) => string): string {
  switch (end.is) {
    case "found":
      return speak(end);
    case "several":
      return sayOptions(query, end.options);
    case "nothing":
      return `❓ Jeu introuvable : ${sayQuery(query)}`;
    case "away":
      return AWAY;
  }
}

const sayStory = ({ facts }: Found): string =>
  saySummary(facts) ?? `📝 ${facts.name}: aucune description disponible.`;

async function sayCategory({ channel, house }: Room): Promise<Answer> {
  const now = await house.askChannel();
  if (!now) return answer("⏳ Impossible de demander à Twitch pour le moment, réessaie dans une minute.");
  if (!now.live) return answer(`💤 ${channel.name} est hors ligne actuellement.`);
  const { categoryId, categoryName, live } = now;
  if (categoryName === "")
    return answer(`🎮 ${channel.name} est en live, sans catégorie (${live.viewers} viewers).`);
  const end = await house.games.ofCategory({ id: categoryId, name: categoryName });
  if (end.is === "found") return answer(sayPlaying(channel.name, end.facts));
  return answer(`🎮 ${channel.name} est en live : ${categoryName} (${live.viewers} viewers)`);
}

const atOnce = { perUser: USER_COOLDOWN_MS, perChannel: 0 };

export default defineModule({
  name: "games",
  summary: "Says what is known of a game, and of the one that is being played.",
  config: Config,
  commands: [
    {
      words: ["gi", "gameinfo", "game"],
      usage: "gi <game>",
      who: "everyone",
      cooldownMs: atOnce,
      run: (call, room: Room, choices: OpenChoices) =>
        look(call, room, choices, ({ facts }) => sayGame(facts)),
    },
    {
      words: ["gs"],
      usage: "gs <game>",
      who: "everyone",
      cooldownMs: atOnce,
      run: (call, room: Room, choices: OpenChoices) => look(call, room, choices, sayStory),
    },
    {
      words: ["gc", "gamecategory"],
      usage: "gc",
      who: "everyone",
      cooldownMs: atOnce,
      run: (_call, room: Room) => sayCategory(room),
    },
  ],
  start: ({ clock }) => makeOpenChoices(clock),
  expects: (message, choices) => choices.expected(message.user.id, parseChoice(message.text)),
});
