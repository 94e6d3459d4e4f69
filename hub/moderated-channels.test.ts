import * as v from "valibot";
import { expect, test } from "vitest";
import { ChannelId, Login, UserId } from "../shared/ids.ts";
import type { Topic } from "../shared/twitch/topics.ts";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import { ANSWER_WITHIN_MS, ASK_EVERY_MS, makeStandingAtTwitch } from "./moderated-channels.ts";
import type { HelixAnswer } from "./twitch/helix-caller.ts";

const alice = v.parse(Login, "alice_live");
const quiet = v.parse(Login, "quiet_one");
const id = (text: string) => v.parse(ChannelId, text);
const page = (ids: readonly string[], cursor?: string): HelixAnswer => ({
  is: "answer",
  status: 200,
  message: "",
  body: { data: ids.map((one) => ({ broadcaster_id: one })), pagination: { ...(cursor && { cursor }) } },
});

function open(
  answers: readonly (HelixAnswer | "never")[],
  scopes: readonly string[] = ["user:read:moderated_channels"],
) {
  const clock = makeFakeClock();
  const asked: string[] = [];
  const facts = { clientId: "c", login: alice, userId: v.parse(UserId, "7"), scopes, expiresInMs: undefined };
  const ask = makeStandingAtTwitch({
    caller: {
      call({ path }) {
        const answer = answers[Math.min(asked.length, answers.length - 1)] ?? "never";
        asked.push(path);
        return answer === "never" ? new Promise<HelixAnswer>(() => {}) : Promise.resolve(answer);
      },
    },
    tokens: {
      state: () => ({
        is: "good",
        token: { accessToken: "t", facts, expiresAt: undefined },
        validatedAt: 0,
      }),
    },
    desired: { all: () => new Map([[alice, new Set<Topic>(["channel.chat.message"])]]) },
    clock,
  });
  return { clock, asked, ask };
}

test("a channel on Twitch's list is moderated, whichever page it stands on; one call serves all who ask", async () => {
  const { ask, asked, clock } = open([page(["1"], "next&"), page(["2"])]);
  expect(await Promise.all([ask(alice, id("2")), ask(alice, id("3"))])).toEqual(["moderator", undefined]);
  expect(asked).toEqual([
    "/moderation/channels?user_id=7&first=100",
    "/moderation/channels?user_id=7&first=100&after=next%26",
  ]);
  expect(clock.pending()).toBe(0);
});

test("asks again when the answer is old, or a failure is", async () => {
  const { ask, asked, clock } = open([{ is: "away", problem: "503" }, page(["1"])]);
  expect(await ask(alice, id("1"))).toBeUndefined();
  expect(await ask(alice, id("1"))).toBeUndefined();
  expect(asked).toHaveLength(1);
  await clock.advance(ASK_EVERY_MS);
  expect(await ask(alice, id("1"))).toBe("moderator");
});

test("nobody waits for a Twitch that does not answer", async () => {
  const { ask, clock } = open(["never"]);
  const asking = ask(alice, id("1"));
  await clock.advance(ANSWER_WITHIN_MS);
  expect(await asking).toBeUndefined();
});

test.each([
  ["without the scope", [], alice],
  ["where chat comes by IRC", ["user:read:moderated_channels"], quiet],
] as const)("Twitch is not asked %s", async (_when, scopes, channel) => {
  const { ask, asked } = open([page(["1"])], scopes);
  expect(await ask(channel, id("1"))).toBeUndefined();
  expect(asked).toEqual([]);
});
