/** Several installations share a client id, a bot, and Twitch's limits: each leaves the others alone and knows its own. */
import { afterEach, expect, test } from "vitest";
import type { Topic } from "../../shared/twitch/topics.ts";
import { APPLICATION, THREE_TOPICS } from "../support/eventsub-town.ts";
import { type LoneHub, openLoneHub } from "../support/lone-hub.ts";
import { askTwitch } from "../support/sim-twitch.ts";

let hub: LoneHub | undefined;
afterEach(async () => {
  await hub?.close();
  hub = undefined;
});

const OFTEN = 100;
const open = async (
  transport: "websocket" | "conduit" | "auto",
  more: { readonly channels?: number; readonly granted?: number } = {},
) => {
  hub = await openLoneHub({
    channels: more.channels ?? 3,
    ...(more.granted !== undefined && { granted: more.granted }),
    eventsub: { transport, createsPerSecond: OFTEN, shards: 1 },
  });
  return hub;
};

test("auto takes a conduit of its own beside those of others, and the same one again after a restart", async () => {
  const opened = await open("auto");
  const twitch = askTwitch(opened.sim);
  for (let count = 0; count < 4; count += 1) await twitch.makeConduit();
  const others = await twitch.conduits();
  await opened.crowd(THREE_TOPICS);
  expect((await opened.status()).eventsub.transport).toBe("conduit");
  const [own] = (await twitch.conduits()).filter(({ id }) => !others.some((one) => one.id === id));
  await opened.restart("SIGTERM");
  await opened.whole();
  expect(await twitch.conduits()).toEqual([...others, own]);
});

test("auto falls back to a WebSocket when others have used up the client id's conduits, and takes none of them", async () => {
  const opened = await open("auto");
  const twitch = askTwitch(opened.sim);
  for (let count = 0; count < 5; count += 1) await twitch.makeConduit();
  await opened.crowd(THREE_TOPICS);
  const { eventsub, health } = await opened.status();
  expect([eventsub.transport, health]).toEqual(["websocket", "healthy"]);
  expect(eventsub.problem).toContain("5 conduits");
  expect(await twitch.conduits()).toHaveLength(5);
  expect(await twitch.ofTheApplication()).toEqual([]);
});

test("a conduit that somebody deleted is replaced at the next look, with all that was on it", async () => {
  const opened = await open("conduit");
  await opened.crowd(THREE_TOPICS);
  const twitch = askTwitch(opened.sim);
  const [lost] = await twitch.conduits();
  await twitch.removeConduit(lost?.id ?? "");
  await opened.order({ do: "resync" }, "resynced");
  await opened.whole();
  const rows = (await twitch.ofTheApplication()).filter((one) => one.status === "enabled");
  const [made] = await twitch.conduits();
  expect(made?.id).not.toBe(lost?.id);
  expect(rows.every((one) => one.transport.conduit_id === made?.id)).toBe(true);
  expect(rows.filter((one) => one.type !== "conduit.shard.disabled")).toHaveLength(9);
  expect(opened.dials()).toBe(1);
});

test("another installation's conduit takes no room of ours, and what is on it is left alone", async () => {
  const opened = await open("conduit");
  await opened.crowd(THREE_TOPICS);
  const twitch = askTwitch(opened.sim);
  const theirs = await twitch.makeConduit();
  const [channel = ""] = opened.channels;
  const condition = { broadcaster_user_id: opened.sim.world.getUser(channel).id };
  await twitch.subscribeOn(theirs, "stream.online", "1", condition);
  expect(await opened.order({ do: "resync" }, "resynced")).toMatchObject({
    answer: { report: { created: 0, deleted: 0, refused: 0 } },
  });
  expect((await opened.status()).health).toBe("healthy");
  const rows = (await twitch.ofTheApplication()).filter((one) => one.transport.conduit_id === theirs);
  expect(rows.map((one) => one.status)).toEqual(["enabled"]);
});

test("another installation's session and subscriptions are left alone, and its connection is counted", async () => {
  const opened = await open("websocket");
  const twitch = askTwitch(opened.sim);
  const stranger = await twitch.openStranger(opened.channels);
  await opened.crowd(["stream.online", "stream.offline"]);
  expect(await opened.order({ do: "resync" }, "resynced")).toMatchObject({
    answer: { report: { created: 0, deleted: 0 } },
  });
  const theirs = (await twitch.ofTheBot()).filter((one) => one.transport.session_id === stranger.id);
  expect(theirs.map((one) => one.status)).toEqual(["enabled", "enabled", "enabled"]);
  const listed = await opened.order({ do: "subscriptions" }, "subscriptions");
  if (listed.is !== "answered") throw new Error(JSON.stringify(listed));
  expect(listed.answer.list.rows.filter((one) => one.state === "elsewhere")).toHaveLength(3);
  expect(listed.answer.list.totals).toMatchObject({ total: 9, totalCost: 0, maxTotalCost: 10 });
  await stranger.close();
});

test("ten points are spent on what matters most, the rest is refused in words, and room is used when it appears", async () => {
  const opened = await open("websocket", { channels: 6, granted: 0 });
  const topics: readonly Topic[] = ["channel.raid", "stream.online", "channel.cheer"];
  const workers = await opened.crowd(topics);
  const { subscriptions, totals } = await opened.status();
  expect(totals).toMatchObject({ totalCost: 10, maxTotalCost: 10 });
  const enabled = subscriptions.filter((one) => one.state === "enabled");
  expect(enabled.filter((one) => one.topic === "stream.online")).toHaveLength(6);
  expect(enabled).toHaveLength(10);
  const refusals = workers.flatMap((one) => one.refused);
  expect(refusals.filter((one) => one.topic === "channel.raid").map(({ code }) => code)).toEqual([
    "cost-exceeded",
    "cost-exceeded",
  ]);
  expect(refusals.filter((one) => one.topic === "channel.cheer").map(({ code }) => code)).toEqual(
    Array(6).fill("refused"),
  );
  // One broadcaster authorises the application, another's worker wants less.
  const { world } = opened.sim;
  world.grant(APPLICATION.clientId, world.getUser(opened.channels[0] ?? "").id, ["channel:bot"]);
  await opened.order({ do: "resync" }, "resynced");
  const after = (await opened.status()).subscriptions.filter((one) => one.state === "enabled");
  expect(after).toHaveLength(12);
});

test("a hub that Twitch refuses everything is not well, though it needs no connection", async () => {
  const opened = await open("websocket");
  await opened.crowd(["channel.poll.begin"]);
  const { health, sentence, eventsub } = await opened.until(opened.status, (one) => one.health !== "healthy");
  expect([eventsub.mode, health]).toEqual(["idle", "degraded"]);
  expect(sentence).toBe("No EventSub connection is open: 3 of 3 subscriptions are not enabled.");
});

test("what is refused and told in chat instead leaves nothing to want", async () => {
  const opened = await open("websocket");
  await opened.crowd(["channel.cheer"]);
  const { health, sentence } = await opened.status();
  expect([health, sentence]).toEqual([
    "healthy",
    "All is well: what the modules want to hear is told in chat, so no connection is open.",
  ]);
});

test("chats read with the bot's token are joined no faster than Twitch lets the account join", async () => {
  const opened = await open("websocket", { channels: 25 });
  const workers = await opened.crowd(["channel.chat.message", "stream.online"]);
  expect(workers.flatMap((one) => one.refused)).toEqual([]);
  const { permits } = await opened.status();
  expect(permits.join.counted).toBeGreaterThan(0);
  expect(opened.logged("429 rate limit")).toEqual([]);
  await opened.whole();
});
