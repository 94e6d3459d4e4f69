import type { Millis } from "../shared/clock.ts";
import type { Login } from "../shared/ids.ts";
import type { HubStatus } from "../shared/ipc/hub-control.ts";
import { topicRow } from "../shared/twitch/topics.ts";
import { summariseTransport } from "./eventsub/summarise.ts";
import type { TransportState } from "./eventsub/transport.ts";
import { toUnlookedFor } from "./gap-fill/coverage.ts";
import type { GapFillState } from "./gap-fill/start-gap-fill.ts";
import { toProofs } from "./operator/proofs-of-hub.ts";
import { limitsOf } from "./permits/limits.ts";
import type { PermitsState } from "./permits/permits.ts";
import { judgeProofs, spoken } from "./proof/judge-proofs.ts";
import type { ProbeState } from "./proof/probe.ts";
import type { ReconcilePicture } from "./reconcile/loop.ts";
import { isAlive, wantedKey } from "./reconcile/subscription.ts";
import type { Router } from "./router.ts";
import type { Broadcasters } from "./tokens/broadcasters.ts";
import type { TokenOwner } from "./tokens/token-owner.ts";
import type { WantedSubscription } from "./wanted-subscriptions.ts";

type SubscriptionStatus = HubStatus["subscriptions"][number];

export interface HubSources {
  readonly pid: number;
  readonly uptimeMs: Millis;
  readonly now: Millis;
  readonly wallNow: Millis;
  readonly transport: TransportState;
  readonly token: ReturnType<TokenOwner["state"]>;
  readonly broadcasters: ReturnType<Broadcasters["state"]>;
  readonly wanted: readonly WantedSubscription[];
  /** Channels with a worker of which Twitch has not said who they are. */
  readonly strangers: readonly Login[];
  readonly picture: ReconcilePicture;
  readonly router: Pick<Router, "counts" | "workers">;
  readonly lastAgoMs: Readonly<Record<string, Millis>>;
  readonly gapFill: GapFillState;
  readonly lookEveryMs: Millis;
  readonly drain: HubStatus["drain"];
  readonly probe: ProbeState | undefined;
  readonly isJournalWorking: boolean;
  readonly permits: PermitsState;
  readonly points: HubStatus["points"];
}

/** Pure: what `hub_ctl status` shows. */
export function toHubStatus(sources: HubSources): HubStatus {
  const { picture, gapFill, router } = sources;
  const subscriptions = toSubscriptionStatuses(sources.wanted, picture);
  const workers = [...router.workers()];
  const facts: Facts = {
    eventsub: summariseTransport(sources.transport),
    token: toTokenStatus(sources),
    subscriptions,
    workers,
    drain: sources.drain,
    drifts: gapFill.drifts.length,
    strangers: sources.strangers,
    reconcileProblem: picture.problem,
    ...judgeProofs(toProofs(toProofSources(sources, subscriptions, workers))),
  };
  return {
    ...judge(facts),
    pid: sources.pid,
    uptimeMs: sources.uptimeMs,
    drain: sources.drain,
    proofs: facts.proofs.map(({ name, what, state, agoMs, boundMs }) => ({
      name,
      what,
      state,
      agoMs,
      boundMs,
    })),
    eventsub: facts.eventsub,
    token: facts.token,
    broadcasters: sources.broadcasters.map(({ login, token: { is, validatedAt } }) => ({
      login,
      state: is,
      validatedAgoMs: validatedAt === undefined ? undefined : sources.now - validatedAt,
    })),
    subscriptions,
    totals: picture.totals,
    lastReconcileAgoMs: picture.lastPassAgoMs,
    workers,
    events: { ...router.counts(), recovered: gapFill.recovered, lastAgoMs: sources.lastAgoMs },
    gap: {
      isOpen: sources.wanted.length > 0 && (gapFill.isGapOpen || sources.drain !== undefined),
      lastLookAgoMs: gapFill.lastLookAgoMs,
      lastFillAgoMs: gapFill.lastFillAgoMs,
      problem: gapFill.problem,
      drifts: [...gapFill.drifts],
      uncovered: [...gapFill.uncovered].map(([channel, because]) => ({ channel, because })),
      unlookedFor: [...toUnlookedFor(sources.wanted)],
    },
    probe: sources.probe,
    journal: { isWorking: sources.isJournalWorking },
    permits: toPermitsStatus(sources.permits),
    points: sources.points,
  };
}

