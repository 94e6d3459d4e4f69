import { expect, test } from "vitest";
import { makeChildCondition } from "../shared/ipc/child-condition.ts";
import { makeFakeClock, settled } from "../tests/support/fake-clock.ts";
import type { Fall } from "./interfaces/twitch-chat/chat-patience.ts";
import { toChatWait } from "./interfaces/twitch-chat/chat-wait.ts";
import type { LoginPermit } from "./interfaces/twitch-chat/login-permits.ts";
import { makeConditionTeller } from "./tell-condition.ts";

function openTeller() {
  const clock = makeFakeClock();
  const condition = makeChildCondition({ clock, onChange: () => {} });
  const events: string[] = [];
  const reached = new Set<string>();
  const tell = makeConditionTeller({
    life: () => ({ condition, trouble: (code, detail) => void events.push(`${code}: ${detail}`) }),
    has: (what) => reached.has(what),
  });
  const waits = () => condition.now().waits.map((wait) => `${wait.stage} ${wait.for}`);
  const troubles = () => condition.now().troubles.map(({ code }) => code);
  return { clock, condition, events, reached, tell, waits, troubles };
}

test.each<[Fall, object | undefined]>([
  [
    { is: "not-connected", reason: "ECONNREFUSED" },
    { for: "twitch", detail: "no connection to chat: ECONNREFUSED" },
  ],
  [{ is: "not-connected", reason: "no login in time", isSilence: true }, undefined],
  [{ is: "lost", stoodMs: 5, reason: "1006" }, { for: "twitch" }],
  [{ is: "login-refused", notice: "Login authentication failed", rejected: "x" }, { for: "twitch" }],
  [
    { is: "join-refused", code: "msg_banned" },
    { for: "twitch", detail: "chat does not let the bot in: msg_banned" },
  ],
  [{ is: "no-token", detail: "away" }, { for: "hub" }],
  [{ is: "needs-reauth", detail: "401" }, { for: "hub" }],
  [
    { is: "too-many-channels", detail: "101 of 100" },
    { for: "operator", detail: "101 of 100" },
  ],
  [{ is: "asked-to-reconnect" }, undefined],
])("%j: %j", (fall, wait) => {
  const found = toChatWait(fall, 700);
  if (wait === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject({ stage: "chat", forMs: 700, ...wait });
});

test("a queue is waited for until the permit comes", async () => {
  const { tell, condition, waits } = openTeller();
  const permit = Promise.withResolvers<LoginPermit>();
  const queued: number[] = [];
  const ask = tell.inTurn((_wants, onQueued) => {
    onQueued(6_500);
    return { permit: permit.promise, withdraw: () => {} };
  });
  ask("auth", (expectedMs) => queued.push(expectedMs));
  expect(condition.now().waits).toEqual([
    { stage: "chat", for: "turn", detail: "its turn to log in comes in about 7 s", forMs: 6_500 },
  ]);
  expect(queued).toEqual([6_500]);
  permit.resolve({ is: "granted", done: () => {} });
  await settled();
  expect(waits()).toEqual([]);
});

test("one reason at a time why there is no chat, and none when there is", () => {
  const { tell, troubles, waits } = openTeller();
  tell.chatRests({ is: "not-connected", reason: "refused" }, 1_000);
  tell.trouble("chat-not-connected", "refused");
  tell.trouble("chat-lost", "1006");
  expect(troubles()).toEqual(["chat-lost"]);
  expect(waits()).toEqual(["chat twitch"]);
  tell.chatJoined();
  expect(troubles()).toEqual([]);
  expect(waits()).toEqual([]);
});

test("a hub that is away is waited for, at the stages that are still to come, and no longer than until it is back", () => {
  const { tell, reached, troubles, waits } = openTeller();
  tell.hubAway("ECONNREFUSED", 500);
  expect(waits()).toEqual(["chat hub", "eventsub hub"]);
  tell.trouble("hub-refused", "no token");
  tell.hubWelcome();
  expect(waits()).toEqual([]);
  expect(troubles()).toEqual([]);
  reached.add("chat");
  tell.hubAway("ECONNREFUSED", 500);
  expect(waits()).toEqual(["eventsub hub"]);
  // What the chat waits for is not the hub's to end.
  tell.chatRests({ is: "lost", stoodMs: 1, reason: "1006" }, 500);
  tell.hubWelcome();
  expect(waits()).toEqual(["chat twitch"]);
});

test("topics: what the hub waits for ends when they are settled, what an owner has to grant when it is granted", () => {
  const { tell, condition, waits } = openTeller();
  tell.topicsWait("no events arrive", 1_000);
  expect(waits()).toEqual(["eventsub twitch"]);
  const topics = ["a", "b", "c", "d"].map((topic) => ({ topic }));
  tell.grantsMissing(topics);
  tell.topicsWait("no events arrive", 1_000);
  tell.topicsSettled();
  expect(waits()).toEqual(["eventsub operator"]);
  expect(condition.now().waits[0]?.detail).toMatch(/: a, b, c and 1 more$/);
  tell.grantsMissing([]);
  expect(waits()).toEqual([]);
  tell.topicsWait("no events arrive", 1_000);
  tell.topicsSettled();
  expect(waits()).toEqual([]);
});

test("events that come to the worker itself: their being away is over when the topics stand again", () => {
  const { tell, troubles } = openTeller();
  tell.trouble("eventsub-away", "cut");
  expect(troubles()).toEqual(["eventsub-away"]);
  tell.topicsSettled();
  expect(troubles()).toEqual([]);
});

test("what happened and is past is told as such", () => {
  const { tell, events, troubles } = openTeller();
  tell.trouble("events-lost", "3 to 9");
  tell.trouble("topic-cost-exceeded", "stream.online: max_total_cost");
  tell.trouble("topic-needs-grant", "told as a wait");
  tell.trouble("module-sleeps", "dice");
  expect(events).toEqual(["events-lost: 3 to 9", "topic-cost-exceeded: stream.online: max_total_cost"]);
  expect(troubles()).toEqual(["module-sleeps"]);
});
