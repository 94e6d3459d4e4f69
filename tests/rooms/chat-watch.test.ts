/** Our watch around twurple's ChatClient, against the simulator's chat: real sockets, and a clock that stands still until told. */
import * as v from "valibot";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { Login, UserId } from "../../shared/ids.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import { takeAuth } from "../../sim/chat/chat-accounts.ts";
import { applyOrder } from "../../sim/control/apply-order.ts";
import type { Order } from "../../sim/control/order.ts";
import { issueUserToken } from "../../sim/id/issue-token.ts";
import { type Sim, startSim } from "../../sim/server.ts";
import type { ChatDoor } from "../../worker/interfaces/chat-door.ts";
import { answerValidateLocally } from "../../worker/interfaces/twitch-chat/answer-validate.ts";
import { CHAT_BACKOFF } from "../../worker/interfaces/twitch-chat/chat-patience.ts";
import type { ChatToken, ChatTokens, TokenAnswer } from "../../worker/interfaces/twitch-chat/chat-tokens.ts";
import type { LoginPermit } from "../../worker/interfaces/twitch-chat/login-permits.ts";
import { startTwitchChat } from "../../worker/interfaces/twitch-chat.ts";
import type { Standing, Voice } from "../../worker/outputs/chat/voice.ts";
import type { ChatMessage, EventSignal } from "../../worker/signal.ts";
import { openDialCounter } from "../support/dial-counter.ts";
import { makeFakeClock } from "../support/fake-clock.ts";
import { makeTestLog } from "../support/test-log.ts";

const CHANNEL = "alice_live";
const WAIT = { timeout: 8_000, interval: 5 };

let sim: Sim;
let relay: Awaited<ReturnType<typeof openDialCounter>>;
let clock: ReturnType<typeof makeFakeClock>;
let testLog: ReturnType<typeof makeTestLog>;
let chat: ChatDoor;
const { fetch, Headers } = globalThis;
/** Answers of the hub that stand before the good one. */
let badAnswers: (TokenAnswer | Promise<TokenAnswer>)[];
let asked: (string | undefined)[];
let permits: string[];
let permitWaitMs: number;
let joinRefusal: LoginPermit | undefined;
/** Permits of which the hub was told that Twitch has counted them. */
let used: string[];
let messages: ChatMessage[];
let events: EventSignal[];
let told: string[];
let standing: Standing | undefined;
let voice: Voice | undefined;
let token: ChatToken;
let uncaught: unknown[];
const onUncaught = (problem: unknown) => uncaught.push(problem);

beforeEach(async () => {
  sim = await startSim({ scenario: "quiet" });
  relay = await openDialCounter(sim.port);
  clock = makeFakeClock();
  testLog = makeTestLog();
  badAnswers = [];
  asked = [];
  permits = [];
  permitWaitMs = 0;
  joinRefusal = undefined;
  used = [];
  messages = [];
  events = [];
  told = [];
  standing = undefined;
  voice = undefined;
  uncaught = [];
  process.on("uncaughtExceptionMonitor", onUncaught);
  token = freshToken();
  answerValidateLocally(() => token);
});
afterEach(async () => {
  chat?.stop();
  Object.assign(globalThis, { fetch, Headers });
  await relay.close();
  await sim.stop();
  process.off("uncaughtExceptionMonitor", onUncaught);
  expect(uncaught).toEqual([]);
  // Everything the watch waited for has ended with it.
  await clock.advance(0);
  expect(clock.pending()).toBe(0);
});

function freshToken(): ChatToken {
  const bot = sim.world.getUser("kissbot");
  const issued = issueUserToken(sim.world, {
    clientId: "kissbot-demo-client",
    userId: bot.id,
    scopes: ["chat:read", "chat:edit"],
  });
  return {
    about: "chat-token",
    accessToken: issued.accessToken,
    userId: v.parse(UserId, bot.id),
    login: v.parse(Login, bot.login),
    scopes: ["chat:read", "chat:edit"],
  };
}

