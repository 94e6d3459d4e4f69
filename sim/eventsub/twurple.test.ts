/** What a bot author's library makes of our answers: @twurple/api's EventSub calls, against a real HTTP server. */
import { ApiClient } from "@twurple/api";
import type { AuthProvider } from "@twurple/auth";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openRig, type Rig } from "./eventsub-rig.ts";

let rig: Rig;
let api: ApiClient;
beforeEach(async () => {
  rig = await openRig();
  process.env.TWURPLE_MOCK_API_PORT = String(rig.port);
  api = new ApiClient({ authProvider: toProvider(rig) });
});
afterEach(async () => {
  delete process.env.TWURPLE_MOCK_API_PORT;
  await rig.close();
});

function toProvider({ bot, appToken, world }: Rig): AuthProvider {
  const toAccessToken = (accessToken: string, scope: readonly string[]) => ({
    accessToken,
    scope: [...scope],
    expiresIn: null,
    refreshToken: null,
    obtainmentTimestamp: world.clock.now(),
  });
  const ofBot = async () => ({ ...toAccessToken(bot.accessToken, bot.scopes), userId: bot.userId ?? "" });
  const ofApp = async () => toAccessToken(appToken.accessToken, []);
  return {
    clientId: "app",
    getCurrentScopesForUser: () => [...bot.scopes],
    getAccessTokenForUser: ofBot,
    getAnyAccessToken: async (user) => (user === undefined ? ofApp() : ofBot()),
    getAppAccessToken: ofApp,
  };
}

it("subscribes, lists, pages and unsubscribes over a websocket", async () => {
  const client = rig.dial();
  const { id } = await client.welcome();
  const transport = { method: "websocket", session_id: id } as const;
  const made = await api.eventSub.createSubscription(
    "stream.online",
    "1",
    rig.about("home"),
    transport,
    rig.id("bot"),
  );
  expect([made.status, made.cost, made.condition, made.creationDate.getTime()]).toEqual([
    "enabled",
    1,
    rig.about("home"),
    rig.clock.now(),
  ]);
  await api.asUser(rig.id("bot"), async (asBot) => {
    const list = await asBot.eventSub.getSubscriptions();
    expect([list.total, list.totalCost, list.maxTotalCost, list.data[0]?.id]).toEqual([1, 1, 10, made.id]);
    expect(await asBot.eventSub.getSubscriptionsForStatusPaginated("enabled").getAll()).toHaveLength(1);
    await asBot.eventSub.deleteSubscription(made.id);
    expect((await asBot.eventSub.getSubscriptions()).total).toBe(0);
  });
});

it("meets refusals as status codes", async () => {
  const transport = { method: "websocket", session_id: "nowhere" } as const;
  const made = api.eventSub.createSubscription(
    "stream.online",
    "1",
    rig.about("home"),
    transport,
    rig.id("bot"),
  );
  await expect(made).rejects.toMatchObject({ statusCode: 400 });
});

it("runs conduits", async () => {
  const conduit = await api.eventSub.createConduit(1);
  expect([conduit.shardCount, (await conduit.update(2)).shardCount]).toEqual([1, 2]);
  const { id } = await rig.dial().welcome();
  const shards = [{ id: "0", transport: { method: "websocket", session_id: id } as const }];
  expect((await api.eventSub.updateConduitShards(conduit.id, shards)).map((shard) => shard.status)).toEqual([
    "enabled",
  ]);
  expect((await conduit.getShards()).data.map((shard) => [shard.id, shard.transportMethod])).toEqual([
    ["0", "websocket"],
  ]);
  const transport = { method: "conduit", conduit_id: conduit.id } as const;
  const made = await api.eventSub.createSubscription("stream.online", "1", rig.about("home"), transport);
  expect(made.status).toBe("enabled");
  expect((await api.eventSub.getConduits()).map((one) => one.id)).toEqual([conduit.id]);
  await conduit.delete();
  expect(await api.eventSub.getConduits()).toEqual([]);
});
