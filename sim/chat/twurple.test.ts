/**
 * An independent client, @twurple/chat, against the IRC door: whatever we send must mean to it what it means on
 * Twitch, and nothing we send may make it complain.
 */
import { createServer, type Server } from "node:http";
import type { AuthProvider } from "@twurple/auth";
import { ChatClient } from "@twurple/chat";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Channel, ChatSettings, User } from "../world/world.ts";
import { sendChat } from "./send-chat.ts";
import { openTestHouse, type TestHouse } from "./test-house.ts";

/** What twurple asks of id.twitch.tv before it connects. */
async function openValidation(house: TestHouse): Promise<Server> {
  const server = createServer((request, response) => {
    const token = house.world.tokens.get(request.headers.authorization?.replace(/^OAuth /, "") ?? "");
    const user = token?.userId === undefined ? undefined : house.world.users.get(token.userId);
    response.writeHead(token ? 200 : 401, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        client_id: "client",
        login: user?.login,
        user_id: user?.id,
        scopes: token?.scopes,
        expires_in: 9000,
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  process.env.TWURPLE_MOCK_API_PORT = String(typeof address === "object" && address ? address.port : 0);
  return server;
}

function makeAuthProvider(userId: string, accessToken: string): AuthProvider {
  const scope = ["chat:read", "chat:edit"];
  const token = { accessToken, refreshToken: null, scope, expiresIn: null, obtainmentTimestamp: 0, userId };
  return {
    clientId: "client",
    getCurrentScopesForUser: () => scope,
    getAccessTokenForUser: async () => token,
    getAccessTokenForIntent: async () => token,
    getAnyAccessToken: async () => token,
  };
}

/** The arguments of the next time this fires. */
function next<Args extends unknown[]>(bind: (handler: (...args: Args) => void) => unknown): Promise<Args> {
  return new Promise((resolve) => {
    bind((...args) => resolve(args));
  });
}

const WARNING = 2;

let house: TestHouse;
let validation: Server;
let client: ChatClient;
let channel: Channel;
let bob: User;
let carol: User;
let complaints: string[];

beforeEach(async () => {
  house = await openTestHouse();
  validation = await openValidation(house);
  channel = house.world.getChannel("alice");
  bob = house.world.getUser("bob");
  carol = house.world.getUser("carol");
  complaints = [];
});
afterEach(async () => {
  client.quit();
  await house.close();
  await new Promise((resolve) => validation.close(resolve));
  delete process.env.TWURPLE_MOCK_API_PORT;
});

async function connect(using: { readonly token?: string } = {}): Promise<void> {
  const kissbot = house.world.getUser("kissbot");
  client = new ChatClient({
    authProvider: makeAuthProvider(kissbot.id, using.token ?? house.giveToken(kissbot)),
    ssl: false,
    hostName: `127.0.0.1:${house.wsPort}/irc`,
    requestMembershipEvents: true,
    // Twurple's own pace would hide what the simulator says to those who are too fast.
    isAlwaysMod: true,
    logger: { minLevel: "warning", custom: (level, message) => level <= WARNING && complaints.push(message) },
  });
  const success = next(client.onAuthenticationSuccess);
  client.connect();
  await success;
}

async function connectAndJoin(): Promise<void> {
  await connect();
  await client.join("alice");
}

/** Later messages of the same person would be too fast. */
function speak(sender: User, text: string, more: Partial<Parameters<typeof sendChat>[1]> = {}): string {
  house.world.clock.advance(2_000);
  const outcome = sendChat(house.world, { channel, sender, text, via: "irc", hasAppToken: false, ...more });
  return outcome.is === "sent" ? outcome.line.id : expect.unreachable(outcome.code);
}

describe("what is said", () => {
  beforeEach(connectAndJoin);
  afterEach(() => expect(complaints).toEqual([]));

  test("a message with everything about its sender", async () => {
    channel.moderators.add(bob.id);
    channel.subscribers.set(bob.id, { tier: "1000", months: 13 });
    const heard = next(client.onMessage);
    const id = speak(bob, "Kappa hello; world");
    const [where, who, text, message] = await heard;
    expect([where, who, text]).toEqual(["alice", "bob", "Kappa hello; world"]);
    expect(message).toMatchObject({
      id,
      channelId: channel.owner.id,
      isFirst: true,
      isReply: false,
      bits: 0,
    });
    expect(message.date.getTime()).toBe(channel.lines[0]?.at);
    expect(message.emoteOffsets).toEqual(new Map([["25", ["0-4"]]]));
    expect(message.userInfo).toMatchObject({
      userId: bob.id,
      displayName: "Bob",
      color: "#1E90FF",
      userType: "mod",
    });
    expect(message.userInfo).toMatchObject({
      isMod: true,
      isSubscriber: true,
      isBroadcaster: false,
      isVip: false,
    });
    expect(message.userInfo.badgeInfo.get("subscriber")).toBe("13");
  });

  test("by a VIP and by the broadcaster", async () => {
    channel.vips.add(bob.id);
    const byVip = next(client.onMessage);
    speak(bob, "hi");
    expect((await byVip)[3].userInfo).toMatchObject({ isVip: true, isMod: false });
    const byOwner = next(client.onMessage);
    speak(channel.owner, "hi");
    expect((await byOwner)[3].userInfo).toMatchObject({ isBroadcaster: true, isMod: false });
  });

  test("an action", async () => {
    const heard = next(client.onAction);
    speak(bob, "waves", { isAction: true });
    expect((await heard).slice(0, 3)).toEqual(["alice", "bob", "waves"]);
  });

  test("a cheer and a reward with words", async () => {
    const cheered = next(client.onMessage);
    speak(bob, "Cheer100 nice", { bits: 100 });
    expect((await cheered)[3]).toMatchObject({ isCheer: true, bits: 100 });
    const redeemed = next(client.onMessage);
    speak(bob, "play something", { customRewardId: "reward-1" });
    expect((await redeemed)[3]).toMatchObject({ isRedemption: true, rewardId: "reward-1" });
  });

  test("a reply, and a reply to that", async () => {
    const asked = next(client.onMessage);
    const root = speak(bob, "what is = this?");
    await asked;
    const replied = next(client.onMessage);
    const parent = speak(carol, "a test", { replyToId: root });
    expect((await replied)[3]).toMatchObject({
      isReply: true,
      text: "@Bob a test",
      parentMessageId: root,
      parentMessageText: "what is = this?",
      parentMessageUserName: "bob",
      threadMessageId: root,
    });
    const again = next(client.onMessage);
    speak(bob, "thanks", { replyToId: parent });
    expect((await again)[3]).toMatchObject({ parentMessageId: parent, threadMessageId: root });
  });

  test("the client's own words, action and reply reach the others and not itself", async () => {
    const watcher = await house.enter("tcp", "carol", "alice");
    const heard = next(client.onMessage);
    const asked = speak(bob, "who are you?");
    await heard;
    const own: string[] = [];
    client.onMessage((_, who) => own.push(who));
    await client.say("alice", "hello");
    await watcher.until("PRIVMSG #alice :hello");
    house.world.clock.advance(2_000);
    await client.action("alice", "bows");
    await watcher.until("PRIVMSG #alice :\u0001ACTION bows\u0001");
    house.world.clock.advance(2_000);
    await client.say("alice", "your bot", { replyTo: asked });
    expect((await watcher.until("your bot")).at(-1)).toContain(`reply-parent-msg-id=${asked};`);
    const last = next(client.onMessage);
    speak(bob, "ah");
    await last;
    expect(own).toEqual(["bob"]);
  });
});

describe("what happens", () => {
  beforeEach(connectAndJoin);
  afterEach(() => expect(complaints).toEqual([]));

  test("a subscription and a later month", async () => {
    const { world } = house;
    channel.subscribers.set(bob.id, { tier: "2000", months: 1 });
    const sub = next(client.onSub);
    world.happen({
      kind: "subscribed",
      channel,
      user: bob,
      tier: "2000",
      months: 1,
      text: "",
      isGift: false,
    });
    expect((await sub).slice(0, 3)).toMatchObject([
      "alice",
      "bob",
      {
        userId: bob.id,
        displayName: "Bob",
        plan: "2000",
        planName: "Channel Subscription (alice)",
        isPrime: false,
        months: 1,
      },
    ]);
    const resub = next(client.onResub);
    world.happen({
      kind: "subscribed",
      channel,
      user: bob,
      tier: "2000",
      months: 7,
      text: "still here",
      isGift: false,
    });
    expect((await resub)[2]).toMatchObject({ months: 7, message: "still here" });
  });

  test("a gift, many gifts, and one without a name", async () => {
    const { world } = house;
    const one = next(client.onSubGift);
    world.happen({ kind: "gifted", channel, by: bob, to: [carol], tier: "1000" });
    expect((await one).slice(0, 3)).toMatchObject([
      "alice",
      "carol",
      {
        gifter: "bob",
        gifterUserId: bob.id,
        gifterGiftCount: 1,
        giftDuration: 1,
        displayName: "Carol",
        plan: "1000",
      },
    ]);
    const each: string[] = [];
    const all = new Promise<void>((resolve) => {
      client.onSubGift((_, who) => each.push(who) === 2 && resolve());
    });
    const many = next(client.onCommunitySub);
    world.happen({ kind: "gifted", channel, by: bob, to: [carol, channel.owner], tier: "1000" });
    expect((await many)[2]).toMatchObject({ gifter: "bob", count: 2, gifterGiftCount: 3, plan: "1000" });
    await all;
    expect(each).toEqual(["carol", "alice"]);
    const nameless = next(client.onSubGift);
    world.happen({ kind: "gifted", channel, by: undefined, to: [carol], tier: "1000" });
    expect((await nameless)[2].gifter).toBeUndefined();
  });

  test("a raid and an announcement", async () => {
    const raid = next(client.onRaid);
    house.world.happen({ kind: "raided", from: house.world.getChannel("bob"), to: channel, viewers: 42 });
    expect((await raid).slice(0, 3)).toEqual(["alice", "bob", { displayName: "Bob", viewerCount: 42 }]);
    const announced = next(client.onAnnouncement);
    house.world.happen({
      kind: "announcement",
      channel,
      by: channel.owner,
      text: "big news",
      color: "primary",
    });
    const [, who, info, notice] = await announced;
    expect([who, info, notice.text]).toEqual(["alice", { color: "PRIMARY" }, "big news"]);
  });

  test("a timeout, a ban, a cleared chat, a deleted message", async () => {
    const { world } = house;
    const moderated = { kind: "user-banned", channel, by: channel.owner, reason: "" } as const;
    const timeout = next(client.onTimeout);
    world.happen({ ...moderated, user: bob, forSeconds: 600 });
    expect((await timeout).slice(0, 3)).toEqual(["alice", "bob", 600]);
    const ban = next(client.onBan);
    world.happen({ ...moderated, user: carol, forSeconds: undefined });
    const [, banned, clearChat] = await ban;
    expect([banned, clearChat.targetUserId, clearChat.channelId]).toEqual([
      "carol",
      carol.id,
      channel.owner.id,
    ]);
    const cleared = next(client.onChatClear);
    world.happen({ kind: "chat-cleared", channel });
    expect((await cleared)[0]).toBe("alice");
    const id = speak(bob, "oops");
    const removed = next(client.onMessageRemove);
    const [line] = channel.lines;
    if (line) world.happen({ kind: "message-deleted", channel, line, by: channel.owner });
    const [, removedId, message] = await removed;
    expect([removedId, message.userName, message.text]).toEqual([id, "bob", "oops"]);
  });

  test("every chat setting, on and off", async () => {
    const change = async <Args extends unknown[]>(
      bind: (handler: (...args: Args) => void) => unknown,
      settings: Partial<ChatSettings>,
    ) => {
      const told = next(bind);
      Object.assign(channel.settings, settings);
      house.world.happen({ kind: "chat-settings-changed", channel });
      return told;
    };
    expect(await change(client.onEmoteOnly, { emoteOnly: true })).toEqual(["alice", true]);
    expect(await change(client.onEmoteOnly, { emoteOnly: false })).toEqual(["alice", false]);
    expect(await change(client.onUniqueChat, { uniqueChat: true })).toEqual(["alice", true]);
    expect(await change(client.onUniqueChat, { uniqueChat: false })).toEqual(["alice", false]);
    expect(await change(client.onSubsOnly, { subscribersOnly: true })).toEqual(["alice", true]);
    expect(await change(client.onSubsOnly, { subscribersOnly: false })).toEqual(["alice", false]);
    expect(await change(client.onSlow, { slowSeconds: 30 })).toEqual(["alice", true, 30]);
    expect(await change(client.onSlow, { slowSeconds: 0 })).toEqual(["alice", false]);
    expect(await change(client.onFollowersOnly, { followersOnlyMinutes: 10 })).toEqual(["alice", true, 10]);
    expect(await change(client.onFollowersOnly, { followersOnlyMinutes: undefined })).toEqual([
      "alice",
      false,
    ]);
  });

  test("who comes and goes", async () => {
    const came = next(client.onJoin);
    const viewer = await house.enter("tcp", "bob", "alice");
    expect(await came).toEqual(["alice", "bob"]);
    const went = next(client.onPart);
    viewer.leave();
    expect(await went).toEqual(["alice", "bob"]);
  });
});

describe("what is refused", () => {
  test("channels that cannot be joined reject with Twitch's reason", async () => {
    await connect();
    channel.banned.set(house.world.getUser("kissbot").id, undefined);
    await expect(client.join("alice")).rejects.toBe("msg_banned");
    await expect(client.join("nobody")).rejects.toBe("msg_channel_suspended");
  });

  const rows: readonly [string, (channel: Channel) => void][] = [
    ["msg_emoteonly", ({ settings }) => Object.assign(settings, { emoteOnly: true })],
    ["msg_followersonly", ({ settings }) => Object.assign(settings, { followersOnlyMinutes: 10 })],
    ["msg_followersonly_zero", ({ settings }) => Object.assign(settings, { followersOnlyMinutes: 0 })],
    [
      "msg_followersonly_followed",
      ({ settings, followers }) => {
        Object.assign(settings, { followersOnlyMinutes: 10 });
        followers.set(house.world.getUser("kissbot").id, house.world.clock.now());
      },
    ],
    ["msg_subsonly", ({ settings }) => Object.assign(settings, { subscribersOnly: true })],
    [
      "msg_timedout",
      ({ banned }) => banned.set(house.world.getUser("kissbot").id, house.world.clock.now() + 60_000),
    ],
    [
      "msg_r9k",
      ({ settings }) => {
        speak(bob, "hello everybody");
        Object.assign(settings, { uniqueChat: true });
      },
    ],
  ];
  test.each(rows)("a message with %s", async (code, arrange) => {
    await connectAndJoin();
    arrange(channel);
    const failed = next(client.onMessageFailed);
    await client.say("alice", "hello everybody");
    expect(await failed).toEqual(["alice", code]);
    expect(complaints).toEqual([]);
  });

  test("messages that are too fast, too slow-moded or the same again", async () => {
    await connectAndJoin();
    const tooFast = next(client.onMessageRatelimit);
    await client.say("alice", "one");
    await client.say("alice", "two");
    expect((await tooFast)[0]).toBe("alice");
    house.world.clock.advance(2_000);
    const same = next(client.onMessageFailed);
    await client.say("alice", "one");
    expect(await same).toEqual(["alice", "msg_duplicate"]);
    channel.settings.slowSeconds = 60;
    const slow = next(client.onMessageFailed);
    await client.say("alice", "three");
    expect(await slow).toEqual(["alice", "msg_slowmode"]);
    expect(complaints).toEqual([]);
  });

  test("a token that may only read", async () => {
    await connect({ token: house.giveToken(house.world.getUser("kissbot"), ["chat:read"]) });
    await client.join("alice");
    const forbidden = next(client.onNoPermission);
    await client.say("alice", "hello");
    expect((await forbidden)[0]).toBe("alice");
  });

  test("a token IRC does not take, until it does", async () => {
    const accessToken = house.giveToken(house.world.getUser("kissbot"));
    const token = house.world.tokens.get(accessToken);
    if (token) token.expiresAt = 0;
    const connecting = connect({ token: accessToken });
    expect((await next(client.onAuthenticationFailure))[0]).toBe("Login authentication failed");
    if (token) token.expiresAt = Number.MAX_SAFE_INTEGER;
    await connecting;
  });
});

test("PONG echoes what was asked, RECONNECT and unknown commands are understood", async () => {
  await connect();
  const pong = new Promise<string | undefined>((resolve) => {
    client.irc.onNamedMessage("PONG", (message) => resolve(message.rawParamValues.at(-1)));
  });
  client.irc.sendRaw("PING :12345");
  expect(await pong).toBe("12345");
  const reconnect = new Promise<string>((resolve) => {
    client.irc.onNamedMessage("RECONNECT", (message) => resolve(message.command));
  });
  house.faults.apply({ do: "send-reconnect", place: "irc" });
  expect(await reconnect).toBe("RECONNECT");
  const unknown = new Promise<readonly string[]>((resolve) => {
    client.irc.onNamedMessage("421", (message) => resolve(message.rawParamValues));
  });
  client.irc.sendRaw("WHO #alice");
  expect(await unknown).toEqual(["kissbot", "WHO", "Unknown command"]);
  expect(complaints).toEqual([]);
});