function start(random = () => 0.999_999_99) {
  const tokens: ChatTokens = {
    async get(rejected) {
      asked.push(rejected);
      if (rejected !== undefined) token = freshToken();
      return badAnswers.shift() ?? { is: "token", token };
    },
    held: () => token,
  };
  chat = startTwitchChat({
    url: `ws://127.0.0.1:${relay.port}/irc`,
    channel: v.parse(Login, CHANNEL),
    channelName: "Alice_Live",
    botId: token.userId,
    tokens,
    askPermit(wants) {
      permits.push(wants);
      const refusal = wants === "join" ? joinRefusal : undefined;
      const answer = refusal ?? ({ is: "granted", done: () => void used.push(wants) } as const);
      if (permitWaitMs === 0) return { permit: Promise.resolve(answer), withdraw: () => {} };
      const { promise, resolve } = Promise.withResolvers<LoginPermit>();
      return { permit: promise, withdraw: clock.after(permitWaitMs, () => resolve(answer)) };
    },
    clock,
    random,
    log: testLog.log,
    voice: {
      opened(opened) {
        voice = opened;
        told.push("opened");
      },
      closed() {
        voice = undefined;
        told.push("closed");
      },
      standing(now) {
        standing = now;
      },
      slowMode: (ms) => told.push(`slow ${ms}`),
      echoed: (nonce) => told.push(`echoed ${nonce}`),
      refused: (code) => told.push(`refused ${code}`),
      unanswered: (nonce) => told.push(`unanswered ${nonce}`),
    },
    bringIn: (message) => messages.push(message),
    bringInEvent: (signal) => events.push(signal),
    onJoined: () => told.push("joined"),
    onTrouble: (code) => told.push(`trouble ${code}`),
  });
}

const modes = () => testLog.lines.filter(({ text }) => text === "chat mode").map(({ fields }) => fields.to);
const until = (holds: () => void) => vi.waitFor(holds, WAIT);
const untilMode = (mode: string, times = 1) =>
  until(() => expect(modes().filter((one) => one === mode)).toHaveLength(times));
const order = (one: Order) => applyOrder(sim, one);
/** A viewer says something, and it has been through every socket when this resolves. */
async function viewerSays(text: string) {
  const before = messages.length;
  // Twitch takes one message a second from a viewer.
  sim.world.clock.advance(1_000);
  order({ do: "chat", channel: CHANNEL, user: "carol_cat", text });
  await until(() => expect(messages.length).toBeGreaterThan(before));
}

test("joins with the hub's permits, hears, speaks, knows its standing", async () => {
  start();
  await untilMode("joined");
  expect(modes()).toEqual(["asking-token", "connecting", "joining", "joined"]);
  expect(permits).toEqual(["auth", "join"]);
  expect(used).toEqual(["auth", "join"]);
  expect(chat.isOpen()).toBe(true);
  await viewerSays("hello there");
  expect(messages[0]).toMatchObject({
    text: "hello there",
    user: { login: "carol_cat" },
    rank: "subscriber",
    isOwnVoice: false,
  });
  await until(() => expect(standing).toBe("moderator"));
  expect(voice?.say("hi, carol", "n1", "k1")).toBe("written");
  await until(() => expect(told).toContain("echoed n1"));
  expect(sim.world.getChannel(CHANNEL).lines.at(-1)?.text).toBe("hi, carol");
});

