import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { getChatAccount } from "./chat-accounts.ts";
import { sendChat } from "./send-chat.ts";
import { ALL_CAPS, openTestHouse, steady, type TestHouse, TRANSPORTS } from "./test-house.ts";

let house: TestHouse;
beforeEach(async () => {
  house = await openTestHouse();
});
afterEach(() => house.close());

const WELCOME = [
  ":tmi.twitch.tv 001 bob :Welcome, GLHF!",
  ":tmi.twitch.tv 002 bob :Your host is tmi.twitch.tv",
  ":tmi.twitch.tv 003 bob :This server is rather new",
  ":tmi.twitch.tv 004 bob :-",
  ":tmi.twitch.tv 375 bob :-",
  ":tmi.twitch.tv 372 bob :You are in a maze of twisty passages, all alike.",
  ":tmi.twitch.tv 376 bob :>",
];

describe.each(TRANSPORTS)("over %s", (transport) => {
  test("a plain client logs in, joins, talks and leaves without anything it did not ask for", async () => {
    const bob = await house.connect(transport);
    bob.say(`PASS oauth:${house.giveToken(house.world.getUser("bob"))}`, "NICK bob");
    expect(await bob.heard()).toEqual(WELCOME);
    bob.say("JOIN #Alice");
    expect(await bob.heard()).toEqual([
      ":bob!bob@bob.tmi.twitch.tv JOIN #alice",
      ":bob.tmi.twitch.tv 353 bob = #alice :bob",
      ":bob.tmi.twitch.tv 366 bob #alice :End of /NAMES list",
    ]);
    bob.say("PRIVMSG #alice :hello");
    expect(await bob.heard()).toEqual([]);
    const carol = await house.enter(transport, "carol", "alice");
    carol.say("PRIVMSG #alice :hi bob");
    expect(await bob.until("hi bob")).toEqual([":carol!carol@carol.tmi.twitch.tv PRIVMSG #alice :hi bob"]);
    bob.say("PART #alice");
    expect(await bob.heard()).toEqual([":bob!bob@bob.tmi.twitch.tv PART #alice"]);
    bob.say("QUIT");
    await bob.closed;
  });

  test("a client with every capability sees the states", async () => {
    const bob = await house.connect(transport);
    bob.say(ALL_CAPS, `PASS oauth:${house.giveToken(house.world.getUser("bob"))}`, "NICK bob", "JOIN #alice");
    expect(steady(await bob.heard())).toEqual([
      ":tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands twitch.tv/membership",
      ...WELCOME,
      "@badge-info=;badges=;color=#1E90FF;display-name=Bob;emote-sets=0;user-id=100000002;user-type= :tmi.twitch.tv GLOBALUSERSTATE",
      ":bob!bob@bob.tmi.twitch.tv JOIN #alice",
      ":bob.tmi.twitch.tv 353 bob = #alice :bob",
      ":bob.tmi.twitch.tv 366 bob #alice :End of /NAMES list",
      "@badge-info=;badges=;color=#1E90FF;display-name=Bob;emote-sets=0;mod=0;subscriber=0;user-type= :tmi.twitch.tv USERSTATE #alice",
      "@emote-only=0;followers-only=-1;r9k=0;room-id=100000001;slow=0;subs-only=0 :tmi.twitch.tv ROOMSTATE #alice",
    ]);
    bob.say("@client-nonce=n1 PRIVMSG #alice :hello");
    expect(steady(await bob.heard())).toEqual([
      "@badge-info=;badges=;client-nonce=n1;color=#1E90FF;display-name=Bob;emote-sets=0;id=UUID;mod=0;subscriber=0;user-type= :tmi.twitch.tv USERSTATE #alice",
    ]);
  });

  test("a message reaches everybody but the connection it came from", async () => {
    const first = await house.enter(transport, "bob", "alice");
    const second = await house.enter(transport, "bob", "alice");
    const elsewhere = await house.enter(transport, "carol", "kissbot");
    first.say("PRIVMSG #alice :hello");
    expect(await first.heard()).toEqual([expect.stringContaining("USERSTATE #alice")]);
    expect(await second.heard()).toEqual([expect.stringContaining("PRIVMSG #alice :hello")]);
    expect(await elsewhere.heard()).toEqual([]);
    const { world } = house;
    world.clock.advance(1_000);
    sendChat(world, {
      channel: world.getChannel("alice"),
      sender: world.getUser("bob"),
      text: "from Helix",
      via: "helix",
      hasAppToken: false,
    });
    expect(await first.heard()).toEqual([expect.stringContaining("PRIVMSG #alice :from Helix")]);
  });

  test("what is no IRC does no harm", async () => {
    const client = await house.connect(transport);
    client.sayBytes(Buffer.from([0x00, 0xff, 0x0d, 0x0a, 0x40, 0x0a, 0x3a, 0x0a]));
    client.sayBytes(Buffer.concat([Buffer.alloc(1024 * 1024, "a"), Buffer.from("\r\n")]));
    client.say(`PRIVMSG #alice :${"a".repeat(5_000)}`, "JOIN", "PRIVMSG", "PART", "CAP", "\u0000", "@a;=; :");
    client.say(
      `PASS oauth:${house.giveToken(house.world.getUser("bob"))}`,
      "NICK bob",
      "JOIN",
      "PRIVMSG",
      "PRIVMSG #alice",
    );
    expect((await client.heard()).at(-1)).toBe(":tmi.twitch.tv 376 bob :>");
  });
});