function toTokenStatus({ token, now, wallNow }: HubSources): HubStatus["token"] {
  return {
    state: token.is,
    login: token.token?.facts.login,
    expiresInMs: token.token?.expiresAt === undefined ? undefined : token.token.expiresAt - wallNow,
    validatedAgoMs: token.validatedAt === undefined ? undefined : now - token.validatedAt,
  };
}

function toProofSources(
  sources: HubSources,
  subscriptions: readonly SubscriptionStatus[],
  workers: HubStatus["workers"],
) {
  const oldest = workers.flatMap((one) => (one.isConnected ? (one.oldestAgoMs ?? []) : []));
  return {
    uptimeMs: sources.uptimeMs,
    // Nobody keeps a promise that Twitch has refused: the refusal itself is told.
    isWanted: subscriptions.some(({ state }) => state !== "refused"),
    isDrained: sources.drain !== undefined,
    transport: sources.transport,
    picture: sources.picture,
    gapFill: sources.gapFill,
    lookEveryMs: sources.lookEveryMs,
    oldestUnderWayMs: oldest.length === 0 ? undefined : Math.max(...oldest),
    validatedAgoMs: toTokenStatus(sources).validatedAgoMs,
    isTokenLost: sources.token.is === "needs-reauth",
    isJournalWorking: sources.isJournalWorking,
    probe: sources.probe,
  };
}

function toPermitsStatus({ isVerified, lines, joined }: PermitsState): HubStatus["permits"] {
  const limits = limitsOf(isVerified);
  const toLine = (kind: keyof typeof lines) => ({
    waiting: lines[kind].waiting.length,
    open: lines[kind].open,
    counted: lines[kind].counted,
    limit: limits[kind].any,
    windowMs: limits[kind].windowMs,
  });
  return {
    auth: toLine("auth"),
    join: toLine("join"),
    send: toLine("send"),
    joined: { ...joined, refused: [...joined.refused] },
  };
}

function toSubscriptionStatuses(
  wanted: readonly WantedSubscription[],
  { seen, refusals }: ReconcilePicture,
): SubscriptionStatus[] {
  // The first of a key counts: while one moves, it is there twice.
  const seenBy = new Map(
    seen
      .toReversed()
      .filter(isAlive)
      .map((one) => [wantedKey(one), one]),
  );
  return wanted.map((want): SubscriptionStatus => {
    const { channel, topic } = want;
    const have = seenBy.get(wantedKey(want));
    if (have) return { channel, topic, state: have.status === "enabled" ? "enabled" : "pending" };
    const refusal = refusals.get(wantedKey(want));
    return refusal
      ? { channel, topic, state: "refused", detail: refusal.problem }
      : { channel, topic, state: "missing" };
  });
}

/** What Twitch refuses to tell the hub, chat may tell the workers. */
const isToldElsewhere = ({ state, topic }: SubscriptionStatus): boolean =>
  state === "refused" && topicRow(topic).isToldInChat;

type Facts = Pick<HubStatus, "eventsub" | "token" | "subscriptions" | "workers" | "drain"> &
  ReturnType<typeof judgeProofs> &
  Pick<HubSources, "strangers"> & {
    readonly drifts: number;
    readonly reconcileProblem: ReconcilePicture["problem"];
  };

