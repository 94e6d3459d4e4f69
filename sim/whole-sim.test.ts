/** Every door together, driven by clients that know nothing of us: twurple's ApiClient and ChatClient, plain ws and fetch. */
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { ApiClient } from "@twurple/api";
import { StaticAuthProvider } from "@twurple/auth";
import { ChatClient } from "@twurple/chat";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Sim, startSim } from "./server.ts";

const CLIENT_ID = "kissbot-demo-client";
const BOT_TOKEN = "kissbot-demo-access-token";
const BOT_SCOPES = [
  "chat:read",
  "chat:edit",
  "user:read:chat",
  "user:write:chat",
  "user:read:moderated_channels",
  "moderator:read:chatters",
  "moderator:read:followers",
  "moderator:manage:banned_users",
  "moderator:manage:chat_settings",
  "moderator:manage:chat_messages",
  "moderator:manage:announcements",
  "moderator:manage:shoutouts",
];

let sim: Sim;
let api: ApiClient;
let broadcasterApi: ApiClient;
let ids: { readonly bot: string; readonly alice: string; readonly bob: string; readonly mila: string };

beforeAll(async () => {
  sim = await startSim({ scenario: "quiet" });
  process.env.TWURPLE_MOCK_API_PORT = String(sim.port);
  api = new ApiClient({ authProvider: new StaticAuthProvider(CLIENT_ID, BOT_TOKEN, BOT_SCOPES) });
  const hers = new StaticAuthProvider(CLIENT_ID, "alice-demo-access-token", [
    "channel:manage:broadcast",
    "moderation:read",
  ]);
  broadcasterApi = new ApiClient({ authProvider: hers });
  const idOf = (login: string) => sim.world.getUser(login).id;
  ids = { bot: idOf("kissbot"), alice: idOf("alice_live"), bob: idOf("bob_plays"), mila: idOf("mila_92") };
});
afterAll(async () => {
  await sim.stop();
  delete process.env.TWURPLE_MOCK_API_PORT;
});

async function control(path: string, body: object = {}): Promise<unknown> {
  const response = await fetch(`${sim.httpUrl}/sim${path}`, { method: "POST", body: JSON.stringify(body) });
  return response.json();
}

test("twurple reads users, channels, streams, games and colours", async () => {
  await control("/channels/alice_live/online", { title: "Live!", game: "Chess", viewers: 12 });
  expect((await api.users.getUserByName("Bob_Plays"))?.displayName).toBe("Bob_Plays");
  expect(await api.users.getUsersByIds([ids.alice, ids.bob])).toHaveLength(2);
  expect((await api.channels.getChannelInfoById(ids.alice))?.title).toBe("Live!");
  const stream = await api.streams.getStreamByUserId(ids.alice);
  expect([stream?.gameName, stream?.viewers, stream?.type]).toEqual(["Chess", 12, "live"]);
  expect(stream?.startDate.getTime()).toBeLessThanOrEqual(sim.world.clock.now());
  expect(await api.streams.getStreamByUserName("bob_plays")).toBeNull();
  expect((await api.games.getGameByName("chess"))?.id).toBe("743");
  expect((await api.search.searchCategories("chess")).data[0]?.name).toBe("Chess");
  expect(await api.chat.getColorForUser(ids.bot)).toBe("#1E90FF");
});

test("twurple changes a channel as its broadcaster", async () => {
  await broadcasterApi.channels.updateChannelInfo(ids.alice, { title: "Changed", tags: ["Cosy"] });
  expect((await api.channels.getChannelInfoById(ids.alice))?.tags).toEqual(["Cosy"]);
  expect(
    (await broadcasterApi.moderation.getModerators(ids.alice)).data.map(({ userName }) => userName),
  ).toEqual(["kissbot"]);
});

test("twurple moderates as the bot", async () => {
  await api.asUser(ids.bot, async (asBot) => {
    expect((await asBot.moderation.getModeratedChannels(ids.bot)).data.map(({ name }) => name)).toEqual([
      "alice_live",
      "bob_plays",
    ]);
    expect((await asBot.channels.getChannelFollowers(ids.alice)).total).toBe(4);
    const [banned] = await asBot.moderation.banUser(ids.alice, {
      user: ids.mila,
      duration: 60,
      reason: "test",
    });
    expect(banned?.expiryDate).toBeInstanceOf(Date);
    await asBot.moderation.unbanUser(ids.alice, ids.mila);
    const settings = await asBot.chat.updateSettings(ids.alice, { slowModeEnabled: true, slowModeDelay: 5 });
    expect(settings.slowModeDelay).toBe(5);
    await asBot.chat.updateSettings(ids.alice, { slowModeEnabled: false });
    await asBot.chat.sendAnnouncement(ids.alice, { message: "hear ye", color: "green" });
    await asBot.chat.shoutoutUser(ids.alice, ids.bob);
  });
});

test("twurple is told about refusals in Twitch's words", async () => {
  await expect(broadcasterApi.channels.updateChannelInfo(ids.alice, { title: "" })).rejects.toThrow(
    /may not contain an empty string/,
  );
  await expect(api.asUser(ids.bot, (asBot) => asBot.chat.shoutoutUser(ids.alice, ids.alice))).rejects.toThrow(
    /may not give themselves a Shoutout/,
  );
});

test("many calls at once come through twurple's own limiter", async () => {
  const answers = await Promise.all(Array.from({ length: 30 }, () => api.users.getUserById(ids.alice)));
  expect(answers.every((user) => user?.name === "alice_live")).toBe(true);
});

