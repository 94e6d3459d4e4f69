import { join } from "node:path";
import { WEIGHT_DEFAULT } from "../shared/channel-weight.ts";
import { chooseChat } from "../shared/chat-choice.ts";
import type { Config } from "../shared/config.ts";
import { checkoutFolder } from "../shared/home.ts";
import { hubChildId, type Login, workerChildId } from "../shared/ids.ts";
import type { ChannelWish } from "../shared/ipc/control.ts";
import type { HouseKey } from "../shared/ipc/house-key.ts";
import type { HubPapers, WorkerPapers } from "../shared/ipc/papers.ts";
import { BEAT_EVERY_MS, BEATS_MISSED_MAX } from "../shared/ipc/supervisor-child.ts";
import { LEAN_NODE } from "../shared/lean-node.ts";
import type { ChildSpec } from "./child-spec.ts";
import { keepsChat } from "./log-policy.ts";
import { hubStages, workerStages } from "./stage-deadlines.ts";

/** What the supervisor adds at each spawn. */
type BirthKeys = "childId" | "spawnId" | "credential";

const patience = { restartsMax: 5, windowMs: 60_000, rest: { first: 1_000, longest: 60_000, jitter: 0.5 } };
const heartbeat = { everyMs: BEAT_EVERY_MS, missesMax: BEATS_MISSED_MAX };

/** A worker's bursts are short: without the middle compiler it is 4 MB lighter after 500 messages, and a burst of 3,000 costs 30 % more CPU. */
const LEAN_WORKER = [
  ...LEAN_NODE,
  "--no-maglev",
  // It wakes an idle worker every 8 s to see whether its heap should be collected, and sees each time that it should
  // not: a seventh of what idling costs. Without it a worker is 24 MB after an hour of chat (`bench fleet`).
  "--no-memory-reducer",
];

const KB_PER_MB = 1_024;
const MS_PER_S = 1_000;
const MS_PER_MIN = 60_000;

const entry = (name: string) => join(checkoutFolder, "dist", `${name}.mjs`);

/** Pure: which children this configuration and these channels want, the hub first. */
export function wantedChildren(
  config: Config,
  houseKey: HouseKey,
  channels: readonly Login[],
): readonly ChildSpec[] {
  return [hubSpec(config, houseKey), ...channels.map((channel) => workerSpec(config, channel))];
}

/** Pure: the channels that should have a process now. */
export const awakeChannels = (wishes: readonly ChannelWish[]): readonly Login[] =>
  wishes.filter((wish) => wish.isEnabled && !wish.isStopped).map((wish) => wish.channel);

function hubSpec(config: Config, houseKey: HouseKey): ChildSpec {
  const { twitch } = config;
  const tokens = twitch.tokens[twitch.bot_login];
  const papers: Omit<HubPapers, BirthKeys> = {
    logLevel: config.log.level,
    orphanAfterMs: config.limits.orphan_seconds * MS_PER_S,
    houseKey,
    clientId: twitch.client_id,
    clientSecret: twitch.client_secret,
    botLogin: twitch.bot_login,
    isVerifiedBot: twitch.bot_is_verified,
    tokens: { accessToken: tokens?.access_token ?? "", refreshToken: tokens?.refresh_token },
    urls: { helix: twitch.urls.helix, id: twitch.urls.id, eventsub: twitch.urls.eventsub },
    eventsub: {
      transport: twitch.eventsub.transport,
      createsPerSecond: twitch.eventsub.creates_per_second,
      shards: twitch.eventsub.shards,
      pollEveryMs: twitch.eventsub.poll_seconds * MS_PER_S,
      probeEveryMs: twitch.eventsub.probe_minutes * MS_PER_MIN || undefined,
    },
  };
  return {
    id: hubChildId,
    entry: entry("hub"),
    execArgv: LEAN_NODE,
    papers,
    crashLog: "crash-hub.log",
    startsAfter: [],
    stages: hubStages(config.limits.stuck_seconds * MS_PER_S),
    heartbeat,
    stopWithinMs: 1_500,
    pssKbMax: config.limits.hub_memory_mb * KB_PER_MB,
    patience,
  };
}

function eventSource({ twitch }: Config, channel: Login): WorkerPapers["eventsub"] {
  const from = twitch.channelSources.get(channel) ?? "hub";
  if (from !== "direct") return { from };
  return {
    from,
    clientId: twitch.client_id,
    urls: { helix: twitch.urls.helix, eventsub: twitch.urls.eventsub },
  };
}

function workerSpec(config: Config, channel: Login): ChildSpec {
  const papers: Omit<WorkerPapers, BirthKeys> = {
    logLevel: config.log.level,
    orphanAfterMs: config.limits.orphan_seconds * MS_PER_S,
    channel,
    prefix: config.commands.prefix,
    chatUrl: config.twitch.urls.chat,
    chat: chooseChat(config.twitch.channelChats.get(channel) ?? {}, config.twitch.chat),
    eventsub: eventSource(config, channel),
    isVerifiedBot: config.twitch.bot_is_verified,
    weight: config.twitch.channelWeights.get(channel) ?? WEIGHT_DEFAULT,
    keepsChat: keepsChat(config, channel),
    modules: config.modules,
  };
  return {
    id: workerChildId(channel),
    entry: entry("worker"),
    execArgv: LEAN_WORKER,
    papers,
    crashLog: join("broadcast", channel, "crash.log"),
    startsAfter: [hubChildId],
    stages: workerStages(config.limits.stuck_seconds * MS_PER_S),
    heartbeat,
    stopWithinMs: 2_500,
    pssKbMax: config.limits.worker_memory_mb * KB_PER_MB,
    patience,
  };
}