function judge(facts: Facts): Pick<HubStatus, "health" | "sentence"> {
  const { eventsub, token, subscriptions, drain } = facts;
  if (token.state === "needs-reauth")
    return {
      health: "down",
      sentence: "Twitch no longer accepts the bot's token: ./kissbot.sh auth login --bot",
    };
  if (drain) return { health: "degraded", sentence: describeDrain(drain) };
  const isIdle = eventsub.mode === "idle";
  if (!isIdle && eventsub.mode !== "live") return judgeConnection(eventsub);
  const problems = findProblems(facts);
  if (problems.length > 0)
    return {
      health: "degraded",
      sentence: `${isIdle ? "No EventSub connection is open: " : "Connected, but "}${problems.join(" and ")}.`,
    };
  if (isIdle) return { health: "healthy", sentence: describeIdle(subscriptions) };
  const proved = facts.provedAgoMs === undefined ? "" : `, proved ${spoken(facts.provedAgoMs)} ago`;
  return {
    health: "healthy",
    sentence: `All is well: ${subscriptions.length} subscriptions ${describeWay(eventsub)}${proved}.`,
  };
}

function judgeConnection(eventsub: HubStatus["eventsub"]): Pick<HubStatus, "health" | "sentence"> {
  const { mode, problem, connections, each } = eventsub;
  const because = problem === undefined ? "" : ` (${problem})`;
  const delivering = each.filter((one) => one.mode === "live" && !one.isRetiring).length;
  if (delivering > 0)
    return {
      health: "degraded",
      sentence: `${delivering} of ${connections} EventSub connections deliver, another is ${mode}: some events do not arrive${because}.`,
    };
  // Its shard may be bound to the connection before it, or to this one already.
  if (mode === "binding")
    return {
      health: "degraded",
      sentence: `The EventSub connection is binding: events may not arrive${because}.`,
    };
  return { health: "down", sentence: `The EventSub connection is ${mode}: no events arrive${because}.` };
}

const describeIdle = (subscriptions: readonly SubscriptionStatus[]): string =>
  subscriptions.length === 0
    ? "All is well: no module wants events, so no connection is open."
    : "All is well: what the modules want to hear is told in chat, so no connection is open.";

function findProblems(facts: Facts): readonly string[] {
  const { subscriptions, workers, token, unproved, drifts, strangers } = facts;
  const problems: string[] = [];
  if (strangers.length > 0)
    problems.push(
      `Twitch has not said who ${strangers.length === 1 ? `${strangers[0]} is` : `${strangers.length} channels are`}`,
    );
  const unfulfilled = subscriptions.filter((one) => one.state !== "enabled" && !isToldElsewhere(one));
  if (unfulfilled.length > 0)
    problems.push(
      `${unfulfilled.length} of ${subscriptions.length} subscriptions are not enabled${describeWhy(facts)}`,
    );
  const away = workers.filter((one) => !one.isConnected).map((one) => one.channel);
  if (away.length > 0)
    problems.push(`${away.length === 1 ? `the worker of ${away[0]} is` : `${away.length} workers are`} away`);
  if (token.state === "unknown") problems.push("the bot's token is not proved");
  if (drifts > 0)
    problems.push(
      `${drifts === 1 ? "an event that EventSub did not bring was" : `${drifts} events that EventSub did not bring were`} found in the last hour`,
    );
  return [...problems, ...unproved.map((one) => `not proved: ${one}`)];
}

/** Why those are not there that nobody has refused, and what else is not enabled and does no harm. */
function describeWhy({ subscriptions, reconcileProblem }: Facts): string {
  const isMissing = subscriptions.some(({ state }) => state === "missing");
  const toldInChat = subscriptions.filter(isToldElsewhere).length;
  const remarks = [
    ...(isMissing && reconcileProblem !== undefined ? [reconcileProblem] : []),
    ...(toldInChat > 0 ? [`not counting ${toldInChat} that are told in chat instead`] : []),
  ];
  return remarks.length === 0 ? "" : ` (${remarks.join("; ")})`;
}

const describeDrain = ({ left }: NonNullable<HubStatus["drain"]>): string =>
  left === 0
    ? "Drained by an operator: no events come in, and none is under way."
    : `Draining: no events come in, ${left} are still under way to workers.`;

function describeWay({ transport, connections }: HubStatus["eventsub"]): string {
  const many = connections === 1 ? "one connection" : `${connections} connections`;
  return transport === "conduit" ? `on a conduit with ${many}` : `on ${many}`;
}
