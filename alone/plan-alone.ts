/** What the configuration says of a channel that runs alone. Pure. */
import type { Config } from "../shared/config.ts";
import { toEventSource, toHubPapers, toWorkerPapers } from "../shared/config-papers.ts";
import { hubChildId, type Login, workerChildId } from "../shared/ids.ts";
import { childIdentity, type HouseKey, makeCredential } from "../shared/ipc/house-key.ts";
import type { HubPapers, WorkerPapers } from "../shared/ipc/papers.ts";
import type { TokenRules } from "../shared/token-rules.ts";

export const LONE_SOURCES = ["direct", "disabled"] as const;
export type LoneSource = (typeof LONE_SOURCES)[number];

export interface LonePlan {
  readonly hub: HubPapers;
  readonly worker: WorkerPapers;
  /** Where it can't do as the configuration says, in words for whoever started it. */
  readonly remarks: readonly string[];
}

export function planAlone(
  config: Config,
  wish: {
    readonly channel: Login;
    readonly eventsub: LoneSource;
    readonly spawnId: string;
    readonly key: HouseKey;
    readonly tokenRules: TokenRules;
  },
): LonePlan {
  const { channel, spawnId, key } = wish;
  const worker = toWorkerPapers(config, channel);
  const isChatByEventSub = worker.chat.transport === "eventsub";
  const birth = (childId: HubPapers["childId"]) => ({
    childId,
    spawnId,
    credential: makeCredential(key, childIdentity(childId, spawnId)),
  });
  return {
    hub: { ...toHubPapers(config, wish.tokenRules), ...birth(hubChildId), houseKey: key },
    worker: {
      ...worker,
      ...birth(workerChildId(channel)),
      eventsub: toEventSource(config, wish.eventsub),
      chat: isChatByEventSub ? { transport: "irc", send: "auto" } : worker.chat,
    },
    remarks: [
      ...(isChatByEventSub
        ? ["chat comes over IRC here: by EventSub (chat.transport: eventsub) it takes the hub"]
        : []),
      ...(wish.eventsub === "disabled"
        ? ["events are switched off: nothing is announced, alerts come from chat only"]
        : []),
    ],
  };
}
