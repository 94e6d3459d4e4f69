/**
 * What the supervisor hands a child on its standard input at birth, one JSON document, then the end of the stream:
 * who it is, how it proves that, and its part of the configuration. Nothing of it stands in argv or the
 * environment, where other processes could read it; a worker is given no token and no house key.
 */
import { readFileSync } from "node:fs";
import * as v from "valibot";
import { ChannelWeight } from "../channel-weight.ts";
import { ChatChoice } from "../chat-choice.ts";
import { WorkerSettings } from "../config/own-settings.ts";
import { CROWD_SCOPES, CrowdPapers } from "../crowd/crowd-papers.ts";
import { KissError } from "../errors.ts";
import { GamePapers } from "../games/game-services.ts";
import { RankerPapers } from "../games/ranker-words.ts";
import { ChildId, Login } from "../ids.ts";
import { KeySource } from "../key-source.ts";
import { LOG_LEVELS } from "../log.ts";
import { TRANSPORT_CHOICES } from "../twitch/transport-choice.ts";

const Birth = {
  childId: ChildId,
  spawnId: v.string(),
  credential: v.string(),
  logLevel: v.picklist(LOG_LEVELS),
  /** Without a supervisor for this long, a child stops. */
  orphanAfterMs: v.pipe(v.number(), v.minValue(1)),
};

/** Where a worker hears EventSub from. */
export const EventSource = v.variant("from", [
  v.object({ from: v.literal("hub") }),
  v.object({ from: v.literal("disabled") }),
  v.object({
    from: v.literal("direct"),
    clientId: v.string(),
    urls: v.object({ helix: v.string(), eventsub: v.string() }),
  }),
]);
export type EventSource = v.InferOutput<typeof EventSource>;

export const WorkerPapers = v.object({
  ...Birth,
  channel: Login,
  /** Later ones are told by the supervisor while it runs. */
  ...WorkerSettings.entries,
  chatUrl: v.string(),
  chat: ChatChoice,
  eventsub: EventSource,
  isVerifiedBot: v.boolean(),
  /** Its part of what the account may say. */
  weight: ChannelWeight,
  /** Whether what is said in the channel is kept in its chat.log. */
  keepsChat: v.boolean(),
  /** Whose settled names it looks up; left out: those of all channels. */
  crowdScope: v.optional(v.picklist(CROWD_SCOPES)),
});
export type WorkerPapers = v.InferOutput<typeof WorkerPapers>;

export const HubPapers = v.object({
  ...Birth,
  /** The hub checks the credentials of workers and operators itself. */
  houseKey: v.string(),
  clientId: v.string(),
  clientSecret: v.optional(v.string()),
  botLogin: Login,
  isVerifiedBot: v.boolean(),
  /** As configured; left out: they are in the database. */
  tokens: v.optional(v.object({ accessToken: v.string(), refreshToken: v.optional(v.string()) })),
  /** Other accounts of twitch.tokens. */
  broadcasters: v.optional(
    v.array(v.object({ login: Login, accessToken: v.string(), refreshToken: v.optional(v.string()) })),
  ),
  /** Where the key is that seals them there; left out: in the home. */
  keySource: v.optional(KeySource),
  urls: v.object({ helix: v.string(), id: v.string(), eventsub: v.string() }),
  eventsub: v.object({
    transport: v.picklist(TRANSPORT_CHOICES),
    createsPerSecond: v.pipe(v.number(), v.minValue(0.01)),
    shards: v.pipe(v.number(), v.integer(), v.minValue(1)),
    pollEveryMs: v.optional(v.pipe(v.number(), v.minValue(1))),
    /** Left out: never. */
    probeEveryMs: v.optional(v.pipe(v.number(), v.minValue(1))),
  }),
  /** Left out: nobody is asked about games. */
  games: v.optional(GamePapers),
  /** Left out: as a house that was not configured. */
  crowd: v.optional(CrowdPapers),
  /** Left out: no ranker is asked. */
  ranker: v.optional(RankerPapers),
});
export type HubPapers = v.InferOutput<typeof HubPapers>;

/** @throws KissError no-credential when nothing, or nonsense, was handed over */
export function readPapers<P>(schema: v.GenericSchema<unknown, P>): P {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(0, "utf8"));
  } catch (cause) {
    throw new KissError("no-credential", "nothing readable on standard input", { cause });
  }
  const papers = v.safeParse(schema, raw);
  if (!papers.success) throw new KissError("no-credential", "what stood on standard input was incomplete");
  return papers.output;
}
