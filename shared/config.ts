/** The configuration's shape: what config/config.yaml may say. Read by the supervisor and the cli only; children get their part handed. */
import * as v from "valibot";
import { ChannelWeight, WEIGHT_DEFAULT } from "./channel-weight.ts";
import { CHAT_SENDS, CHAT_TRANSPORTS } from "./chat-choice.ts";
import { Login } from "./ids.ts";
import { LOG_LEVELS } from "./log.ts";
import { TRANSPORT_CHOICES } from "./twitch/transport-choice.ts";

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

const Days = (min: 0 | 1) =>
  v.pipe(v.number(), v.integer("whole days"), v.minValue(min, `${min} or more days`));
/** What a channel may settle for its own logs; what it leaves out is the house's, under `log`. */
const ChannelLogRules = v.strictObject({
  chat: v.optional(v.picklist(["on", "off"])),
  keep_days: v.optional(Days(1)),
  keep_chat_days: v.optional(Days(0)),
});
export type ChannelLogRules = v.InferOutput<typeof ChannelLogRules>;

/** How chat is heard and how it is spoken to; a channel may settle it for itself. */
const Chat = v.pipe(
  v.strictObject({
    transport: v.optional(v.picklist(CHAT_TRANSPORTS)),
    send: v.optional(v.picklist(CHAT_SENDS)),
  }),
  v.check(
    ({ transport, send }) => transport !== "eventsub" || send !== "irc",
    "send: helix, because with transport: eventsub there is no connection to IRC to speak on",
  ),
);
type Chat = v.InferOutput<typeof Chat>;

export const EVENT_SOURCES = ["hub", "direct", "disabled"] as const;
type EventSourceName = (typeof EVENT_SOURCES)[number];
/** Twitch gives an account three EventSub connections; one is the hub's. */
const DIRECT_MAX = 2;

interface ChannelEntry {
  readonly name: Login;
  /** Who brings its worker EventSub's events. */
  readonly eventsub: EventSourceName;
  /** Its part of what the account may say, beside the other channels'. */
  readonly weight: number;
  readonly log: ChannelLogRules;
  readonly chat: Chat;
}
const NameAlone = v.pipe(
  Login,
  v.transform((name): ChannelEntry => ({ name, eventsub: "hub", weight: WEIGHT_DEFAULT, log: {}, chat: {} })),
);
const WithRules = v.strictObject({
  name: Login,
  eventsub: v.optional(v.picklist(EVENT_SOURCES), "hub"),
  weight: v.optional(ChannelWeight, WEIGHT_DEFAULT),
  log: v.optional(ChannelLogRules, {}),
  chat: v.optional(Chat, {}),
});
/** A channel's name, or a section with its name and with what is different for it. */
const ChannelEntry = v.lazy(
  (entry): v.GenericSchema<unknown, ChannelEntry> =>
    typeof entry === "object" && entry !== null ? WithRules : NameAlone,
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

const EventSub = v.strictObject({
  transport: v.optional(v.picklist(TRANSPORT_CHOICES), "auto"),
  /** A ceiling. Helix's own limit (800 points a minute, a quarter of which is left to others) is kept besides. */
  creates_per_second: v.optional(
    v.pipe(v.number(), v.minValue(0.1, "at least 0.1"), v.maxValue(100, "at most 100")),
    2,
  ),
  /** Connections side by side behind a conduit. */
  shards: v.optional(
    v.pipe(v.number(), v.integer("a whole number"), v.minValue(1, "1 to 10"), v.maxValue(10, "1 to 10")),
    1,
  ),
  /** How often the bot says a word in its own channel to see it come back; left out or 0: never. */
  probe_minutes: v.optional(
    v.pipe(
      v.number(),
      v.check((minutes) => minutes === 0 || (minutes >= 5 && minutes <= 1_440), "0 for never, or 5 to 1440"),
    ),
    0,
  ),
  /** The safety net below EventSub: so often Twitch is asked which streams run. */
  poll_seconds: v.optional(
    v.pipe(v.number(), v.minValue(10, "at least 10"), v.maxValue(3_600, "at most 3600")),
    60,
  ),
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
          v.array(ChannelEntry),
          v.check(
            (entries) => new Set(entries.map(({ name }) => name)).size === entries.length,
            "each channel once",
          ),
          v.check(
            (entries) => entries.filter(({ eventsub }) => eventsub === "direct").length <= DIRECT_MAX,
            `eventsub: direct for ${DIRECT_MAX} channels at most, because Twitch gives an account three connections and the hub needs one`,
          ),
        ),
        [],
      ),
      eventsub: v.optional(EventSub, {}),
      chat: v.optional(Chat, {}),
      urls: v.optional(Urls, {}),
    }),
    v.forward(
      v.check(
        (twitch) => Object.hasOwn(twitch.tokens, twitch.bot_login),
        "an entry with the tokens of the account named by twitch.bot_login",
      ),
      ["tokens"],
    ),
    v.forward(
      v.check(
        (twitch) => twitch.eventsub.transport !== "conduit" || twitch.client_secret !== undefined,
        "auto or websocket, because a conduit takes twitch.client_secret",
      ),
      ["eventsub", "transport"],
    ),
    v.forward(
      v.check(
        ({ channels, chat }) =>
          channels.every(
            (one) => one.eventsub === "hub" || (one.chat.transport ?? chat.transport ?? "irc") === "irc",
          ),
        "eventsub: hub wherever chat comes by EventSub (chat.transport: eventsub)",
      ),
      ["channels"],
    ),
    v.transform(({ channels, ...twitch }) => ({
      ...twitch,
      channels: channels.map(({ name }) => name),
      channelWeights: new Map(channels.map(({ name, weight }) => [name, weight])) as ReadonlyMap<
        Login,
        number
      >,
      /** Of those that have some. */
      channelLogs: new Map(channels.map(({ name, log }) => [name, log])) as ReadonlyMap<
        Login,
        ChannelLogRules
      >,
      channelSources: new Map(channels.map(({ name, eventsub }) => [name, eventsub])) as ReadonlyMap<
        Login,
        EventSourceName
      >,
      channelChats: new Map(channels.map(({ name, chat }) => [name, chat])) as ReadonlyMap<Login, Chat>,
    })),
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
      /** A process that gets no further on its way to work, and waits for nobody, is replaced after this long. */
      stuck_seconds: v.optional(
        v.pipe(v.number(), v.minValue(1, "at least 1"), v.maxValue(3_600, "at most 3600")),
        120,
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
      keep_days: v.optional(Days(1), 14),
      /** 0 keeps none, as `chat: off` does, and removes what was kept before. */
      keep_chat_days: v.optional(Days(0), 30),
    }),
    {},
  ),
});
export type Config = v.InferOutput<typeof Config>;
