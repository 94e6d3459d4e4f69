import type { Millis } from "../shared/clock.ts";
import type { HubStatus } from "../shared/ipc/control.ts";
import type { SessionState } from "./eventsub/session.ts";
import { type ReconcilePicture, wantedKey } from "./reconcile/loop.ts";
import type { Router } from "./router.ts";
import type { TokenOwner } from "./tokens/token-owner.ts";
import type { WantedSubscription } from "./wanted-subscriptions.ts";

type SubscriptionStatus = HubStatus["subscriptions"][number];

/** Pure: what `hub_ctl status` shows. */
export function toHubStatus(using: {
  readonly pid: number;
  readonly uptimeMs: Millis;
  readonly wallNow: Millis;
  readonly session: SessionState;
  readonly token: ReturnType<TokenOwner["state"]>;
  readonly wanted: readonly WantedSubscription[];
  readonly picture: ReconcilePicture;
  readonly router: Pick<Router, "counts" | "workers">;
}): HubStatus {
  const { session, token, picture } = using;
  const subscriptions = using.wanted.map((one) => toSubscriptionStatus(one, picture));
  const workers = [...using.router.workers()];
  const tokenStatus: HubStatus["token"] = {
    state: token.is,
    login: token.token?.facts.login,
    expiresInMs: token.token?.expiresAt === undefined ? undefined : token.token.expiresAt - using.wallNow,
  };
  return {
    ...judge(session, tokenStatus, subscriptions, workers),
    pid: using.pid,
    uptimeMs: using.uptimeMs,
    eventsub: {
      mode: session.mode,
      sessionId: session.sessionId,
      connectedForMs: session.connectedForMs,
      lastFrameAgoMs: session.lastFrameAgoMs,
      reconnects: session.reconnects,
    },
    token: tokenStatus,
    subscriptions,
    lastReconcileAgoMs: picture.lastPassAgoMs,
    workers,
    events: { ...using.router.counts() },
  };
}

function toSubscriptionStatus(want: WantedSubscription, picture: ReconcilePicture): SubscriptionStatus {
  const { channel, topic } = want;
  const seen = picture.seen.find((one) => wantedKey(one) === wantedKey(want) && one.status !== "failed");
  if (seen) return { channel, topic, state: seen.status === "enabled" ? "enabled" : "pending" };
  const refusal = picture.refusals.get(wantedKey(want));
  return refusal
    ? { channel, topic, state: "refused", detail: refusal.problem }
    : { channel, topic, state: "missing" };
}

function judge(
  session: SessionState,
  token: HubStatus["token"],
  subscriptions: readonly SubscriptionStatus[],
  workers: HubStatus["workers"],
): Pick<HubStatus, "health" | "sentence"> {
  if (token.state === "needs-reauth") {
    return { health: "down", sentence: "Twitch no longer accepts the bot's token: it needs a new login." };
  }
  if (session.mode === "idle")
    return { health: "healthy", sentence: "All is well: no module wants events, so no connection is open." };
  const isLive = session.mode === "live" || session.mode === "moving";
  if (!isLive)
    return { health: "down", sentence: `The EventSub connection is ${session.mode}: no events arrive.` };
  const problems: string[] = [];
  const unfulfilled = subscriptions.filter((one) => one.state !== "enabled");
  if (unfulfilled.length > 0)
    problems.push(`${unfulfilled.length} of ${subscriptions.length} subscriptions are not enabled`);
  const away = workers.filter((one) => !one.isConnected).map((one) => one.channel);
  if (away.length > 0)
    problems.push(`${away.length === 1 ? `the worker of ${away[0]} is` : `${away.length} workers are`} away`);
  if (token.state === "unknown") problems.push("the bot's token is not proved");
  if (problems.length > 0)
    return { health: "degraded", sentence: `Connected, but ${problems.join(" and ")}.` };
  const proved =
    session.lastFrameAgoMs === undefined
      ? ""
      : `, last sign of life ${Math.round(session.lastFrameAgoMs / 1_000)} s ago`;
  return {
    health: "healthy",
    sentence: `All is well: ${subscriptions.length} subscriptions on one connection${proved}.`,
  };
}
