/**
 * What the supervisor hands a child on its standard input at birth, one JSON document, then the end of the stream:
 * who it is, how it proves that, and its part of the configuration. Nothing of it stands in argv or the
 * environment, where other processes could read it; a worker is given no token and no house key.
 */
import { readFileSync } from "node:fs";
import * as v from "valibot";
import { ChannelWeight } from "../channel-weight.ts";
import { ChatChoice } from "../chat-choice.ts";
import { KissError } from "../errors.ts";
import { ChildId, Login } from "../ids.ts";
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
  prefix: v.string(),
  chatUrl: v.string(),
  chat: ChatChoice,
  eventsub: EventSource,
  isVerifiedBot: v.boolean(),
  /** Its part of what the account may say. */
  weight: ChannelWeight,
  /** Whether what is said in the channel is kept in its chat.log. */
  keepsChat: v.boolean(),
  modules: v.record(v.string(), v.record(v.string(), v.unknown())),
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
  tokens: v.object({ accessToken: v.string(), refreshToken: v.optional(v.string()) }),
  urls: v.object({ helix: v.string(), id: v.string(), eventsub: v.string() }),
  eventsub: v.object({
    transport: v.picklist(TRANSPORT_CHOICES),
    createsPerSecond: v.pipe(v.number(), v.minValue(0.01)),
    shards: v.pipe(v.number(), v.integer(), v.minValue(1)),
    pollEveryMs: v.optional(v.pipe(v.number(), v.minValue(1))),
    /** Left out: never. */
    probeEveryMs: v.optional(v.pipe(v.number(), v.minValue(1))),
  }),
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
