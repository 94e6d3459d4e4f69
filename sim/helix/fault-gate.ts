/** What the fault switches for "helix" do to a request before Twitch's own rules see it. */
import type { MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { FaultDesk } from "../fault-desk.ts";
import type { World } from "../world/world.ts";
import type { HelixEnv } from "./context.ts";
import { writePoints } from "./points-gate.ts";
import { toErrorBody } from "./refusal.ts";

/** A 429 that was switched on is over sooner than Twitch's own, so that nobody need wait a minute for it. */
const RESET_SECONDS = 1;

export function passFaults(world: World, faults: FaultDesk): MiddlewareHandler<HelixEnv> {
  return async (c, next) => {
    const delayMs = faults.delayMs("helix");
    if (delayMs > 0) await new Promise<void>((resolve) => world.clock.after(delayMs, resolve));
    const answer = faults.takeAnswer("helix", c.req.path);
    if (answer.is === "normal") return next();
    // Never settles: the request hangs until the caller, or the simulator's end, closes its connection.
    if (answer.is === "hang") return new Promise<Response>(() => {});
    if (answer.isBare) c.set("hasBareAnswer", true);
    else if (answer.status === 429)
      writePoints(c, {
        remaining: 0,
        resetEpochSeconds: Math.ceil(world.clock.now() / 1000) + RESET_SECONDS,
      });
    return c.json(toErrorBody(answer.status, ""), answer.status as ContentfulStatusCode);
  };
}
