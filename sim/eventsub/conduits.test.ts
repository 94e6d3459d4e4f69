import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as act from "../world/operations.ts";
import { CONDUIT_WITHOUT_SHARDS_MS, toShardNumber } from "./conduit-desk.ts";
import { type Client, openRig, type Rig } from "./eventsub-rig.ts";

const CONDUITS = "/eventsub/conduits";
const SHARDS = "/eventsub/conduits/shards";

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const call = (method: string, path: string, body?: unknown) => rig.call(method, path, rig.appToken, body);

async function create(shardCount: number): Promise<string> {
  return (await call("POST", CONDUITS, { shard_count: shardCount })).body.data[0]?.id ?? "";
}

const setShard = (conduitId: string, shardId: string, sessionId: string) =>
  call("PATCH", SHARDS, {
    conduit_id: conduitId,
    shards: [{ id: shardId, transport: { method: "websocket", session_id: sessionId } }],
  });

const subscribe = (conduitId: string, type: string, condition: object) =>
  call("POST", "/eventsub/subscriptions", {
    type,
    version: "1",
    condition,
    transport: { method: "conduit", conduit_id: conduitId },
  });

/** A conduit with a socket behind every shard. */
async function open(
  shardCount: number,
): Promise<{ conduitId: string; clients: readonly Client[]; sessionIds: readonly string[] }> {
  const conduitId = await create(shardCount);
  const clients: Client[] = [];
  const sessionIds: string[] = [];
  for (let n = 0; n < shardCount; n++) {
    const client = rig.dial();
    const { id } = await client.welcome();
    const set = await setShard(conduitId, String(n), id);
    expect([set.status, set.body.errors]).toEqual([202, []]);
    clients.push(client);
    sessionIds.push(id);
  }
  return { conduitId, clients, sessionIds };
}

describe("conduits", () => {
  it("are created, listed, resized and deleted, by body and by query", async () => {
    const id = await create(2);
    expect((await call("POST", `${CONDUITS}?shard_count=3`)).body.data[0]?.shard_count).toBe(3);
    expect((await call("PATCH", CONDUITS, { id, shard_count: 5 })).body.data).toEqual([
      { id, shard_count: 5 },
    ]);
    expect((await call("PATCH", `${CONDUITS}?id=${id}&shard_count=4`)).body.data).toEqual([
      { id, shard_count: 4 },
    ]);
    expect((await call("GET", CONDUITS)).body.data).toHaveLength(2);
    expect((await call("DELETE", `${CONDUITS}?id=${id}`)).status).toBe(204);
    expect((await call("GET", CONDUITS)).body.data).toHaveLength(1);
  });

  it("are five at most", async () => {
    for (let n = 0; n < 5; n++) await create(1);
    expect(await call("POST", CONDUITS, { shard_count: 1 })).toMatchObject({
      status: 429,
      body: { message: "Conduit limit reached" },
    });
  });

  it.each([
    ["POST", CONDUITS, { shard_count: 0 }, 400],
    ["POST", CONDUITS, { shard_count: 20_001 }, 400],
    ["POST", CONDUITS, { shard_count: 1.5 }, 400],
    ["POST", CONDUITS, undefined, 400],
    ["PATCH", CONDUITS, { shard_count: 1 }, 400],
    ["PATCH", CONDUITS, { id: "x", shard_count: 1 }, 404],
    ["DELETE", CONDUITS, undefined, 400],
    ["DELETE", `${CONDUITS}?id=x`, undefined, 404],
    ["GET", SHARDS, undefined, 400],
    ["GET", `${SHARDS}?conduit_id=x`, undefined, 404],
    ["PATCH", SHARDS, { conduit_id: "x", shards: [] }, 400],
    ["PATCH", SHARDS, { conduit_id: "x", shards: [{ id: "0", transport: { method: "websocket" } }] }, 404],
  ])("%s %s %j → %i", async (method, path, body, status) => {
    expect((await call(method, path, body)).status).toBe(status);
  });

  it("want an app token", async () => {
    for (const path of [CONDUITS, SHARDS]) expect((await rig.call("GET", path, rig.bot)).status).toBe(401);
  });

  it("go after three days without a shard, and their subscriptions with them", async () => {
    const id = await create(1);
    await subscribe(id, "stream.online", rig.about("home"));
    rig.clock.advance(CONDUIT_WITHOUT_SHARDS_MS);
    expect(await rig.statuses(rig.appToken)).toEqual(["conduit_deleted"]);
    expect((await call("GET", CONDUITS)).body.data).toEqual([]);
  });
});

