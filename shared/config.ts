/** The configuration's shape: what config/config.yaml may say. Read by the supervisor and the cli only; children get their part handed. */
import * as v from "valibot";
import { Login } from "./ids.ts";
import { LOG_LEVELS } from "./log.ts";

const url = (...protocols: string[]) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `a URL that starts with ${protocols.map((one) => `${one}//`).join(" or ")}`,
    ),
  );
const secret = v.pipe(v.string(), v.nonEmpty("not empty"), v.regex(/^\S+$/, "one word without spaces"));
const Megabytes = v.pipe(v.number(), v.minValue(40, "at least 40: less no process can live in"));
const ModuleName = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]*$/, "a module's name: lower-case letters, digits and -"),
);

/** Twitch's own addresses. The simulator, or a proxy, is reached by other addresses here and in no other way. */
export const TWITCH_URLS = {
  helix: "https://api.twitch.tv/helix",
  id: "https://id.twitch.tv/oauth2",
  eventsub: "wss://eventsub.wss.twitch.tv/ws",
  chat: "wss://irc-ws.chat.twitch.tv",
} as const;

const Urls = v.strictObject({
  helix: v.optional(url("https:", "http:"), TWITCH_URLS.helix),
  id: v.optional(url("https:", "http:"), TWITCH_URLS.id),
  eventsub: v.optional(url("wss:", "ws:"), TWITCH_URLS.eventsub),
  chat: v.optional(url("wss:", "ws:"), TWITCH_URLS.chat),
});

const Tokens = v.strictObject({
  access_token: secret,
  refresh_token: v.optional(secret),
});

export const Config = v.strictObject({
  twitch: v.pipe(
    v.strictObject({
      client_id: secret,
      client_secret: v.optional(secret),
      bot_login: Login,
      /** Twitch gives verified bots larger limits; everybody else leaves this out. */
      bot_is_verified: v.optional(v.boolean(), false),
      tokens: v.record(Login, Tokens),
      /** More can be added while the house runs: `kissbot.sh channels add NAME`. */
      channels: v.optional(
        v.pipe(
          v.array(Login),
          v.check((logins) => new Set(logins).size === logins.length, "each channel once"),
        ),
        [],
      ),
      urls: v.optional(Urls, {}),
    }),
    v.forward(
      v.check(
        (twitch) => Object.hasOwn(twitch.tokens, twitch.bot_login),
        "an entry with the tokens of the account named by twitch.bot_login",
      ),
      ["tokens"],
    ),
  ),
  commands: v.optional(
    v.strictObject({
      prefix: v.optional(
        v.pipe(v.string(), v.regex(/^[!?$%&+~.-]{1,3}$/, "one to three of ! ? $ % & + ~ . -")),
        "!",
      ),
    }),
    {},
  ),
  /** A process above its ceiling (proportional set size) is replaced by a fresh one. */
  limits: v.optional(
    v.strictObject({
      worker_memory_mb: v.optional(Megabytes, 150),
      hub_memory_mb: v.optional(Megabytes, 400),
      /** Children whose supervisor is gone wait this long for a new one, then they stop. */
      orphan_seconds: v.optional(
        v.pipe(v.number(), v.minValue(1, "at least 1"), v.maxValue(3_600, "at most 3600")),
        60,
      ),
    }),
    {},
  ),
  /** Each module's own settings, by its name; the module parses its part and sleeps when that is wrong. */
  modules: v.optional(v.record(ModuleName, v.record(v.string(), v.unknown())), {}),
  monitor: v.optional(
    v.strictObject({
      port: v.optional(
        v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535, "a port: 0 to 65535, 0 for none")),
        9_464,
      ),
      host: v.optional(
        v.pipe(v.string(), v.regex(/^[0-9A-Za-z.:-]+$/, "an address to listen at")),
        "127.0.0.1",
      ),
    }),
    {},
  ),
  log: v.optional(
    v.strictObject({
      level: v.optional(v.picklist(LOG_LEVELS), "info"),
      /** Whether what is said in a channel is kept, in its chat.log. */
      chat: v.optional(v.picklist(["on", "off"]), "on"),
      rotate_mb: v.optional(v.pipe(v.number(), v.minValue(0.01, "0.01 or more megabytes")), 10),
      keep_days: v.optional(v.pipe(v.number(), v.integer("whole days"), v.minValue(1, "1 or more days")), 14),
      /** 0 keeps none, as `chat: off` does, and removes what was kept before. */
      keep_chat_days: v.optional(
        v.pipe(v.number(), v.integer("whole days"), v.minValue(0, "0 or more days")),
        30,
      ),
    }),
    {},
  ),
});
export type Config = v.InferOutput<typeof Config>;
