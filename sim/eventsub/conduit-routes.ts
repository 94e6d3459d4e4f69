/** /eventsub/conduits and /eventsub/conduits/shards (docs/api/reference/#get-conduits and its neighbours); app tokens only. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import type { HelixEnv } from "../helix/context.ts";
import { toErrorBody } from "../helix/refusal.ts";
import {
  type Conduit,
  type ConduitDesk,
  SHARDS_PER_CONDUIT_MAX,
  type Shard,
  toConduitBody,
  toShardBody,
} from "./conduit-desk.ts";
import { readJson } from "./request-body.ts";
import type { SessionHall } from "./session-hall.ts";

const PAGE_SIZE = 100;

const SHARD_UPDATES = v.object({
  conduit_id: v.pipe(v.string(), v.nonEmpty()),
  shards: v.pipe(
    v.array(
      v.object({
        id: v.string(),
        transport: v.object({ method: v.string(), session_id: v.optional(v.string()) }),
      }),
    ),
    v.minLength(1),
  ),
});
type ShardUpdate = v.InferOutput<typeof SHARD_UPDATES>["shards"][number];

interface ShardError {
  readonly id: string;
  readonly message: string;
  readonly code: string;
}

export function makeConduitRoutes(using: {
  readonly conduits: ConduitDesk;
  readonly hall: SessionHall;
}): Hono<HelixEnv> {
  const { conduits } = using;
  const routes = new Hono<HelixEnv>();

  routes.use("/eventsub/conduits/*", async (c, next) => {
    if (c.get("token").kind === "app") return next();
    return c.json(toErrorBody(401, "Authorization header required with an app access token"), 401);
  });

  routes.get("/eventsub/conduits", (c) =>
    c.json({ data: conduits.listFor(c.get("token").clientId).map(toConduitBody) }),
  );

  routes.post("/eventsub/conduits", async (c) => {
    const shardCount = parseShardCount((await readFields(c)).shard_count);
    if (shardCount === undefined) return c.json(toErrorBody(400, "Invalid shard count"), 400);
    const conduit = conduits.create(c.get("token").clientId, shardCount);
    if (!conduit) return c.json(toErrorBody(429, "Conduit limit reached"), 429);
    return c.json({ data: [toConduitBody(conduit)] });
  });

  routes.patch("/eventsub/conduits", async (c) => {
    const fields = await readFields(c);
    const found = findConduit(conduits, c, fields.id);
    if ("refused" in found) return found.refused;
    const shardCount = parseShardCount(fields.shard_count);
    if (shardCount === undefined) return c.json(toErrorBody(400, "Invalid shard count"), 400);
    conduits.resize(found.conduit, shardCount);
    return c.json({ data: [toConduitBody(found.conduit)] });
  });

  routes.delete("/eventsub/conduits", (c) => {
    const found = findConduit(conduits, c, c.req.query("id"));
    if ("refused" in found) return found.refused;
    conduits.remove(found.conduit);
    return c.body(null, 204);
  });

  routes.get("/eventsub/conduits/shards", (c) => {
    const found = findConduit(conduits, c, c.req.query("conduit_id"), "conduit_id");
    if ("refused" in found) return found.refused;
    const after = c.req.query("after") ?? "-1";
    if (!/^-?\d{1,6}$/.test(after))
      return c.json(toErrorBody(400, "The pagination cursor is not valid."), 400);
    const status = c.req.query("status");
    const rest = [...found.conduit.shards.values()]
      .sort((a, b) => Number(a.id) - Number(b.id))
      .filter(
        (shard) => Number(shard.id) > Number(after) && (status === undefined || shard.status === status),
      );
    const page = rest.slice(0, PAGE_SIZE);
    const last = page.at(-1);
    return c.json({
      data: page.map(toShardBody),
      pagination: last && rest.length > PAGE_SIZE ? { cursor: last.id } : {},
    });
  });

  routes.patch("/eventsub/conduits/shards", async (c) => {
    const parsed = v.safeParse(SHARD_UPDATES, await readJson(c));
    if (!parsed.success) {
      const field = v.getDotPath(parsed.issues[0]) ?? "body";
      return c.json(toErrorBody(400, `The ${field} field is required.`), 400);
    }
    const found = findConduit(conduits, c, parsed.output.conduit_id, "conduit_id");
    if ("refused" in found) return found.refused;
    const done = parsed.output.shards.map((update) => setShard(using, found.conduit, update));
    return c.json(
      { data: done.filter(isShard).map(toShardBody), errors: done.filter((one) => !isShard(one)) },
      202,
    );
  });

  return routes;
}

/** A shard that cannot be set does not keep the others from being set. */
function setShard(
  { conduits, hall }: { readonly conduits: ConduitDesk; readonly hall: SessionHall },
  conduit: Conduit,
  { id, transport }: ShardUpdate,
): Shard | ShardError {
  const wrong = (message: string): ShardError => ({ id, message, code: "invalid_parameter" });
  if (!/^(0|[1-9]\d{0,5})$/.test(id) || Number(id) >= conduit.shardCount) {
    return wrong("The shard id is outside the conduit's range");
  }
  if (transport.method === "webhook")
    return wrong("simulator: the webhook transport is not simulated; use websocket");
  if (transport.method !== "websocket") return wrong("The transport method is not valid");
  const session = hall.find(transport.session_id ?? "");
  if (!session) return wrong("websocket transport session does not exist or has already disconnected");
  const owner = session.owner();
  if (owner && (owner.clientId !== conduit.clientId || owner.userId !== undefined)) {
    return wrong("websocket transport cannot have subscriptions created by different users");
  }
  session.claim({ clientId: conduit.clientId, userId: undefined });
  return conduits.setShard(conduit, id, session);
}

function isShard(one: Shard | ShardError): one is Shard {
  return "status" in one;
}

function findConduit(
  conduits: ConduitDesk,
  c: Context<HelixEnv>,
  id: unknown,
  field = "id",
): { readonly conduit: Conduit } | { readonly refused: Response } {
  if (typeof id !== "string" || id === "")
    return { refused: c.json(toErrorBody(400, `The ${field} field is required.`), 400) };
  const conduit = conduits.find(id, c.get("token").clientId);
  return conduit ? { conduit } : { refused: c.json(toErrorBody(404, "Conduit not found"), 404) };
}

/** The documentation shows a JSON body, twurple sends a query. */
async function readFields(c: Context): Promise<{ readonly id?: unknown; readonly shard_count?: unknown }> {
  const body = await readJson(c);
  return {
    ...c.req.query(),
    ...(typeof body === "object" && body !== null && !Array.isArray(body) ? body : {}),
  };
}

function parseShardCount(given: unknown): number | undefined {
  const count = typeof given === "string" && /^\d{1,9}$/.test(given) ? Number(given) : given;
  const isFine =
    typeof count === "number" && Number.isInteger(count) && count >= 1 && count <= SHARDS_PER_CONDUIT_MAX;
  return isFine ? count : undefined;
}
