/**
 * What keeps the hub from its next stage although it does its part, looked at with every beat: the supervisor replaces
 * a hub that gets no further and waits for nobody. Only what Twitch said counts as its being away: silence may be our own.
 */
import type { Millis } from "../shared/clock.ts";
import type { Login } from "../shared/ids.ts";
import { type ChildCondition, waitForOperator } from "../shared/ipc/child-condition.ts";
import { BEAT_EVERY_MS, type Wait } from "../shared/ipc/supervisor-child.ts";
import type { TransportState } from "./eventsub/transport.ts";
import type { WorkerLink } from "./post.ts";
import type { ReconcilePicture } from "./reconcile/loop.ts";
import { NEVER_LOGGED_IN } from "./tokens/token-owner.ts";
import { settledChannels, type WantedSubscription } from "./wanted-subscriptions.ts";

export interface HubSight {
  readonly reauthProblem: string | undefined;
  readonly transport: Pick<TransportState, "connections" | "problem">;
  readonly picture: Pick<ReconcilePicture, "problem">;
  /** Subscriptions that are neither there nor refused, now and at the last look. */
  readonly missing: number;
  readonly missedBefore: number;
  readonly createsPerSecond: number;
}

const MS_PER_S = 1_000;
/** Two looks: one may come late. */
const CLAIM_MS: Millis = 2 * BEAT_EVERY_MS;

/** Pure. At most one wait for each stage. */
export function toHubWaits(sight: HubSight): readonly Wait[] {
  const { reauthProblem, transport, picture, missing } = sight;
  if (reauthProblem !== undefined) {
    const code = reauthProblem === NEVER_LOGGED_IN ? "not-logged-in" : "needs-reauth";
    const wait = waitForOperator("ready", code, reauthProblem);
    return [{ ...wait, stage: "eventsub" }, wait];
  }
  const notOpen = findRefusal(transport);
  if (notOpen !== undefined) {
    const wait = { for: "twitch", detail: `no events arrive: ${notOpen}`, forMs: CLAIM_MS } as const;
    return [
      { stage: "eventsub", ...wait },
      { stage: "ready", ...wait },
    ];
  }
  if (!isDelivering(transport)) return [];
  if (picture.problem !== undefined)
    return [{ stage: "ready", for: "twitch", detail: picture.problem, forMs: CLAIM_MS }];
  if (missing === 0 || missing >= sight.missedBefore) return [];
  const detail = `${missing} more subscriptions, ${sight.createsPerSecond} a second`;
  return [
    { stage: "ready", for: "turn", detail, forMs: (missing * MS_PER_S) / sight.createsPerSecond + CLAIM_MS },
  ];
}

const isDelivering = ({ connections }: HubSight["transport"]): boolean =>
  connections.some(({ mode }) => mode === "live" || mode === "moving");

function findRefusal({ connections, problem }: HubSight["transport"]): string | undefined {
  if (isDelivering({ connections, problem })) return undefined;
  const resting = connections.find(({ mode }) => mode === "resting");
  if (!resting) return problem;
  // Without a policy it was us who hung up, because nothing came.
  return resting.lastEnd?.policy && resting.lastEnd.because;
}

export interface WaitTeller {
  /** Looks at how things stand, and tells what keeps us waiting. */
  look(): void;
  /** For `look` to judge by. */
  needsReauth(problem: string): void;
}

export function makeWaitTeller(using: {
  readonly condition: () => Pick<ChildCondition, "waitsFor" | "waitsNoMore">;
  readonly isReauthNeeded: () => boolean;
  readonly sight: () => Pick<HubSight, "transport" | "picture" | "createsPerSecond"> & {
    readonly wanted: readonly WantedSubscription[];
    readonly picture: Pick<ReconcilePicture, "problem" | "seen" | "refusals">;
  };
  readonly findLink: (channel: Login) => WorkerLink | undefined;
}): WaitTeller {
  let problem = "";
  let missedBefore = 0;
  let told: readonly Wait[] = [];

  const tellWorkers = (channels: ReadonlySet<Login>) => {
    const [wait] = told.slice(-1);
    if (!wait) return;
    for (const channel of channels) {
      const forMs = wait.forMs ?? CLAIM_MS;
      using.findLink(channel)?.send({ kind: "topics-wait", because: wait.detail, forMs });
    }
  };
  const look = () => {
    const { wanted, ...sight } = using.sight();
    const settled = new Set(settledChannels(wanted, sight.picture));
    const open = wanted.filter(({ channel }) => !settled.has(channel));
    const reauthProblem = using.isReauthNeeded() ? problem : undefined;
    const waits = toHubWaits({ ...sight, reauthProblem, missing: open.length, missedBefore });
    missedBefore = open.length;
    for (const { stage } of told)
      if (!waits.some((wait) => wait.stage === stage)) using.condition().waitsNoMore(stage);
    for (const wait of waits) using.condition().waitsFor(wait);
    told = waits;
    tellWorkers(new Set(open.map(({ channel }) => channel)));
  };
  return {
    needsReauth(because) {
      problem = because;
      // When the token's owner has finished saying so.
      queueMicrotask(look);
    },
    look,
  };
}
