import { join } from "node:path";
import { WorkerSettings } from "../shared/config/own-settings.ts";
import type { Config } from "../shared/config.ts";
import { toHubPapers, toWorkerPapers } from "../shared/config-papers.ts";
import { checkoutFolder } from "../shared/home.ts";
import { hubChildId, type Login, workerChildId } from "../shared/ids.ts";
import type { ChannelWish } from "../shared/ipc/control.ts";
import type { HouseKey } from "../shared/ipc/house-key.ts";
import type { HubPapers } from "../shared/ipc/papers.ts";
import { BEAT_EVERY_MS, BEATS_MISSED_MAX } from "../shared/ipc/supervisor-child.ts";
import { LEAN_HUB_NODE, LEAN_NODE } from "../shared/lean-node.ts";
import type { TokenRules } from "../shared/token-rules.ts";
import type { ChildSpec } from "./child-spec.ts";
import { hubStages, workerStages } from "./stage-deadlines.ts";

/** What the supervisor adds at each spawn. */
type BirthKeys = "childId" | "spawnId" | "credential";

const patience = { restartsMax: 5, windowMs: 60_000, rest: { first: 1_000, longest: 60_000, jitter: 0.5 } };
const heartbeat = { everyMs: BEAT_EVERY_MS, missesMax: BEATS_MISSED_MAX };

/**
 * What `bench lean` measured. Without the middle compiler a worker is 4 MB lighter after 500 messages, and a burst of
 * 3,000 costs 30 % more CPU. In the saving mode V8 collects what starting has left 8 s later, in steps of a few
 * milliseconds: 2 MB, and 2 MB after an hour of chat; without that mode it wakes every 8 s to see that it should not.
 */
const LEAN_WORKER = [
  ...LEAN_NODE,
  "--no-maglev",
  "--memory-saver-mode",
  // A heap of 7 MB needs no helper: handing it the work makes more turns of the loop than the work itself.
  "--single-threaded-gc",
  // An idle worker then fills a fifth of its young generation's pages, not four fifths: 1 MB. All of this makes a
  // message 5 % dearer.
  "--minor-gc-task-trigger=20",
];

/**
 * What malloc has free goes back to the kernel from 32 kB on, where its own measure grows with what was freed. V8 compiles
 * in pieces of 32 kB: as mappings of their own they leave no holes between what stays. 1.2 MB after starting.
 */
const LEAN_MALLOC = {
  MALLOC_TRIM_THRESHOLD_: "32768",
  MALLOC_MMAP_THRESHOLD_: "32768",
  MALLOC_TOP_PAD_: "32768",
};

const KB_PER_MB = 1_024;
const MS_PER_S = 1_000;

const entry = (name: string) => join(checkoutFolder, "dist", `${name}.mjs`);

/** Pure: which children this configuration and these channels want, the hub first. */
export function wantedChildren(
  config: Config,
  houseKey: HouseKey,
  channels: readonly Login[],
  tokens: TokenRules,
  services: readonly ChildSpec[] = [],
): readonly ChildSpec[] {
  return [
    hubSpec(config, houseKey, tokens),
    ...channels.map((channel) => workerSpec(config, channel)),
    ...services,
  ];
}

/** Pure: the channels that should have a process now. */
export const awakeChannels = (wishes: readonly ChannelWish[]): readonly Login[] =>
  wishes.filter((wish) => wish.isEnabled && !wish.isStopped).map((wish) => wish.channel);

function hubSpec(config: Config, houseKey: HouseKey, tokens: TokenRules): ChildSpec {
  const papers: Omit<HubPapers, BirthKeys> = { ...toHubPapers(config, tokens), houseKey };
  return {
    id: hubChildId,
    entry: entry("hub"),
    execArgv: LEAN_HUB_NODE,
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

function workerSpec(config: Config, channel: Login): ChildSpec {
  return {
    id: workerChildId(channel),
    entry: entry("worker"),
    execArgv: LEAN_WORKER,
    environment: LEAN_MALLOC,
    papers: toWorkerPapers(config, channel),
    toldKeys: Object.keys(WorkerSettings.entries),
    crashLog: join("broadcast", channel, "crash.log"),
    startsAfter: [hubChildId],
    stages: workerStages(config.limits.stuck_seconds * MS_PER_S),
    heartbeat,
    stopWithinMs: 4_500,
    pssKbMax: config.limits.worker_memory_mb * KB_PER_MB,
    patience,
  };
}
