/**
 * The control API under /sim: how a person, a test or a demo moves the simulated Twitch. It is not Twitch; its
 * answers are made for reading. 400 = your request is wrong and how, 404 = no such name here, 409 = cannot be done.
 */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import * as v from "valibot";
import type { EventSubDoor } from "../eventsub/eventsub-door.ts";
import type { FaultDesk } from "../fault-desk.ts";
import type { GameServices } from "../games/game-services.ts";
import { GameKnobs } from "../games/knobs.ts";
import type { LoginDesk } from "../id/login-desk.ts";
import type { ScriptPlayer } from "../scenario/script-player.ts";
import { UnknownUserError, type World } from "../world/world.ts";
import { applyOrder, type OrderOutcome } from "./apply-order.ts";
import { BadRequestError, readBody } from "./body.ts";
import { FaultSchema } from "./fault-schema.ts";
import type { Feed } from "./feed.ts";
import { CHANNEL_ORDERS, type Order, OrderSchema } from "./order.ts";
import { ApplicationBody, addApplication, addToken, addUser, TokenBody, UserBody } from "./registry.ts";
import { toLineRow, toStateBody } from "./state.ts";
import { UnknownLineError } from "./viewer-talk.ts";

export interface ControlParts {
  readonly world: World;
  readonly faults: FaultDesk;
  readonly feed: Feed;
  readonly script: ScriptPlayer;
  readonly logins: LoginDesk;
  readonly games: GameServices;
  readonly connections: { readonly irc: () => readonly object[]; readonly eventsub: () => readonly object[] };
  readonly emit: EventSubDoor["emitRaw"];
  readonly log: (line: string) => void;
}

const BODY_BYTES_MAX = 1024 * 1024;
const LINES_SHOWN_MAX = 500;

export function makeControlRoutes(parts: ControlParts): Hono {
  const { world, faults, feed, script, log } = parts;
  const app = new Hono();
  app.use(
    "*",
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: (c) => c.json({ error: "The body is larger than 1 MiB." }, 413),
    }),
  );

  app.get("/", (c) =>
    c.json({
      routes: app.routes
        .filter(({ method }) => method !== "ALL")
        .map(({ method, path }) => `${method} /sim${path}`),
    }),
  );
  app.get("/state", (c) => c.json(toStateBody(parts)));
  app.get("/lines", (c) =>
    c.json({ lines: recentLines(world, c.req.query("channel"), c.req.query("count")) }),
  );
  app.get("/feed", (c) => openFeed(feed, c));

  app.post("/users", async (c) => c.json(addUser(world, await readBody(c, UserBody)), 201));
  app.post("/applications", async (c) =>
    c.json(addApplication(world, await readBody(c, ApplicationBody)), 201),
  );
  app.post("/tokens", async (c) => c.json(addToken(world, await readBody(c, TokenBody)), 201));
  app.post("/device/approve", async (c) => {
    const { userCode, user } = await readBody(c, v.strictObject({ userCode: v.string(), user: v.string() }));
    const approval = parts.logins.approveDevice(userCode, world.getUser(user));
    if (approval === "approved") return c.json({ is: "done" });
    const because =
      approval === "unknown-code"
        ? `no device is waiting with the code "${userCode}"`
        : "this code was approved already";
    return c.json({ is: "refused", because }, 409);
  });

  app.post("/device/deny", async (c) => {
    const { userCode } = await readBody(c, v.strictObject({ userCode: v.string() }));
    if (parts.logins.denyDevice(userCode) === "denied") return c.json({ is: "done" });
    return c.json({ is: "refused", because: `no device is waiting with the code "${userCode}"` }, 409);
  });

  app.post("/chat", async (c) => answer(c, applyOrder(parts, await readOrder(c, { do: "chat" }))));
  app.post("/channels/:login/:order", async (c) => {
    const name = c.req.param("order");
    if (!CHANNEL_ORDERS.some((one) => one === name)) {
      return c.json({ error: `There is no "${name}"; there are ${CHANNEL_ORDERS.join(", ")}.` }, 404);
    }
    return answer(c, applyOrder(parts, await readOrder(c, { do: name, channel: c.req.param("login") })));
  });
  app.post("/faults", async (c) => {
    const given = await readBody(c, v.union([v.array(FaultSchema), FaultSchema]));
    const outcomes = [given].flat().map((fault) => applyOrder({ world, faults }, { do: "fault", fault }));
    return c.json({ is: "done", applied: outcomes.length });
  });
  app.get("/games", (c) => c.json(parts.games.state()));
  app.post("/games", async (c) => {
    parts.games.turn(await readBody(c, GameKnobs));
    return c.json({ is: "done" });
  });
  app.post("/eventsub", async (c) => {
    const { type, version, about, event } = await readBody(c, EmitBody);
    const outcome = parts.emit(type, version, about, event);
    if (outcome.is === "unknown-type") throw new BadRequestError([`${outcome.message}.`]);
    return c.json(outcome);
  });
  app.post("/clock", async (c) => c.json(moveClock(world, await readBody(c, ClockBody))));
  app.post("/script/start", (c) => {
    if (script.start() === "already-playing")
      return c.json({ is: "refused", because: "the script is playing already" }, 409);
    return c.json({ is: "done", script: script.state() });
  });
  app.post("/script/stop", (c) => {
    script.stop();
    return c.json({ is: "done", script: script.state() });
  });

  // Not `notFound`: that would be the outermost application's, once this one is mounted.
  app.all("*", (c) =>
    c.json({ error: `There is no ${c.req.method} ${c.req.path}; GET /sim lists what there is.` }, 404),
  );
  app.onError((error, c) => {
    if (error instanceof BadRequestError)
      return c.json({ error: error.message, problems: error.problems }, 400);
    if (error instanceof UnknownUserError || error instanceof UnknownLineError)
      return c.json({ error: `There is ${error.message}.` }, 404);
    // Whoever hung up in the middle of their own request hears nothing more, and it is no fault of ours.
    if (c.req.raw.signal.aborted) return c.body(null);
    log(`control ${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`);
    return c.json({ error: error.message }, 500);
  });
  return app;
}