test("the feed tells who connects, joins, subscribes and leaves", async () => {
  const hangUp = new AbortController();
  const kinds =
    "irc-opened,irc-logged-in,irc-joined,irc-closed,eventsub-opened,eventsub-subscribed,eventsub-closed";
  const { body } = await fetch(`${sim.httpUrl}/sim/feed?kinds=${kinds}`, { signal: hangUp.signal });
  if (!body) throw new Error("the feed has no body");
  const lines = createInterface({ input: Readable.fromWeb(body) })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value ?? "null") as unknown;
  expect(await next()).toMatchObject({ kind: "feed-opened" });

  const eventSub = await openEventSub("stream.online", "1", { broadcaster_user_id: ids.bob });
  expect(await next()).toMatchObject({ kind: "eventsub-opened", session: expect.any(String) });
  expect(await next()).toMatchObject({
    kind: "eventsub-subscribed",
    type: "stream.online",
    channel: "bob_plays",
  });
  eventSub.close();
  expect(await next()).toMatchObject({ kind: "eventsub-closed", because: "websocket_disconnected" });

  const irc = connect(sim.ircPort, "127.0.0.1");
  // Unread, it would never see the other end's farewell and stay open.
  irc.resume();
  irc.write(`PASS oauth:${BOT_TOKEN}\r\nNICK kissbot\r\nJOIN #bob_plays\r\n`);
  expect(await next()).toMatchObject({ kind: "irc-opened", transport: "tcp" });
  expect(await next()).toMatchObject({ kind: "irc-logged-in", user: "kissbot" });
  expect(await next()).toMatchObject({ kind: "irc-joined", user: "kissbot", channel: "bob_plays" });
  irc.end();
  expect(await next()).toMatchObject({ kind: "irc-closed", user: "kissbot" });
  hangUp.abort();
});

test("one command, seen by every door: said over HTTP, heard on IRC and EventSub, answered by Helix, seen on IRC", async () => {
  const eventSub = await openEventSub("channel.chat.message", "1", {
    broadcaster_user_id: ids.alice,
    user_id: ids.bot,
  });
  const chat = new ChatClient({
    authProvider: new StaticAuthProvider(CLIENT_ID, BOT_TOKEN, BOT_SCOPES),
    ssl: false,
    hostName: `127.0.0.1:${sim.port}/irc`,
    channels: ["alice_live"],
    isAlwaysMod: true,
  });
  try {
    const joined = new Promise<void>((resolve) => chat.onJoin(() => resolve()));
    chat.connect();
    await joined;
    expect(
      (await api.asUser(ids.bot, (asBot) => asBot.chat.getChatters(ids.alice))).data.map(
        ({ userName }) => userName,
      ),
    ).toContain("kissbot");

    const heard = new Promise<string>((resolve) =>
      chat.onMessage((_, user, text) => resolve(`${user}: ${text}`)),
    );
    await control("/chat", { channel: "alice_live", user: "zoe_zzz", text: "!ping" });
    expect(await heard).toBe("zoe_zzz: !ping");
    expect(await eventSub.next()).toMatchObject({
      metadata: { message_type: "notification", subscription_type: "channel.chat.message" },
      payload: { event: { chatter_user_login: "zoe_zzz", message: { text: "!ping" } } },
    });

    await chat.say("alice_live", "pong over IRC");
    expect(await eventSub.next()).toMatchObject({
      payload: { event: { chatter_user_login: "kissbot", message: { text: "pong over IRC" } } },
    });
    const sent = await api.asUser(ids.bot, (asBot) =>
      asBot.chat.sendChatMessage(ids.alice, "pong over Helix"),
    );
    expect(sent.isSent).toBe(true);
    expect(await eventSub.next()).toMatchObject({ payload: { event: { message_id: sent.id } } });
    const lines = sim.world.getChannel("alice_live").lines.map(({ user, text }) => `${user.login}: ${text}`);
    expect(lines.slice(-3)).toEqual(["zoe_zzz: !ping", "kissbot: pong over IRC", "kissbot: pong over Helix"]);
  } finally {
    chat.quit();
    eventSub.close();
  }
});

/** A socket with one subscription on it, as a bot would open it. */
async function openEventSub(type: string, version: string, condition: object) {
  const socket = new WebSocket(`ws://127.0.0.1:${sim.port}/ws`);
  const frames: unknown[] = [];
  const waiting: ((frame: unknown) => void)[] = [];
  socket.on("message", (data) => {
    const frame: unknown = JSON.parse(data.toString());
    const wanted = waiting.shift();
    if (wanted) wanted(frame);
    else frames.push(frame);
  });
  const next = () =>
    frames.length > 0
      ? Promise.resolve(frames.shift())
      : new Promise<unknown>((resolve) => waiting.push(resolve));
  await once(socket, "open");
  const welcome = (await next()) as { payload: { session: { id: string } } };
  const response = await fetch(`${sim.httpUrl}/helix/eventsub/subscriptions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${BOT_TOKEN}`,
      "client-id": CLIENT_ID,
      "content-type": "application/json",
    },
    body: JSON.stringify({
      type,
      version,
      condition,
      transport: { method: "websocket", session_id: welcome.payload.session.id },
    }),
  });
  expect(response.status).toBe(202);
  return { next, close: () => socket.close() };
}
