/** Charges each request's bucket and puts the Ratelimit-* headers on every answer, errors included. */
import type { Context, MiddlewareHandler } from "hono";
import type { Token, World } from "../world/world.ts";
import type { HelixEnv } from "./context.ts";
import { fullBucket, POINTS_MAX, type PointsBucket, type PointsTaken, takePoints } from "./points.ts";
import { HelixRefusal } from "./refusal.ts";

/** Send Chat Message has a bucket of its own; Twitch does not say how large, so it is as large as the other. */
const OWN_BUCKET_PATHS: readonly string[] = ["/chat/messages"];

/** Outermost: an answer that never came as far as a bucket shows an untouched one. */
export function showPoints(world: World): MiddlewareHandler<HelixEnv> {
  return async (c, next) => {
    await next();
    if (c.res.headers.has("Ratelimit-Limit") || c.get("hasBareAnswer")) return;
    writePoints(c, takePoints(fullBucket(world.clock.now()), world.clock.now(), 0));
  };
}

/** After auth: buckets belong to a client id and user; an app token has the client id's own. */
export function chargePoints(world: World): MiddlewareHandler<HelixEnv> {
  const buckets = new Map<string, PointsBucket>();
  return async (c, next) => {
    const now = world.clock.now();
    const key = bucketKey(c.get("token"), c.req.path);
    const taken = takePoints(buckets.get(key) ?? fullBucket(now), now);
    buckets.set(key, taken.bucket);
    if (taken.isAllowed) await next();
    // Written last, so that nothing the endpoint answered replaces them.
    else c.res = toTooManyRequests(c);
    writePoints(c, taken);
  };
}

function bucketKey(token: Token, path: string): string {
  const own = OWN_BUCKET_PATHS.find((one) => path.endsWith(one)) ?? "";
  return `${token.clientId} ${token.userId ?? ""} ${own}`;
}

function toTooManyRequests(c: Context): Response {
  const refusal = new HelixRefusal(429, "Too Many Requests");
  return c.json({ error: refusal.message, status: refusal.status, message: refusal.message }, refusal.status);
}

export function writePoints(c: Context, taken: Pick<PointsTaken, "remaining" | "resetEpochSeconds">): void {
  c.header("Ratelimit-Limit", String(POINTS_MAX));
  c.header("Ratelimit-Remaining", String(taken.remaining));
  c.header("Ratelimit-Reset", String(taken.resetEpochSeconds));
}
