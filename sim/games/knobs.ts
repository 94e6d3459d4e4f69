/** How a service of games misbehaves, and what it was asked. Turned by POST /sim/games, read by GET /sim/games. */
import { IncomingMessage } from "node:http";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as v from "valibot";
import type { SimClock } from "../clock.ts";

export const GAME_SERVICES = ["steam", "rawg", "igdb"] as const;
export type GameService = (typeof GAME_SERVICES)[number];

export const GAME_FAULTS = [
  "none",
  /** 503 with a page. */
  "down",
  "rate-limited",
  "unauthorised",
  /** 200 with a page of HTML. */
  "html",
  "null",
  "truncated",
  /** Right JSON in another shape. */
  "wrong-types",
  /** Five megabytes. */
  "huge",
  /** The answer begins and never ends. */
  "endless",
  "hang",
  /** The connection is cut. */
  "reset",
  "empty",
] as const;

export type GameFault = (typeof GAME_FAULTS)[number];

export const GameKnobs = v.strictObject({
  service: v.picklist([...GAME_SERVICES, "all"]),
  fault: v.optional(v.picklist(GAME_FAULTS), "none"),
  delayMs: v.optional(v.pipe(v.number(), v.minValue(0)), 0),
  /** RAWG's plan; a used-up key is refused as a wrong one is. */
  callsAMonth: v.optional(v.pipe(v.number(), v.minValue(0)), 20_000),
});
export type GameKnobs = v.InferOutput<typeof GameKnobs>;

export interface ServiceState {
  readonly calls: readonly { readonly path: string; readonly status: number }[];
}

export interface ServiceKnobs {
  turn(knobs: GameKnobs): void;
  state(): ServiceState;
  callsAMonth(): number;
  /** Answers itself when it is to misbehave, else by `answer`. */
  serve(c: Context, empty: () => Response, answer: () => Promise<Response> | Response): Promise<Response>;
}

const HUGE_BYTES = 5_242_880;
const CALLS_KEPT = 10_000;
const PAGE =
  "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>520: Web server error</h1></body></html>";

export function makeServiceKnobs(service: GameService, clock: Pick<SimClock, "after">): ServiceKnobs {
  let knobs: GameKnobs = v.parse(GameKnobs, { service });
  const calls: { path: string; status: number }[] = [];
  return {
    turn(next) {
      knobs = next;
    },
    state: () => ({ calls }),
    callsAMonth: () => knobs.callsAMonth,
    async serve(c, empty, answer) {
      const entry = { path: new URL(c.req.url).pathname, status: 0 };
      if (calls.length < CALLS_KEPT) calls.push(entry);
      if (knobs.delayMs > 0) await new Promise<void>((resolve) => void clock.after(knobs.delayMs, resolve));
      const response = knobs.fault === "empty" ? empty() : (misbehave(c, knobs.fault) ?? (await answer()));
      entry.status = response.status;
      return response;
    },
  };
}

/** @hono/node-server hands on what it listens with. */
function cutConnection({ env }: Context): void {
  if (typeof env !== "object" || env === null || !("incoming" in env)) return;
  if (env.incoming instanceof IncomingMessage) env.incoming.socket.destroy();
}

function misbehave(c: Context, fault: GameKnobs["fault"]): Response | undefined {
  switch (fault) {
    case "none":
    case "empty":
      return undefined;
    case "down":
      return c.html(PAGE, 503);
    case "rate-limited":
      return c.body("null", 429 as ContentfulStatusCode, { "content-type": "application/json" });
    case "unauthorised":
      return c.json({ error: "The API key is not found" }, 401);
    case "html":
      return c.html(PAGE, 200);
    case "null":
      return c.body("null", 200, { "content-type": "application/json" });
    case "truncated":
      return c.body('{"results":[{"id":17,"na', 200, { "content-type": "application/json" });
    case "wrong-types":
      return c.json({ total: "many", items: [{ id: "one" }], results: "none", count: null });
    case "huge":
      return c.body(`"${"x".repeat(HUGE_BYTES)}"`, 200, { "content-type": "application/json" });
    case "endless":
      return new Response(
        new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode("[")) }),
      );
    case "hang":
      // Never settles: the caller, or the simulator's end, closes its connection.
      return new Response(new ReadableStream({}), { status: 200 });
    case "reset":
      cutConnection(c);
      return c.body(null);
  }
}
