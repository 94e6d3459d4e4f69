/** GET, POST and DELETE /eventsub/subscriptions (docs/api/reference/#create-eventsub-subscription and its neighbours). */
import { type Context, Hono } from "hono";
import { takeJoin } from "../chat/chat-accounts.ts";
import type { HelixEnv } from "../helix/context.ts";
import { toErrorBody } from "../helix/refusal.ts";
import type { Token, World } from "../world/world.ts";
import type { ConduitDesk } from "./conduit-desk.ts";
import { planSubscription, type SubscriptionPlan } from "./plan-subscription.ts";
import { readJson } from "./request-body.ts";
import type { SessionHall } from "./session-hall.ts";
import { type Subscription, toSubscriptionBody, totalCostOf } from "./subscription.ts";
import type { SubscriptionDesk } from "./subscription-desk.ts";
import { APP_TOTAL_COST_MAX, USER_TOTAL_COST_MAX } from "./subscription-limits.ts";
import { refuse } from "./subscription-refusal.ts";
import { parseSubscriptionRequest, type SubscriptionRequest } from "./subscription-request.ts";

const PAGE_SIZE = 100;
const FILTERS = ["status", "type", "user_id", "subscription_id"] as const;

export function makeSubscriptionRoutes(using: {
  readonly world: World;
  readonly desk: SubscriptionDesk;
  readonly conduits: ConduitDesk;
  readonly hall: SessionHall;
}): Hono<HelixEnv> {
  const { world, desk, conduits, hall } = using;
  const routes = new Hono<HelixEnv>();

  routes.post("/eventsub/subscriptions", async (c) => {
    const parsed = parseSubscriptionRequest(await readJson(c));
    if (parsed.is === "malformed") return c.json(toErrorBody(400, parsed.message), 400);
    const token = c.get("token");
    const plan = planFor(using, parsed.request, token);
    if (plan.is === "refused") return c.json(toErrorBody(plan.status, plan.message), plan.status);
    const made = desk.add({ ...plan, token });
    if (made.transport.method === "websocket")
      hall.find(made.transport.sessionId)?.claim({ clientId: token.clientId, userId: token.userId });
    return c.json(
      { data: [toSubscriptionBody(world, made)], ...toTotals(world, desk.listFor(token), token) },
      202,
    );
  });

  routes.get("/eventsub/subscriptions", (c) => {
    const given = FILTERS.filter((name) => c.req.query(name) !== undefined);
    if (given.length > 1) {
      return c.json(
        toErrorBody(400, `The ${given.join(", ")} query parameters are mutually exclusive.`),
        400,
      );
    }
    const token = c.get("token");
    // A conduit nobody served for days goes, and takes its subscriptions with it.
    conduits.listFor(token.clientId);
    const all = desk.listFor(token);
    const after = parseCursor(c.req.query("after"));
    if (after === undefined) return c.json(toErrorBody(400, "The pagination cursor is not valid."), 400);
    const rest = all.filter((one) => one.number > after && passesFilters(one, c));
    const page = rest.slice(0, PAGE_SIZE);
    const last = page.at(-1);
    return c.json({
      ...toTotals(world, all, token),
      data: page.map((one) => toSubscriptionBody(world, one)),
      pagination: last && rest.length > PAGE_SIZE ? { cursor: toCursor(last.number) } : {},
    });
  });

  routes.delete("/eventsub/subscriptions", (c) => {
    const id = c.req.query("id");
    if (!id) return c.json(toErrorBody(400, 'Missing required parameter "id"'), 400);
    const found = desk.find(id);
    const token = c.get("token");
    if (found?.clientId !== token.clientId || found.userId !== token.userId) {
      return c.json(toErrorBody(404, "subscription not found"), 404);
    }
    desk.remove(id);
    return c.body(null, 204);
  });

  return routes;
}

/** Reading chat as a user takes a JOIN from the account's budget, and only when nothing else was wrong. */
function planFor(
  { world, desk, conduits, hall }: Parameters<typeof makeSubscriptionRoutes>[0],
  request: SubscriptionRequest,
  token: Token,
): SubscriptionPlan {
  const session = hall.find(request.transport.sessionId ?? "");
  const plan = planSubscription(request, token, {
    world,
    subscriptions: desk.listFor(token),
    session: session && { connectedAt: session.connectedAt, owner: session.owner() },
    hasConduit: conduits.find(request.transport.conduitId ?? "", token.clientId) !== undefined,
  });
  const reader = token.userId === undefined ? undefined : world.users.get(token.userId);
  if (plan.is === "refused" || plan.type.type !== "channel.chat.message" || !reader) return plan;
  return takeJoin(world, reader) ? plan : refuse(429, "rate limit for joining chat rooms exceeded");
}

function toTotals(world: World, all: readonly Subscription[], token: Token) {
  return {
    total: all.length,
    total_cost: totalCostOf(world, all),
    max_total_cost: token.kind === "user" ? USER_TOTAL_COST_MAX : APP_TOTAL_COST_MAX,
  };
}

function passesFilters(one: Subscription, c: Context): boolean {
  const { status, type, user_id: userId, subscription_id: id } = c.req.query();
  if (status !== undefined && one.status !== status) return false;
  if (type !== undefined && one.type.type !== type) return false;
  if (id !== undefined && one.id !== id) return false;
  return userId === undefined || namesUser(one, userId);
}

/** "Where this ID matches a user ID that you specified in the Condition object." */
function namesUser(one: Subscription, userId: string): boolean {
  return Object.entries(one.condition).some(
    ([field, value]) => field.endsWith("user_id") && value === userId,
  );
}

function toCursor(number: number): string {
  return Buffer.from(JSON.stringify({ after: number })).toString("base64url");
}

function parseCursor(cursor: string | undefined): number | undefined {
  if (!cursor) return 0;
  const found = /^\{"after":(\d{1,12})\}$/.exec(Buffer.from(cursor, "base64url").toString());
  return found ? Number(found[1]) : undefined;
}