const EmitBody = v.strictObject({
  type: v.string(),
  version: v.optional(v.string(), "1"),
  /** Compared with the subscriptions' conditions: `{"broadcaster_user_id":"…"}`. */
  about: v.record(v.string(), v.string()),
  event: v.record(v.string(), v.unknown()),
});

const ClockBody = v.strictObject({
  speed: v.optional(v.pipe(v.number(), v.gtValue(0, "the speed must be above 0"))),
  advanceMs: v.optional(v.pipe(v.number(), v.minValue(0, "time only goes forward"))),
});

function moveClock({ clock }: World, { speed, advanceMs }: v.InferOutput<typeof ClockBody>): object {
  if (speed !== undefined) clock.setSpeed(speed);
  if (advanceMs !== undefined) clock.advance(advanceMs);
  return { is: "done", now: new Date(clock.now()).toISOString(), speed: clock.speed() };
}

async function readOrder(
  c: Context,
  path: { readonly do: string; readonly channel?: string },
): Promise<Order> {
  const plain = await readBody(c, v.optional(v.record(v.string(), v.unknown()), {}));
  const parsed = v.safeParse(OrderSchema, { ...plain, ...path });
  if (!parsed.success) throw BadRequestError.fromIssues(parsed.issues);
  return parsed.output;
}

/** A dropped chat line is an answer, not an error: Twitch's rules did their work. */
function answer(c: Context, outcome: OrderOutcome): Response {
  if (outcome.is === "sent") return c.json({ is: "sent", line: toLineRow(outcome.line) });
  return c.json(outcome, outcome.is === "refused" ? 409 : 200);
}

function recentLines(
  world: World,
  channel: string | undefined,
  count: string | undefined,
): readonly object[] {
  if (!channel) throw new BadRequestError(["Say which channel: /sim/lines?channel=<login>."]);
  const most = Math.min(LINES_SHOWN_MAX, Number(count ?? 50) || 50);
  return world.getChannel(channel).lines.slice(-most).map(toLineRow);
}

/** `?channel=` and `?kinds=a,b` narrow it. */
function openFeed(feed: Feed, c: Context): Response {
  const channel = c.req.query("channel")?.toLowerCase();
  const kinds = c.req
    .query("kinds")
    ?.split(",")
    .filter((kind) => kind !== "");
  const lines = feed.open(
    (entry) =>
      (channel === undefined || entry.channel === channel) && (!kinds?.length || kinds.includes(entry.kind)),
  );
  return c.body(lines, 200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
}
