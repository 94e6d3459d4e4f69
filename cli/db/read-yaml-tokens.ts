/**
 * The tokens in a config.yaml, ours or an original's: `twitch.tokens`, by login. Nothing else of the file has to be
 * right. Pure, but for the text.
 */
import * as v from "valibot";
import { parseDocument } from "yaml";
import type { NewTokens } from "../../db/accounts.ts";
import { type Incoming, makeLeftBehind, NOTHING_INCOMING } from "../../db/import/incoming.ts";
import { PLACEHOLDERS } from "../../shared/config/placeholders.ts";
import { KissError } from "../../shared/errors.ts";
import { Login, UserId } from "../../shared/ids.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";

const Secret = v.pipe(v.string(), v.regex(/^\S+$/));
const Entry = v.object({
  access_token: v.pipe(
    Secret,
    v.transform((token) => token.replace(/^oauth:/, "")),
  ),
  refresh_token: v.optional(v.nullable(Secret)),
  user_id: v.optional(v.union([v.string(), v.number()])),
});
const File = v.object({
  twitch: v.object({
    bot_login: v.optional(Login),
    tokens: v.optional(v.record(v.string(), v.unknown()), {}),
  }),
  /** Where an original names its bot. */
  bot_login_name: v.optional(v.string()),
});
/** How the original's own script told bots from people. */
const BOT_ENDING = "_bot";
const ALIASES_MAX = 100;

/** @throws KissError import-source */
export function readYamlTokens(text: string, file: string): Incoming {
  const parsed = v.safeParse(File, parseYaml(text, file));
  if (!parsed.success) throw new KissError("import-source", `${file} has no section twitch`);
  const { twitch, bot_login_name: original } = parsed.output;
  const entries = Object.entries(twitch.tokens);
  if (entries.length === 0) throw new KissError("import-source", `${file} has nothing under twitch.tokens`);
  const bot = twitch.bot_login ?? original?.toLowerCase();
  const left = makeLeftBehind();
  const tokens = entries.flatMap(([name, value]): NewTokens[] => {
    const login = v.safeParse(Login, name.toLowerCase());
    const entry = v.safeParse(Entry, value);
    if (!login.success || !entry.success) {
      left.add("tokens", `entry "${name.slice(0, 25)}": no valid login, or no access_token`);
      return [];
    }
    if (entry.output.access_token === PLACEHOLDERS.accessToken) {
      left.add("tokens", "the sample's, which are nobody's");
      return [];
    }
    const isBot =
      bot === undefined ? entries.length === 1 || name.endsWith(BOT_ENDING) : login.output === bot;
    return [toNewTokens(login.output, isBot, entry.output)];
  });
  return { ...NOTHING_INCOMING, tokens, left: left.all() };
}

function toNewTokens(login: Login, isBot: boolean, entry: v.InferOutput<typeof Entry>): NewTokens {
  const accessToken = entry.access_token;
  const refreshToken = entry.refresh_token ?? undefined;
  const userId = v.safeParse(UserId, String(entry.user_id ?? ""));
  return {
    login,
    tokenType: isBot ? "bot" : "broadcaster",
    userId: userId.success ? userId.output : undefined,
    tokens: { accessToken, refreshToken },
    // While they still stand in config.yaml, what grows from them counts and not they themselves.
    grownFrom: tokenFingerprint(refreshToken ?? accessToken),
  };
}

function parseYaml(text: string, file: string): unknown {
  try {
    const document = parseDocument(text, { prettyErrors: false });
    const [problem] = document.errors;
    if (!problem) return document.toJS({ maxAliasCount: ALIASES_MAX });
    throw problem;
  } catch (problem) {
    // Without the parser's words: they quote the line, in which a token may stand.
    throw new KissError("import-source", `${file} is no YAML`, { cause: problem });
  }
}
