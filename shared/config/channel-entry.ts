/** What stands under twitch.channels: a channel's name, or a section with its name and with what is different for it. */
import * as v from "valibot";
import { ChannelWeight, WEIGHT_DEFAULT } from "../channel-weight.ts";
import { Login } from "../ids.ts";
import { Chat } from "./chat.ts";
import { Prefix } from "./commands.ts";
import { notes } from "./described.ts";
import { ChannelLogRules } from "./log.ts";
import { ModuleSettings } from "./modules.ts";

export const EVENT_SOURCES = ["hub", "direct", "disabled"] as const;
export type EventSourceName = (typeof EVENT_SOURCES)[number];
/** Twitch gives an account three EventSub connections; one is the hub's. */
const DIRECT_MAX = 2;

/** What may be different for a channel, in config.yaml beside its name as in the database. What is left out is the house's. */
export const channelRules = {
  prefix: v.optional(
    v.pipe(Prefix, v.description("What a command begins with in this channel."), notes({ sample: "!" })),
  ),
  weight: v.optional(
    v.pipe(
      ChannelWeight,
      v.description(
        "Its part of what the bot may say when all channels want to be answered at once; the others have 1.",
      ),
      notes({ sample: 1 }),
    ),
  ),
  log: v.optional(
    v.pipe(
      ChannelLogRules,
      v.description("Rules of its own for its logs; what is left out is as under `log`."),
    ),
  ),
  chat: v.optional(v.pipe(Chat, v.description("As twitch.chat, for this channel."))),
  modules: v.optional(
    v.pipe(
      ModuleSettings,
      v.description("As modules below, for this channel; key by key before the house's."),
    ),
  ),
} as const;

export interface ChannelEntry {
  readonly name: Login;
  /** Who brings its worker EventSub's events. */
  readonly eventsub: EventSourceName;
  /** Its part of what the account may say, beside the other channels'. */
  readonly weight: number;
  readonly log: ChannelLogRules;
  readonly chat: Chat;
  readonly prefix: string | undefined;
  readonly modules: ModuleSettings;
}

const plain = {
  eventsub: "hub",
  weight: WEIGHT_DEFAULT,
  log: {},
  chat: {},
  prefix: undefined,
  modules: {},
} as const;
const NameAlone = v.pipe(
  Login,
  v.transform((name): ChannelEntry => ({ ...plain, name })),
);
const Entry = v.strictObject({
  name: v.pipe(Login, v.description("Its login."), notes({ sample: "another_channel" })),
  eventsub: v.optional(
    v.pipe(
      v.picklist(EVENT_SOURCES),
      v.description(
        "Who brings EventSub's events: hub; direct (the worker by itself, for two channels at most); disabled.",
      ),
    ),
    "hub",
  ),
  ...channelRules,
});
const WithRules = v.pipe(
  Entry,
  v.transform(
    ({ name, eventsub, weight, log, chat, prefix, modules }): ChannelEntry => ({
      name,
      eventsub,
      weight: weight ?? plain.weight,
      log: log ?? plain.log,
      chat: chat ?? plain.chat,
      prefix,
      modules: modules ?? plain.modules,
    }),
  ),
);
const ChannelEntry = v.lazy(
  (entry): v.GenericSchema<unknown, ChannelEntry> =>
    typeof entry === "object" && entry !== null ? WithRules : NameAlone,
);

export const ChannelEntries = v.pipe(
  v.array(ChannelEntry),
  v.check((entries) => new Set(entries.map(({ name }) => name)).size === entries.length, "each channel once"),
  v.check(
    (entries) => entries.filter(({ eventsub }) => eventsub === "direct").length <= DIRECT_MAX,
    `eventsub: direct for ${DIRECT_MAX} channels at most, because Twitch gives an account three connections and the hub needs one`,
  ),
  v.description(
    "The channels to serve, in lower case; a process each. The bot may send five times as much where it is a moderator. A name may have rules of its own beside it. More can be added while the house runs: ./kissbot.sh channels add NAME.",
  ),
  notes({ sample: ["your_channel"], isShown: true, entry: Entry }),
);
