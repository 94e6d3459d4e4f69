/**
 * What an original's tables say, in our terms. All versions at once: 4.0 (no token types), 4.0.1, 4.1 (the hub's
 * tables), 4.2 (the game cache), V2 (banwords, personality). Pure: key and time are handed in.
 */
import * as v from "valibot";
import type { Millis } from "../../shared/clock.ts";
import type { Login } from "../../shared/ids.ts";
import type { NewTokens, TokenType } from "../accounts.ts";
import type { Personality } from "../personalities.ts";
import type { KeyRing } from "../secrets/key-ring.ts";
import type { KnownUser } from "../user-directory.ts";
import { type Incoming, makeLeftBehind } from "./incoming.ts";
import { readOriginalGame } from "./original-games.ts";
import type { OriginalTables, Row } from "./original-tables.ts";
import {
  openOriginalSecret,
  toFlag,
  toInstant,
  toJson,
  toLogin,
  toText,
  toUserId,
} from "./original-values.ts";

/** What is not brought over, and why nothing is missed. */
const NOT_BROUGHT: Readonly<Record<string, string>> = {
  instances: "which channels run is said by config.yaml and ./kissbot.sh channels",
  config: "no version of the original read it; settings stand in config.yaml",
  audit_log: "its own history: keep the file",
  desired_subscriptions: "workers say anew what they want",
  active_subscriptions: "Twitch is asked what is there",
  hub_state: "the hub writes its own",
  user_points: "planned there and never written",
  custom_commands: "planned there and never written",
};
export const KEY_DOES_NOT_OPEN = "the key does not open them";
const WORD_CHARACTERS = { min: 1, max: 100 };

type LeftNotes = ReturnType<typeof makeLeftBehind>;

export interface ReadingOriginal {
  /** undefined: none was given; tokens then stay behind. */
  readonly ring: KeyRing | undefined;
  /** As config.yaml names it; undefined: there is none yet. */
  readonly bot: Login | undefined;
  readonly now: Millis;
}

export function readOriginal(tables: OriginalTables, reading: ReadingOriginal): Incoming {
  const left = makeLeftBehind();
  const rows = (name: string): readonly Row[] => tables.get(name) ?? [];
  const users = readUsers(rows("users"), left);
  for (const [table, because] of Object.entries(NOT_BROUGHT)) {
    if (rows(table).length > 0) left.add(table, because, rows(table).length);
  }
  const games = rows("game_cache").flatMap((row) => {
    const read = readOriginalGame(row, reading.now);
    if (read.is === "game") return [read.game];
    left.add("game cache", read.because);
    return [];
  });
  return {
    users: [...users.values()],
    tokens: readTokens(rows("oauth_tokens"), users, reading, left),
    whitelist: readWhitelist(rows("dev_whitelist"), left),
    banwords: readBanwords(rows("banwords"), left),
    personalities: readPersonalities([...rows("channel_personality"), ...rows("personality")], users, left),
    games: [...new Map(games.map((game) => [game.key, game])).values()],
    left: left.all(),
  };
}

/** By the number their rows had, which is what other tables name them by. */
type UsersByRow = ReadonlyMap<unknown, KnownUser>;

function readUsers(rows: readonly Row[], left: LeftNotes): UsersByRow {
  const users = new Map<unknown, KnownUser>();
  for (const row of rows) {
    const login = toLogin(row.twitch_login);
    const userId = toUserId(row.twitch_user_id);
    if (login === undefined || userId === undefined) left.add("users", "no valid login or Twitch id");
    else
      users.set(row.id, {
        login,
        userId,
        displayName: toText(row.display_name) ?? login,
        isBot: toFlag(row.is_bot),
      });
  }
  return users;
}

function readTokens(
  rows: readonly Row[],
  users: UsersByRow,
  { ring, bot }: ReadingOriginal,
  left: LeftNotes,
): readonly NewTokens[] {
  if (ring === undefined) {
    if (rows.length > 0)
      left.add("tokens", "they are encrypted: name the original's key file with --key", rows.length);
    return [];
  }
  return rows.flatMap((row): NewTokens[] => {
    const user = users.get(row.user_id);
    if (!user) return leave(left, "tokens", "they belong to a user who is not there");
    if (row.status === "revoked")
      return leave(left, "tokens", `${user.login}: revoked at Twitch; log in anew`);
    const accessToken = openOriginalSecret(ring, row.access_token_encrypted);
    if (!accessToken) return leave(left, "tokens", `${user.login}: ${KEY_DOES_NOT_OPEN}`);
    const refreshToken = openOriginalSecret(ring, row.refresh_token_encrypted);
    const scopes = v.safeParse(v.array(v.string()), toJson(row.scopes));
    return [
      {
        login: user.login,
        tokenType: toTokenType(row.token_type, user, { bot, isOnlyOne: rows.length === 1 }),
        userId: user.userId,
        tokens: { accessToken, refreshToken },
        scopes: scopes.success ? scopes.output : [],
        expiresAt: toInstant(row.expires_at),
      },
    ];
  });
}

/**
 * 4.0 had no types, and the script that filled later ones called every token the bot's: then the configuration, or
 * the user, says who the bot is, or that there is only one.
 */
function toTokenType(
  said: unknown,
  user: KnownUser,
  { bot, isOnlyOne }: { bot: Login | undefined; isOnlyOne: boolean },
): TokenType {
  if (user.login === bot || (user.isBot && bot === undefined)) return "bot";
  return said === "bot" && isOnlyOne ? "bot" : "broadcaster";
}

function readWhitelist(rows: readonly Row[], left: LeftNotes): Incoming["whitelist"] {
  return rows.flatMap((row) => {
    const login = toLogin(row.username);
    if (login === undefined) return leave(left, "whitelist", "no valid login");
    const isEnabled = row.enabled === undefined || toFlag(row.enabled);
    return [{ login, isEnabled, addedBy: toText(row.added_by) ?? "import" }];
  });
}

function readBanwords(rows: readonly Row[], left: LeftNotes): Incoming["banwords"] {
  return rows.flatMap((row) => {
    const channel = toLogin(row.channel);
    const word = toText(row.word);
    const isFit =
      word !== undefined && word.length >= WORD_CHARACTERS.min && word.length <= WORD_CHARACTERS.max;
    if (channel === undefined || !isFit) return leave(left, "banwords", "no valid channel or word");
    return [{ channel, word, addedBy: toText(row.added_by) ?? "import" }];
  });
}

function readPersonalities(rows: readonly Row[], users: UsersByRow, left: LeftNotes): readonly Personality[] {
  const byId = new Map([...users.values()].map((user) => [String(user.userId), user.login]));
  return rows.flatMap((row) => {
    const channel: Login | undefined = toLogin(row.channel_login) ?? byId.get(String(row.channel_id));
    if (channel === undefined) return leave(left, "personality", "of a channel whose name is not there");
    const custom = toJson(row.custom_rules) ?? toText(row.custom_rules);
    const rules = v.safeParse(v.record(v.string(), v.unknown()), custom);
    return [
      {
        channel,
        preset: toText(row.preset) ?? "normal",
        isNsfwAllowed: toFlag(row.nsfw_allowed),
        rules: rules.success ? rules.output : custom === undefined ? {} : { custom },
      },
    ];
  });
}

function leave(left: LeftNotes, what: string, because: string): [] {
  left.add(what, because);
  return [];
}
