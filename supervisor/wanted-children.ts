import { join } from "node:path";
import type { Config } from "../shared/config.ts";
import { checkoutFolder } from "../shared/home.ts";
import { hubChildId, type Login, workerChildId } from "../shared/ids.ts";
import type { ChannelWish } from "../shared/ipc/control.ts";
import type { HouseKey } from "../shared/ipc/house-key.ts";
import type { HubPapers, WorkerPapers } from "../shared/ipc/papers.ts";
import type { ChildSpec } from "./child-spec.ts";
import { keepsChat } from "./log-policy.ts";

/** What the supervisor adds at each spawn. */
type BirthKeys = "childId" | "spawnId" | "credential";

const patience = { restartsMax: 5, windowMs: 60_000, rest: { first: 1_000, longest: 60_000, jitter: 0.5 } };
/** Beats come every 2 s; three missed and the loop that should do the work does not turn. */
const heartbeat = { everyMs: 2_000, missesMax: 4 };

/**
 * Small young generation, one helper thread, baseline WebAssembly only: what a process that mostly waits needs.
 * Together they save about 10 MB a process.
 */
const LEAN_NODE = ["--max-semi-space-size=1", "--v8-pool-size=1", "--liftoff-only"];
/** A worker's bursts are short: without the middle compiler it is 4 MB lighter after 500 messages, and a burst of 3,000 costs 30 % more CPU. */
const LEAN_WORKER = [...LEAN_NODE, "--no-maglev"];

const KB_PER_MB = 1_024;
const MS_PER_S = 1_000;

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
  };
  return {
    id: hubChildId,
    entry: entry("hub"),
    execArgv: LEAN_NODE,
    papers,
    crashLog: "crash-hub.log",
    startsAfter: [],
    helloWithinMs: 15_000,
    // Twitch may be away for long: the hub then waits by itself, a new process would not do better.
    mustReach: { oneOf: ["starting", "eventsub", "ready"], withinMs: 0 },
    heartbeat,
    stopWithinMs: 1_500,
    pssKbMax: config.limits.hub_memory_mb * KB_PER_MB,
    patience,
  };
}

function workerSpec(config: Config, channel: Login): ChildSpec {
  const papers: Omit<WorkerPapers, BirthKeys> = {
    logLevel: config.log.level,
    orphanAfterMs: config.limits.orphan_seconds * MS_PER_S,
    channel,
    prefix: config.commands.prefix,
    chatUrl: config.twitch.urls.chat,
    isVerifiedBot: config.twitch.bot_is_verified,
    keepsChat: keepsChat(config.log),
    modules: config.modules,
  };
  return {
    id: workerChildId(channel),
    entry: entry("worker"),
    execArgv: LEAN_WORKER,
    papers,
    crashLog: join("broadcast", channel, "crash.log"),
    startsAfter: [hubChildId],
    helloWithinMs: 15_000,
    // In its channel; events may take as long as Twitch does. Longer than 1,000 workers need for their turn at
    // Twitch's 20 logins per 10 s.
    mustReach: { oneOf: ["chat", "ready"], withinMs: 600_000 },
    heartbeat,
    stopWithinMs: 2_500,
    pssKbMax: config.limits.worker_memory_mb * KB_PER_MB,
    patience,
  };
}
