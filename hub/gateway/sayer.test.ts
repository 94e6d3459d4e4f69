import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChannelId, UserId } from "../../shared/ids.ts";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import type { HelixAnswer, HelixCaller } from "../twitch/helix-caller.ts";
import { makeSayer, toSaid } from "./sayer.ts";

const channelId = v.parse(ChannelId, "1");
const botId = v.parse(UserId, "9");
const answered = (status: number, body: unknown = {}): HelixAnswer => ({
  is: "answer",
  status,
  body,
  message: "no",
});
const sent = answered(200, { data: [{ message_id: "m", is_sent: true }] });
const dropped = answered(200, {
  data: [{ message_id: "", is_sent: false, drop_reason: { code: "msg_duplicate", message: "…" } }],
});
const away: HelixAnswer = { is: "away", problem: "timeout" };

/** Twitch, answering one after the other; the last answer is for all that follow. */
function makeStage(answers: readonly HelixAnswer[], appAnswers?: readonly HelixAnswer[]) {
  const clock = makeFakeClock();
  const posts: string[] = [];
  const callerOf = (name: string, its: readonly HelixAnswer[]): HelixCaller => {
    let at = 0;
    return {
      room: () => ({ points: 1, waitMs: 0 }),
      async call({ body }) {
        posts.push(`${name} ${(body as { message: string }).message}`);
        return its[Math.min(at++, its.length - 1)] ?? away;
      },
    };
  };
  const app = appAnswers && callerOf("app", appAnswers);
  const told: string[] = [];
  let scopes: readonly string[] = ["user:write:chat"];
  const sayer = makeSayer({
    bot: callerOf("bot", answers),
    app: () => app,
    facts: () => ({ userId: botId, scopes }),
    mute: { begins: (problem) => told.push(problem), ends: () => told.push("over") },
    clock,
  });
  const grant = (...granted: readonly string[]) => {
    scopes = granted;
  };
  return {
    clock,
    posts,
    told,
    grant,
    say: (key: string, text = "hi") => sayer.say(channelId, { key, text }),
  };
}

test.each<[string, HelixAnswer, object]>([
  ["sent", sent, { is: "said", end: { is: "sent" } }],
  ["dropped with Twitch's reason", dropped, { is: "said", end: { is: "dropped", because: "msg_duplicate" } }],
  ["not permitted", answered(403), { is: "said", end: { is: "dropped", because: "not_permitted" } }],
  ["too long", answered(422), { is: "said", end: { is: "dropped", because: "msg_too_long" } }],
  ["an answer that was lost", away, { is: "said", end: { is: "unknown" } }],
  ["an answer in an unknown shape", answered(200), { is: "said", end: { is: "unknown" } }],
  ["nobody there to post it to", { ...away, neverSent: true }, { is: "failed", code: "twitch-away" }],
  ["points spent", { is: "paced", waitMs: 1 }, { is: "failed", code: "rate-limited" }],
  ["too many of them", answered(429), { is: "failed", code: "rate-limited" }],
  ["no token", { is: "unauthorised", problem: "401" }, { is: "failed", code: "needs-reauth" }],
  ["a wrong request", answered(400), { is: "failed", code: "twitch-refused" }],
])("%s", (_what, answer, said) => {
  expect(toSaid(answer)).toMatchObject(said);
});

describe("never twice", () => {
  test.each([
    ["sent", sent],
    ["lost on the way", away],
  ])("what was %s is not posted again under its key: the first one's end is told", async (_what, answer) => {
    const { posts, say } = makeStage([answer, sent]);
    const first = await say("a");
    expect(await say("a")).toEqual(first);
    expect(posts).toHaveLength(1);
  });

  test("nor while the first one is still on its way", async () => {
    const { posts, say } = makeStage([sent]);
    expect(await Promise.all([say("a"), say("a"), say("b")])).toHaveLength(3);
    expect(posts).toHaveLength(2);
  });

  test("what nobody heard may be tried again", async () => {
    const { posts, say } = makeStage([dropped, { ...away, neverSent: true }, sent]);
    await say("a");
    await say("a");
    expect(await say("a")).toMatchObject({ end: { is: "sent" } });
    expect(posts).toHaveLength(3);
  });
});

test("the application speaks where it is let in; where it is not, the bot does, for a while without asking", async () => {
  const { clock, posts, say } = makeStage([sent], [sent, { is: "unauthorised", problem: "401" }, sent]);
  await say("a", "one");
  expect(await say("b", "two")).toMatchObject({ end: { is: "sent" } });
  await say("c", "three");
  await clock.advance(10 * 60_000);
  await say("d", "four");
  expect(posts).toEqual(["app one", "app two", "bot two", "bot three", "app four"]);
});

test("a token that may not say anything is not tried, what to do is told, and the next login ends it", async () => {
  const { posts, told, grant, say } = makeStage([sent]);
  grant("chat:read");
  expect(await say("a")).toMatchObject({ is: "failed", code: "needs-reauth" });
  expect(posts).toEqual([]);
  grant("user:write:chat");
  expect(await say("a")).toMatchObject({ end: { is: "sent" } });
  expect(told).toEqual([
    expect.stringMatching(/lacks user:write:chat.*kissbot\.sh auth login --bot/),
    "over",
  ]);
});