describe("logging in", () => {
  const FAILED = "Login authentication failed";
  const UNSUCCESSFUL = "Login unsuccessful";
  const FORMAT = "Improperly formatted auth";

  test.each([
    ["without PASS", () => ["NICK bob"], FORMAT],
    ["without oauth:", () => [`PASS ${bobsToken()}`, "NICK bob"], FORMAT],
    ["with an empty token", () => ["PASS oauth:", "NICK bob"], FORMAT],
    ["with an unknown token", () => ["PASS oauth:unknown", "NICK bob"], FAILED],
    ["with a token that ran out", () => [`PASS oauth:${expired()}`, "NICK bob"], FAILED],
    ["with a token that may not chat", () => [`PASS oauth:${bobsToken([])}`, "NICK bob"], UNSUCCESSFUL],
    ["with an app token", () => [`PASS oauth:${appToken()}`, "NICK bob"], UNSUCCESSFUL],
    ["without a nick", () => [`PASS oauth:${bobsToken()}`, "NICK"], "Invalid NICK"],
  ])("%s is refused and closed", async (_, makeLines, text) => {
    const lines = makeLines();
    const client = await house.connect("tcp");
    client.say(...lines);
    expect(await client.closed).toEqual([`:tmi.twitch.tv NOTICE * :${text}`]);
  });

  const bobsToken = (scopes?: readonly string[]) => house.giveToken(house.world.getUser("bob"), scopes);
  const expired = () => {
    const token = bobsToken();
    house.world.clock.advance(4 * 3_600_000);
    return token;
  };
  const appToken = () => {
    const token = {
      accessToken: "app",
      kind: "app",
      clientId: "c",
      userId: undefined,
      refreshToken: undefined,
    } as const;
    house.world.tokens.set("app", { ...token, scopes: ["chat:read"], expiresAt: Number.MAX_SAFE_INTEGER });
    return "app";
  };

  test("the token tells who it is, whatever the nick", async () => {
    const client = await house.connect("tcp");
    client.say(`PASS oauth:${bobsToken()}`, "NICK somebody_else");
    expect(await client.heard()).toEqual(WELCOME);
  });

  test("anonymous reads and is not seen, and says nothing", async () => {
    const bob = await house.enter("tcp", "bob", "alice");
    const anonymous = await house.connect("websocket");
    anonymous.say(
      "CAP REQ :twitch.tv/tags twitch.tv/commands",
      "PASS SCHMOOPIIE",
      "NICK justinfan123",
      "JOIN #alice",
    );
    expect(steady(await anonymous.heard()).slice(-4)).toEqual([
      ":justinfan123!justinfan123@justinfan123.tmi.twitch.tv JOIN #alice",
      ":justinfan123.tmi.twitch.tv 353 justinfan123 = #alice :justinfan123",
      ":justinfan123.tmi.twitch.tv 366 justinfan123 #alice :End of /NAMES list",
      "@emote-only=0;followers-only=-1;r9k=0;room-id=100000001;slow=0;subs-only=0 :tmi.twitch.tv ROOMSTATE #alice",
    ]);
    anonymous.say("PRIVMSG #alice :boo");
    expect(await anonymous.heard()).toEqual([]);
    bob.say("PRIVMSG #alice :anybody?");
    expect((await anonymous.until("anybody?")).length).toBe(1);
    expect(await bob.heard()).toEqual([expect.stringContaining("USERSTATE")]);
    expect([...house.world.getChannel("alice").chatters]).toEqual([["100000002", 1]]);
  });

  test("a token that runs out later leaves the connection alone", async () => {
    const bob = await house.enter("tcp", "bob", "alice");
    for (const token of house.world.tokens.values()) token.expiresAt = 0;
    bob.say("PRIVMSG #alice :still here");
    expect(await bob.heard()).toEqual([expect.stringContaining("USERSTATE")]);
  });

  test("an account may log in 20 times in 10 seconds, over whatever connections", async () => {
    const token = bobsToken();
    const login = async () => {
      const client = await house.connect("tcp");
      client.say(`PASS oauth:${token}`, "NICK bob");
      return client;
    };
    for (let turn = 0; turn < 20; turn += 1) await (await login()).until("376");
    expect(await (await login()).closed).toEqual([`:tmi.twitch.tv NOTICE * :${UNSUCCESSFUL}`]);
    house.world.clock.advance(10_000);
    await (await login()).until("376");
  });
});

