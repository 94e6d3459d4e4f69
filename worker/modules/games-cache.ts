/** How the house's memory of games does: for everybody in a line, for moderators with a trace of one look-up. */
import * as v from "valibot";
import type { CacheUse } from "../../db/game-cache-reader.ts";
import { cut, SAID_MAX, sayQuery } from "../../shared/games/say-game.ts";
import { type Answer, defineModule, effects } from "../module.ts";
import { say } from "../outputs/chat.ts";

const COOLDOWN = { perUser: 5_000, perChannel: 0 };
const PERCENT = 100;
const NAME_SAID_MAX = 80;

const answer = (text: string): Answer => effects(say({ text: cut(text, SAID_MAX) }));
const AWAY = "📦 Cache indisponible pour le moment.";

function hitRate({ hits, misses }: CacheUse): string {
  const all = hits + misses;
  return `${(all === 0 ? 0 : (hits / all) * PERCENT).toFixed(1)}%`;
}

export default defineModule({
  name: "games-cache",
  summary: "Says how often an answer about a game was at hand, and how one came about.",
  config: v.strictObject({}),
  commands: [
    {
      words: ["cache"],
      usage: "cache",
      who: "everyone",
      cooldownMs: COOLDOWN,
      async run(_call, { house }) {
        const use = await house.games.use();
        if (!use) return answer(AWAY);
        return answer(
          `📦 Cache: ${use.entries} entrées | ${hitRate(use)} hit rate | ${use.hits} hits/${use.misses} miss`,
        );
      },
    },
    {
      words: ["perf"],
      usage: "perf",
      who: "moderator",
      cooldownMs: COOLDOWN,
      async run(_call, { house }) {
        const use = await house.games.use();
        if (!use) return answer(AWAY);
        const top = use.top ? `${cut(use.top.name, NAME_SAID_MAX)} (${use.top.hits} hits)` : "–";
        return answer(`📊 Cache: ${hitRate(use)} hit rate | ${use.entries} entries | Top: ${top}`);
      },
    },
    {
      words: ["perftrace"],
      usage: "perftrace <game>",
      who: "moderator",
      cooldownMs: COOLDOWN,
      async run({ rest }, { house, prefix }) {
        if (rest === "") return answer(`📊 Usage : ${prefix}perftrace <jeu>`);
        const { end, steps, tookMs, savedAs } = await house.games.trace(sayQuery(rest));
        const what = end.is === "found" ? cut(end.facts.name, NAME_SAID_MAX) : WHAT[end.is];
        const saved = savedAs === undefined ? "not saved" : "Saved to logs/";
        return answer(`📊 Trace: ${what} | ${tookMs.toFixed(1)} ms total | ${steps.length} ops | ${saved}`);
      },
    },
  ],
  start: () => undefined,
});

const WHAT = { several: "SEVERAL", nothing: "NOT FOUND", away: "AWAY" } as const;
