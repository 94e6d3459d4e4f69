/** Lets the fault desk answer in id.twitch.tv's place: late, with an error, or never. */
import { STATUS_CODES } from "node:http";
import type { MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { SimClock } from "../clock.ts";
import type { FaultDesk } from "../fault-desk.ts";

export function breakIdRequests(clock: SimClock, faults: FaultDesk): MiddlewareHandler {
  return async (c, next) => {
    const delayMs = faults.delayMs("id");
    if (delayMs > 0) await new Promise<void>((resolve) => void clock.after(delayMs, resolve));
    const instead = faults.takeAnswer("id", c.req.path);
    switch (instead.is) {
      case "normal":
        return next();
      case "status":
        return c.json(
          { error: STATUS_CODES[instead.status] ?? "Unknown", status: instead.status, message: "" },
          instead.status as ContentfulStatusCode,
        );
      case "hang":
        await untilGone(c.req.raw.signal);
        return c.body(null);
    }
  };
}

/** Whoever asked gives up in the end, and takes the request with them. */
function untilGone(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