describe("the protocol", () => {
  test.each([
    ["CAP LS 302", ":tmi.twitch.tv CAP * LS :twitch.tv/tags twitch.tv/commands twitch.tv/membership"],
    ["CAP REQ :twitch.tv/tags", ":tmi.twitch.tv CAP * ACK :twitch.tv/tags"],
    [
      "CAP REQ :twitch.tv/tags twitch.tv/nonsense",
      ":tmi.twitch.tv CAP * NAK :twitch.tv/tags twitch.tv/nonsense",
    ],
    ["CAP LIST", ":tmi.twitch.tv CAP * LIST :"],
    ["cap nonsense", ":tmi.twitch.tv 410 * nonsense :Invalid CAP command"],
    ["PING", "PONG :tmi.twitch.tv"],
    ["PING abc def", ":tmi.twitch.tv PONG tmi.twitch.tv :abc"],
    ["PING :abc def", ":tmi.twitch.tv PONG tmi.twitch.tv :abc def"],
  ])("%j is answered %j before login", async (asked, answer) => {
    const client = await house.connect("tcp");
    client.say(asked);
    expect(await client.heard()).toEqual([answer]);
  });

  test("what comes too early is met with silence", async () => {
    const client = await house.connect("tcp");
    client.say("JOIN #alice", "PRIVMSG #alice :x", "USER bob 8 * :bob", "CAP END", "WHO #alice");
    expect(await client.heard()).toEqual([]);
  });

  test("a capability can be given back", async () => {
    const bob = await house.enter("tcp", "bob", "alice");
    bob.say("CAP REQ :-twitch.tv/tags", "PRIVMSG #alice :x");
    expect(await bob.heard()).toEqual([
      ":tmi.twitch.tv CAP * ACK :-twitch.tv/tags",
      ":tmi.twitch.tv USERSTATE #alice",
    ]);
    bob.say("CAP REQ :-twitch.tv/commands", "PRIVMSG #alice :x");
    expect(await bob.heard()).toEqual([":tmi.twitch.tv CAP * ACK :-twitch.tv/commands"]);
  });

  test("after login unknown commands are named, idle ones ignored, another NICK ends it", async () => {
    const bob = await house.enter("tcp", "bob");
    bob.say("who #alice", "MODE #alice", "USER a", "PASS b", "TOPIC");
    expect(await bob.heard()).toEqual([
      ":tmi.twitch.tv 421 bob WHO :Unknown command",
      ":tmi.twitch.tv 421 bob TOPIC :Unknown command",
    ]);
    bob.say("NICK other");
    await bob.closed;
  });

  test("the server asks every five minutes whether anybody is there", async () => {
    await house.close();
    house = await openTestHouse({ pongWithinMs: 50 });
    const awake = await house.enter("tcp", "bob");
    const asleep = await house.enter("websocket", "carol");
    house.world.clock.advance(300_000);
    expect(await awake.until("PING")).toEqual(["PING :tmi.twitch.tv"]);
    awake.say("PONG :tmi.twitch.tv");
    expect(await asleep.closed).toEqual(["PING :tmi.twitch.tv"]);
    expect(house.logged.at(-1)).toContain("registered → closed, ping unanswered");
    house.world.clock.advance(300_000);
    expect(await awake.until("PING")).toEqual(["PING :tmi.twitch.tv"]);
  });
});