describe("shards", () => {
  it("show their transport, and say what could not be set", async () => {
    const { conduitId, sessionIds } = await open(2);
    const { body } = await call("GET", `${SHARDS}?conduit_id=${conduitId}`);
    expect(body.data).toMatchObject([
      { id: "0", status: "enabled", transport: { method: "websocket", session_id: sessionIds[0] } },
      { id: "1", status: "enabled", transport: { method: "websocket", session_id: sessionIds[1] } },
    ]);
    const { id: usersSession } = await rig.listen();
    const transport = (sessionId: string) => ({ method: "websocket", session_id: sessionId });
    const wrong = await call("PATCH", SHARDS, {
      conduit_id: conduitId,
      shards: [
        { id: "2", transport: transport(sessionIds[0] ?? "") },
        { id: "1", transport: transport("gone") },
        { id: "0", transport: transport(usersSession) },
        { id: "0", transport: { method: "webhook", callback: "https://x" } },
        { id: "1", transport: transport(sessionIds[1] ?? "") },
      ],
    });
    expect([wrong.status, wrong.body.data.length]).toEqual([202, 1]);
    expect(wrong.body.errors).toEqual([
      { id: "2", message: "The shard id is outside the conduit's range", code: "invalid_parameter" },
      {
        id: "1",
        message: "websocket transport session does not exist or has already disconnected",
        code: "invalid_parameter",
      },
      {
        id: "0",
        message: "websocket transport cannot have subscriptions created by different users",
        code: "invalid_parameter",
      },
      { id: "0", message: expect.stringContaining("webhook"), code: "invalid_parameter" },
    ]);
  });

  it("must be bound in time", async () => {
    const conduitId = await create(1);
    const late = rig.dial();
    const { id } = await late.welcome();
    rig.clock.advance(10_000);
    expect((await late.closed).code).toBe(4003);
    expect((await setShard(conduitId, "0", id)).body.errors).toHaveLength(1);
  });

  it("are not for a user's subscriptions", async () => {
    const { sessionIds } = await open(1);
    expect((await rig.subscribe(sessionIds[0] ?? "", "stream.online", rig.about("home"))).status).toBe(400);
  });

  it("go when the conduit shrinks", async () => {
    const { conduitId } = await open(2);
    await call("PATCH", CONDUITS, { id: conduitId, shard_count: 1 });
    expect((await call("GET", `${SHARDS}?conduit_id=${conduitId}&status=enabled`)).body.data).toHaveLength(1);
  });
});

describe("delivery", () => {
  it("goes to the shard the channel belongs to", async () => {
    const { conduitId, clients } = await open(2);
    for (const login of ["home", "den"]) await subscribe(conduitId, "stream.online", rig.about(login));
    for (const login of ["home", "den"]) {
      rig.goLive(login);
      const message = await clients[toShardNumber(rig.id(login), 2)]?.next();
      expect(message?.payload).toMatchObject({
        subscription: { transport: { method: "conduit", conduit_id: conduitId } },
        event: { broadcaster_user_login: login },
      });
    }
  });

  it("tries one other shard when that one is gone, and tells of the disabled one", async () => {
    const { conduitId, clients, sessionIds } = await open(2);
    await subscribe(conduitId, "stream.online", rig.about("home"));
    await subscribe(conduitId, "conduit.shard.disabled", { client_id: "app", conduit_id: conduitId });
    const target = toShardNumber(rig.id("home"), 2);
    const over = rig.logs("→ over");
    clients[target]?.socket.close();
    await over;
    const other = clients[1 - target];
    expect((await other?.next())?.payload.event).toEqual({
      conduit_id: conduitId,
      shard_id: String(target),
      status: "websocket_disconnected",
      transport: {
        method: "websocket",
        session_id: sessionIds[target],
        connected_at: expect.any(String),
        disconnected_at: expect.any(String),
      },
    });
    rig.goLive("home");
    expect((await other?.next())?.metadata.subscription_type).toBe("stream.online");
  });

  it("drops what no shard can take, and goes on with the next socket", async () => {
    const { conduitId, clients } = await open(1);
    await subscribe(conduitId, "stream.online", rig.about("home"));
    await subscribe(conduitId, "stream.offline", rig.about("home"));
    rig.faults.apply({ do: "cut", place: "eventsub", code: 4000 });
    expect((await clients[0]?.closed)?.code).toBe(4000);
    rig.goLive("home");
    const fresh = rig.dial();
    await setShard(conduitId, "0", (await fresh.welcome()).id);
    rig.goOffline("home");
    expect((await fresh.next()).metadata.subscription_type).toBe("stream.offline");
    expect(await rig.statuses(rig.appToken)).toEqual(["enabled", "enabled"]);
  });

  it("brings authorizations given and withdrawn", async () => {
    const { conduitId, clients } = await open(1);
    await subscribe(conduitId, "user.authorization.grant", { client_id: "app" });
    await subscribe(conduitId, "user.authorization.revoke", { client_id: "app" });
    rig.userToken("ann", ["chat:read"]);
    act.revokeAuthorization(rig.world, "app", rig.world.getUser("ann"));
    const types = [await clients[0]?.next(), await clients[0]?.next()].map(
      (message) => message?.metadata.subscription_type,
    );
    expect(types).toEqual(["user.authorization.grant", "user.authorization.revoke"]);
  });
});