test("what Twitch tells of viewers comes as events, and a cheer is a line of chat besides", async () => {
  start();
  await untilMode("joined");
  order({ do: "gift", channel: CHANNEL, by: "dave_brave", to: ["zoe_zzz", "kai_speedrun"] });
  order({ do: "raid", channel: "bob_plays", to: CHANNEL, viewers: 7 });
  order({ do: "cheer", channel: CHANNEL, user: "carol_cat", bits: 100, text: "Cheer100 hi" });
  await until(() => expect(messages).toHaveLength(1));
  expect(events.map(({ body }) => body)).toMatchObject([
    { topic: "channel.subscription.gift", user: { login: "dave_brave" }, total: 2 },
    { topic: "channel.subscribe", user: { login: "zoe_zzz" }, isGift: true },
    { topic: "channel.subscribe", user: { login: "kai_speedrun" }, isGift: true },
    { topic: "channel.raid", from: { login: "bob_plays" }, viewers: 7, broadcasterName: "Alice_Live" },
    { topic: "channel.cheer", user: { login: "carol_cat" }, bits: 100 },
  ]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(5);
  chat.stopListening();
  order({ do: "raid", channel: "bob_plays", to: CHANNEL, viewers: 8 });
  chat.stop();
  await until(() => expect(chat.isOpen()).toBe(false));
  expect(events).toHaveLength(5);
});

test("a permit for later is waited out before dialling", async () => {
  permitWaitMs = 5_000;
  start();
  await until(() => expect(permits).toEqual(["auth"]));
  await clock.advance(4_999);
  expect(relay.dials()).toBe(0);
  await clock.advance(1);
  await until(() => expect(permits).toEqual(["auth", "join"]));
  await clock.advance(5_000);
  await untilMode("joined");
});

test("tells when Twitch refuses a message, and of slow mode", async () => {
  sim.world.getChannel(CHANNEL).moderators.delete(sim.world.getUser("kissbot").id);
  start();
  await untilMode("joined");
  await until(() => expect(standing).toBe("viewer"));
  voice?.say("same", "n1", "k1");
  await until(() => expect(told).toContain("echoed n1"));
  voice?.say("same", "n2", "k2");
  await until(() => expect(told.some((one) => one.startsWith("refused msg_"))).toBe(true));
  order({ do: "settings", channel: CHANNEL, slowSeconds: 30 });
  await until(() => expect(told).toContain("slow 30000"));
});

test("a lost connection is replaced after a rest, not before", async () => {
  start();
  await untilMode("joined");
  sim.faults.apply({ do: "cut", place: "irc" });
  await untilMode("resting");
  expect(told).toContain("closed");
  expect(voice).toBeUndefined();
  expect(chat.isOpen()).toBe(false);
  expect(relay.dials()).toBe(1);
  await clock.advance(CHAT_BACKOFF.first);
  await untilMode("joined", 2);
  await viewerSays("still there?");
});

test("a server that accepts and closes is dialled once for each growing rest, never in a loop", async () => {
  sim.faults.apply({ do: "accept-then-close", place: "irc", on: true });
  start();
  const rests: number[] = [];
  for (let round = 1; round <= 8; round += 1) {
    await untilMode("resting", round);
    // Whatever would dial by itself has had its chance when another connection has made it there and back.
    await openProbe().closed;
    expect(relay.dials()).toBe(round * 2);
    rests.push(2 ** (round - 1) * 1_000);
    await clock.advance(rests.at(-1) ?? 0);
  }
  // Eight connections in more than four minutes; twurple alone makes hundreds a second of them.
  expect(rests.reduce((sum, rest) => sum + rest, 0)).toBe(255_000);
});

test("a server that never answers is given up in time", async () => {
  sim.faults.apply({ do: "mute", place: "irc", on: true });
  start();
  await untilMode("connecting");
  await until(() => expect(relay.dials()).toBe(1));
  await clock.advance(20_000);
  await untilMode("resting");
  expect(told).toContain("trouble chat-not-connected");
  sim.faults.apply({ do: "mute", place: "irc", on: false });
  await clock.advance(2_000);
  await untilMode("joined");
});

test("a refused login asks the hub for another token, and rests in between", async () => {
  const refused = tokenFingerprint(token.accessToken);
  order({ do: "fault", fault: { do: "expire-token", user: "kissbot" } });
  start();
  await untilMode("resting");
  expect(told).toContain("trouble chat-login-refused");
  await openProbe().closed;
  expect(relay.dials()).toBe(2);
  await clock.advance(1_000);
  await untilMode("joined");
  expect(asked).toEqual([undefined, refused]);
});

test("the login limit says nothing against the token: a rest, and the same token again", async () => {
  while (takeAuth(sim.world, sim.world.getUser("kissbot")));
  start();
  await untilMode("resting");
  expect(told).toContain("trouble chat-not-connected");
  sim.world.clock.advance(60_000);
  await clock.advance(CHAT_BACKOFF.first);
  await untilMode("joined");
  expect(asked).toEqual([undefined, undefined]);
});

test("without a token nothing is dialled: soon again while the hub is away, later when it needs the operator", async () => {
  badAnswers = [
    { is: "away", detail: "the hub is away" },
    { is: "needs-reauth", detail: "revoked" },
  ];
  start();
  await untilMode("resting");
  await clock.advance(500);
  await untilMode("resting", 2);
  await clock.advance(29_999);
  expect(asked).toHaveLength(2);
  expect(relay.dials()).toBe(0);
  await clock.advance(1);
  await untilMode("joined");
});

test("a new login of the bot ends the wait for it at once, and no other rest", async () => {
  badAnswers = [
    { is: "needs-reauth", detail: "revoked" },
    { is: "away", detail: "no hub" },
  ];
  start();
  await untilMode("resting");
  chat.reauthOver();
  await untilMode("resting", 2);
  chat.reauthOver();
  await clock.advance(499);
  expect(asked).toHaveLength(2);
  await clock.advance(1);
  await untilMode("joined");
  expect(relay.dials()).toBe(1);
});

test("a new login of the bot that is told while its answer is on the way is not missed", async () => {
  const answer = Promise.withResolvers<TokenAnswer>();
  badAnswers = [answer.promise];
  start();
  await until(() => expect(asked).toHaveLength(1));
  chat.reauthOver();
  answer.resolve({ is: "needs-reauth", detail: "revoked" });
  await untilMode("joined");
});

test("where Twitch takes no further channel, it does not try, says why, and asks again after minutes", async () => {
  joinRefusal = { is: "refused", because: "too-many-channels", detail: "in 100 already" };
  start();
  await untilMode("resting");
  expect(told).toEqual(["trouble chat-too-many-channels"]);
  expect(used).toEqual(["auth"]);
  joinRefusal = undefined;
  await clock.advance(300_000);
  await untilMode("joined");
});

test("a channel that bans the bot is asked again after minutes", async () => {
  sim.world.getChannel(CHANNEL).banned.set(sim.world.getUser("kissbot").id, undefined);
  start();
  await untilMode("resting");
  expect(told).toContain("trouble chat-join-refused");
  await clock.advance(299_000);
  expect(relay.dials()).toBe(1);
  sim.world.getChannel(CHANNEL).banned.clear();
  await clock.advance(1_000);
  await untilMode("joined");
});

test("RECONNECT: a new connection stands before the old one goes, and nothing is missed", async () => {
  start();
  await untilMode("joined");
  await viewerSays("one");
  sim.faults.apply({ do: "send-reconnect", place: "irc" });
  await untilMode("resting");
  expect(chat.isOpen()).toBe(true);
  await viewerSays("two");
  expect(relay.dials()).toBe(1);
  await clock.advance(5_000);
  await untilMode("joined", 2);
  await viewerSays("three");
  expect(told.filter((one) => one === "closed")).toEqual([]);
  expect(new Set(messages.map(({ text }) => text))).toEqual(new Set(["one", "two", "three"]));
  expect(voice?.say("back", "n1", "k1")).toBe("written");
  await until(() => expect(told).toContain("echoed n1"));
});

test.each(["not-json", "unknown-type", "huge", "binary"] as const)(
  "garbage from the server (%s) ends nothing but the connection, if that",
  async (kind) => {
    start();
    await untilMode("joined");
    sim.faults.apply({ do: "garble", place: "irc", with: kind });
    await openProbe().closed;
    await clock.advance(CHAT_BACKOFF.first);
    await until(() => expect(chat.isOpen()).toBe(true));
    await viewerSays("still there?");
  },
);

test("stops from every mode and leaves nothing behind", async () => {
  start();
  chat.stop();
  expect(chat.isOpen()).toBe(false);
  sim.faults.apply({ do: "mute", place: "irc", on: true });
  start();
  await untilMode("connecting");
  chat.stop();
  sim.faults.apply({ do: "mute", place: "irc", on: false });
  start();
  await untilMode("joined");
  chat.stopListening();
  order({ do: "chat", channel: CHANNEL, user: "carol_cat", text: "too late" });
  chat.stop();
  await until(() => expect(chat.isOpen()).toBe(false));
  expect(messages).toEqual([]);
  expect(modes().at(-1)).toBe("stopped");
});

/** Connects like a stranger; counted like everybody. */
function openProbe() {
  const socket = new WebSocket(`ws://127.0.0.1:${relay.port}/irc`);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {});
  socket.once("open", () => socket.close());
  return { closed };
}