describe("channels", () => {
  const notice = (channel: string, code: string, text: string) =>
    `@msg-id=${code} :tmi.twitch.tv NOTICE #${channel} :${text}`;
  const UNKNOWN = "This channel does not exist or has been suspended.";
  const FORBIDDEN = "You don’t have permission to perform that action.";

  test("those that cannot be joined say why", async () => {
    const { world } = house;
    const bob = await house.enter("tcp", "bob");
    world.getChannel("alice").banned.set(world.getUser("bob").id, undefined);
    world.getChannel("carol").banned.set(world.getUser("bob").id, world.clock.now() + 60_000);
    bob.say("JOIN #alice,#nobody,#100000001,nothash,#carol", "PRIVMSG #nobody :x", "PRIVMSG nobody :x");
    expect((await bob.heard()).filter((line) => line.includes("NOTICE") || line.includes(" JOIN "))).toEqual([
      notice("alice", "msg_banned", "You are permanently banned from talking in alice."),
      notice("nobody", "msg_channel_suspended", UNKNOWN),
      notice("100000001", "msg_channel_suspended", UNKNOWN),
      ":bob!bob@bob.tmi.twitch.tv JOIN #carol",
      notice("nobody", "msg_channel_suspended", UNKNOWN),
    ]);
  });

  test("reading and sending are scopes of their own", async () => {
    const login = async (scope: string) => {
      const client = await house.connect("tcp");
      client.say(ALL_CAPS, `PASS oauth:${house.giveToken(house.world.getUser("bob"), [scope])}`, "NICK bob");
      await client.until("GLOBALUSERSTATE");
      return client;
    };
    const reader = await login("chat:read");
    reader.say("JOIN #alice", "PRIVMSG #alice :x");
    expect((await reader.heard()).at(-1)).toBe(notice("alice", "no_permission", FORBIDDEN));
    const writer = await login("chat:edit");
    writer.say("JOIN #alice", "PRIVMSG #alice :x");
    expect(await writer.heard()).toEqual([
      notice("alice", "no_permission", FORBIDDEN),
      expect.stringContaining("USERSTATE #alice"),
    ]);
  });

  test("commands are not executed any more", async () => {
    const alice = await house.enter("tcp", "alice", "alice");
    alice.say("PRIVMSG #alice :/ban bob", "PRIVMSG #alice :/me", "PRIVMSG #alice :/me waves");
    expect(await alice.heard()).toEqual([
      notice("alice", "unrecognized_cmd", "Unrecognized command: /ban"),
      notice("alice", "usage_me", "Usage: “/me <message>” - Express an action in the third-person."),
      expect.stringContaining("USERSTATE #alice"),
    ]);
    expect(house.world.getChannel("alice").lines).toMatchObject([{ text: "waves", isAction: true }]);
    alice.say("PRIVMSG #alice :/disconnect");
    await alice.closed;
  });

  test("a refused message is answered with the reason and a reply with its parent", async () => {
    const bob = await house.enter("tcp", "bob", "alice");
    const carol = await house.enter("tcp", "carol", "alice");
    bob.say("PRIVMSG #alice :question?");
    const [asked = ""] = await carol.until("question?");
    const id = /;id=([^;]+)/.exec(asked)?.[1] ?? "";
    carol.say(`@reply-parent-msg-id=${id} PRIVMSG #alice :answer`);
    const reply = (await bob.until("PRIVMSG")).at(-1);
    expect(reply).toContain(`reply-parent-msg-body=question?;reply-parent-msg-id=${id};`);
    expect(reply).toContain("PRIVMSG #alice :@Bob answer");
    carol.say("PRIVMSG #alice :too fast");
    expect((await carol.until("NOTICE")).at(-1)).toContain("@msg-id=msg_ratelimit ");
  });

  test("over the message limit there is silence on every connection of the account", async () => {
    const rooms = ["alice", "carol", "kissbot", "bob"];
    const one = await house.enter("tcp", "carol", ...rooms);
    const two = await house.enter("websocket", "carol");
    for (let turn = 0; turn < 10; turn += 1) {
      one.say(`PRIVMSG #alice :one ${turn}`);
      await one.until("USERSTATE #alice");
      two.say(`PRIVMSG #bob :two ${turn}`);
      await two.until("USERSTATE #bob");
      house.world.clock.advance(1_000);
    }
    one.say("PRIVMSG #kissbot :over");
    two.say("PRIVMSG #kissbot :over");
    const heard = [...(await one.heard()), ...(await two.heard())];
    expect(heard.filter((line) => line.includes("#kissbot"))).toEqual([]);
    two.say("PRIVMSG #carol :at home");
    expect(await two.heard()).toEqual([expect.stringContaining("USERSTATE #carol")]);
    const { overLimit } = getChatAccount(house.world, house.world.getUser("carol").id);
    expect(overLimit).toEqual({ messages: 2, joins: 0, auths: 0 });
  });

  test("more than 20 joins in 10 seconds end the connection", async () => {
    const bob = await house.enter("tcp", "bob");
    for (let turn = 0; turn < 20; turn += 1) bob.say(turn % 2 ? "JOIN #alice" : "PART #alice");
    bob.say("PART #alice", `JOIN ${"#alice,".repeat(10)}`);
    expect((await bob.heard()).filter((line) => line.includes(" JOIN ")).length).toBe(11);
    const other = await house.enter("tcp", "bob");
    other.say("JOIN #alice");
    await other.closed;
    expect(house.logged.at(-1)).toContain("too many joins");
    house.world.clock.advance(10_000);
    bob.say("JOIN #carol");
    await bob.until("ROOMSTATE #carol");
  });

  test("an account is in 100 channels at most, except those it moderates or owns", async () => {
    const { world } = house;
    const bob = world.addUser({ login: "kissbot" });
    const logins = Array.from({ length: 105 }, (_, index) => `room${index}`);
    for (const login of logins) world.addUser({ login });
    const clients = [await house.enter("tcp", "kissbot"), await house.enter("tcp", "kissbot")];
    const join = async (login: string, turn: number) => {
      if (turn % 15 === 0) world.clock.advance(10_000);
      clients[turn % 2]?.say(`JOIN #${login}`);
      return (await clients[turn % 2]?.heard())?.at(-1);
    };
    for (const [turn, login] of logins.slice(0, 100).entries()) {
      expect(await join(login, turn)).toContain(`ROOMSTATE #${login}`);
    }
    expect(await join("room100", 100)).toBe(
      notice(
        "room100",
        "msg_concurrent_channel_limit_reached",
        "You are connected to too many chat channels.",
      ),
    );
    world.getChannel("room101").moderators.add(bob.id);
    world.getChannel("room102").vips.add(bob.id);
    expect(await join("room101", 101)).toContain("ROOMSTATE #room101");
    expect(await join("room102", 102)).toContain("msg_concurrent_channel_limit_reached");
    expect(await join("kissbot", 103)).toContain("ROOMSTATE #kissbot");
    clients[0]?.say("PART #room0");
    expect(await join("room104", 104)).toContain("ROOMSTATE #room104");
  });

  test("who comes and goes is told to those who asked, once per person", async () => {
    const { chatters } = house.world.getChannel("alice");
    const bob = await house.enter("tcp", "bob", "alice");
    const one = await house.enter("tcp", "carol", "alice");
    expect(await bob.heard()).toEqual([":carol!carol@carol.tmi.twitch.tv JOIN #alice"]);
    const two = await house.connect("websocket");
    two.say(
      "CAP REQ :twitch.tv/membership",
      `PASS oauth:${house.giveToken(house.world.getUser("carol"))}`,
      "NICK carol",
    );
    two.say("JOIN #alice");
    expect(await two.until("353")).toContain(":carol.tmi.twitch.tv 353 carol = #alice :carol bob");
    expect([...chatters.values()]).toEqual([1, 2]);
    one.say("PART #alice");
    await one.heard();
    expect(await bob.heard()).toEqual([]);
    two.leave();
    expect(await bob.until("PART")).toEqual([":carol!carol@carol.tmi.twitch.tv PART #alice"]);
    expect([...chatters]).toEqual([["100000002", 1]]);
  });

  test("what happens in a channel is told to those in it", async () => {
    const { world } = house;
    const channel = world.getChannel("alice");
    const bob = await house.enter("tcp", "bob", "alice");
    channel.settings.slowSeconds = 10;
    world.happen({ kind: "chat-settings-changed", channel });
    world.happen({
      kind: "user-banned",
      channel,
      user: world.getUser("carol"),
      by: channel.owner,
      reason: "",
      forSeconds: 5,
    });
    world.happen({ kind: "announcement", channel, by: channel.owner, text: "news", color: "blue" });
    world.happen({ kind: "stream-offline", channel });
    expect((await bob.heard()).map((line) => line.split(" ").slice(2, 4).join(" "))).toEqual([
      "ROOMSTATE #alice",
      "NOTICE #alice",
      "CLEARCHAT #alice",
      "USERNOTICE #alice",
    ]);
  });
});

test("connections tell who is where, and a closed door leaves nobody behind", async () => {
  const bob = await house.enter("tcp", "bob", "alice", "carol");
  const nobody = await house.connect("websocket");
  await nobody.heard();
  expect(house.door.connections()).toEqual([
    { transport: "tcp", login: "bob", channels: ["alice", "carol"], connectedAt: expect.any(Number) },
    { transport: "websocket", login: undefined, channels: [], connectedAt: expect.any(Number) },
  ]);
  await house.door.close();
  await Promise.all([bob.closed, nobody.closed]);
  expect(house.door.connections()).toEqual([]);
  expect(house.world.getChannel("alice").chatters.size).toBe(0);
});
