/** Pure: what the configuration hands the hub of the crowd's knowledge and of the ranker. */
import type { Config } from "../config.ts";
import type { CrowdPapers } from "../crowd/crowd-papers.ts";
import type { RankerPapers } from "../games/ranker-words.ts";

const MS_PER_S = 1_000;

export function toCrowdPapers({ quantum, twitch }: Pick<Config, "quantum" | "twitch">): CrowdPapers {
  const { scope, confirmations, music } = quantum;
  const contact = music.contact ?? `https://www.twitch.tv/${twitch.bot_login}`;
  return { scope, confirmations, ...(music.enabled && { music: { url: music.url, contact } }) };
}

export function toRankerPapers({ ranker }: Pick<Config, "ranker">): RankerPapers | undefined {
  if (!ranker.enabled) return undefined;
  return { url: ranker.url, withinMs: ranker.timeout_seconds * MS_PER_S };
}
