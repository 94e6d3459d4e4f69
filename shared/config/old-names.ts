/**
 * Keys of the original KissBot's configuration. Where the meaning is the same they are taken under their old names, with
 * a warning that says the new one; where nothing is to be settled any more they are skipped, with a warning; else they
 * are refused with where the thing is now. Pure.
 */

import { getIn, isRecord, type Path, type Plain, removeIn, setIn } from "./plain-tree.ts";
import type { ConfigProblem } from "./problem.ts";
import type { YamlSource } from "./yaml-source.ts";

type OldKey =
  | { readonly is: "moved"; readonly to: string; toValue?(old: unknown): unknown }
  | { readonly is: "needless"; readonly because: string }
  | { readonly is: "elsewhere"; readonly says: string };

const moved = (to: string, toValue?: (old: unknown) => unknown): OldKey => ({
  is: "moved",
  to,
  ...(toValue && { toValue }),
});
const needless = (because: string): OldKey => ({ is: "needless", because });
const elsewhere = (says: string): OldKey => ({ is: "elsewhere", says });

const LATER = "not in this version yet: language models come in a later one";
const COOLDOWNS = "cooldowns are each command's own here";

/** "INFO" and "WARNING" are Python's. */
const toLevel = (old: unknown): unknown => {
  if (typeof old !== "string") return old;
  const level = old.toLowerCase();
  return level === "warning" ? "warn" : level === "critical" ? "error" : level;
};

/** Longer waits than are allowed now are cut. */
const atMost = (max: number) => (old: unknown) => (typeof old === "number" ? Math.min(old, max) : old);
const GAMES_SECONDS_MAX = 6;
const RANKER_SECONDS_MAX = 2;

/** In the order they are looked for; a section's row stands for what is left of it after its keys' own rows. */
export const OLD_KEYS: Readonly<Record<string, OldKey>> = {
  bot_login_name: moved("twitch.bot_login"),
  "bot.name": needless("the bot's name is that of its account"),
  "bot.channel": elsewhere("channels are listed under twitch.channels"),
  "bot.debug": elsewhere("log.level: debug"),
  "bot.cooldown": elsewhere(COOLDOWNS),
  "bot.personality": elsewhere(LATER),
  "twitch.bot_id": needless("Twitch is asked for it"),
  "twitch.broadcaster_id": needless("Twitch is asked for it"),
  "twitch.prefix": moved("commands.prefix"),
  "apis.openai_key": elsewhere(LATER),
  "apis.rawg_key": moved("games.rawg.key"),
  "rawg.api_key": moved("games.rawg.key"),
  "apis.steam_key": needless("Steam asks for none"),
  "apis.steam_api_key": needless("Steam asks for none"),
  "apis.igdb_client_id": moved("games.igdb.client_id"),
  "apis.igdb_client_secret": moved("games.igdb.client_secret"),
  "apis.timeout": moved("games.deadline_seconds", atMost(GAMES_SECONDS_MAX)),
  "announcements.stream_online": moved("modules.announcements.stream_online"),
  "announcements.stream_offline": moved("modules.announcements.stream_offline"),
  "announcements.monitoring.polling_interval": moved("twitch.eventsub.poll_seconds"),
  "announcements.monitoring": needless("EventSub and polling are both always used"),
  "eventsub.req_rate_per_s": moved("twitch.eventsub.creates_per_second"),
  eventsub: elsewhere("twitch.eventsub: most of it looks after itself now"),
  "logging.level": moved("log.level", toLevel),
  "logging.file": elsewhere("logs lie in logs/, a folder for each channel"),
  timeouts: needless("each call has its own deadline"),
  cache: needless("caches look after themselves"),
  "commands.cooldowns": elsewhere(COOLDOWNS),
  "commands.cache": needless("caches look after themselves"),
  "wikipedia.lang": elsewhere(LATER),
  llm: elsewhere(LATER),
  neural_llm: elsewhere(LATER),
  quantum_classifier: elsewhere(LATER),
  enhanced_patterns_path: elsewhere(LATER),
  quantum_cache: elsewhere("quantum"),
  quantum_games: elsewhere("quantum"),
  quantum_music: elsewhere("quantum.music"),
  "drakon.enabled": moved("ranker.enabled"),
  "drakon.url": moved("ranker.url"),
  "drakon.timeout": moved("ranker.timeout_seconds", atMost(RANKER_SECONDS_MAX)),
  game_lookup: needless("how sure a finding must be is not settled any more"),
  translation: elsewhere("not in this version yet"),
  db_path: elsewhere("the database is data/kissbot.db in KISSBOT_HOME"),
  features: elsewhere("a module's own settings stand under modules"),
  moderation: elsewhere("not in this version yet"),
  core: elsewhere("what may be said how often is Twitch's to say; it is kept to by itself"),
};

/** Beside each account's tokens. */
const OLD_TOKEN_KEY = "user_id";

export interface Translated {
  readonly plain: Plain;
  readonly warnings: readonly ConfigProblem[];
  readonly problems: readonly ConfigProblem[];
  /** Where a new key stands under its old name. */
  readonly oldPaths: ReadonlyMap<string, Path>;
}

/** `isKey`: whether this version's own schema knows the path. */
export function translateOldNames(source: YamlSource, isKey: (path: Path) => boolean): Translated {
  let plain: Plain = source.plain;
  const warnings: ConfigProblem[] = [];
  const problems: ConfigProblem[] = [];
  const oldPaths = new Map<string, Path>();
  const note = (to: ConfigProblem[], path: Path, says: string) =>
    to.push({ line: source.lineOf(path), path: path.join("."), says });

  for (const [name, old] of Object.entries(OLD_KEYS)) {
    const path = name.split(".");
    const value = getIn(plain, path);
    if (value === undefined || isKey(path)) continue;
    plain = removeIn(plain, path);
    if (old.is === "elsewhere") note(problems, path, `an old name: ${old.says}`);
    else if (old.is === "needless") note(warnings, path, `is no longer needed, ${old.because}: remove it`);
    else {
      const to = old.to.split(".");
      if (getIn(plain, to) !== undefined) {
        note(problems, path, `is the old name of ${old.to}, which stands there as well: remove one of them`);
        continue;
      }
      plain = setIn(plain, to, old.toValue ? old.toValue(value) : value);
      oldPaths.set(old.to, path);
      note(warnings, path, `is called ${old.to} now; it is taken as that`);
    }
  }
  for (const login of Object.keys(asRecord(getIn(plain, ["twitch", "tokens"])))) {
    const path = ["twitch", "tokens", login, OLD_TOKEN_KEY];
    if (getIn(plain, path) === undefined) continue;
    plain = removeIn(plain, path);
    note(warnings, path, "is no longer needed, Twitch is asked for it: remove it");
  }
  return { plain, warnings, problems, oldPaths };
}

const asRecord = (value: unknown): Plain => (isRecord(value) ? value : {});
