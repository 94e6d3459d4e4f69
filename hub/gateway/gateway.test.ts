import * as fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChannelId } from "../../shared/ids.ts";
import { type FakeClock, makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import type { HelixAnswer, HelixCaller, HelixRequest } from "../twitch/helix-caller.ts";
import type { Looked } from "./ask-helix.ts";
import { GATHER_MS, KEYS_A_CALL, makeBatcher } from "./batcher.ts";
import { AGES, makeChannelQuestions } from "./channel-questions.ts";

const idOf = (number: number) => v.parse(ChannelId, String(number));
const plenty = { room: () => ({ points: 800, waitMs: 0 }) };
const callerOf = (call: (asked: HelixRequest) => Promise<HelixAnswer>): HelixCaller => ({
  room: () => ({ points: 1, waitMs: 0 }),
  call,
});
const found = (data: readonly object[]): HelixAnswer => ({
  is: "answer",
  status: 200,
  body: { data },
  message: "",
});

/** A Helix where every channel exists and the even ones are live. */
function makeTwitch() {
  const calls: string[] = [];
  const title = new Map<string, string>();
  const helix = callerOf(async ({ path }) => {
    calls.push(path);
    const ids = [...path.matchAll(/(?:user|broadcaster)_id=(\d+)/g)].map((one) => one[1] ?? "");
    if (path.startsWith("/channels"))
      return found(
        ids.map((id) => ({
          broadcaster_id: id,
          title: title.get(id) ?? `of ${id}`,
          game_id: "743",
          game_name: "Chess",
        })),
      );
    const live = ids.filter((id) => Number(id) % 2 === 0);
    return found(
      live.map((id) => ({
        id: `s${id}`,
        user_id: id,
        type: "live",
        started_at: "2026-01-01T00:00:00Z",
        viewer_count: 3,
      })),
    );
  });
  return { helix, calls, title };
}

/** Lets the gathering end, and whatever follows from it. */
const gathered = (clock: FakeClock) => clock.advance(GATHER_MS);

describe("what a channel is doing", () => {
  test("a hundred workers that ask at once cost two calls, and each hears of its own channel", async () => {
    const clock = makeFakeClock();
    const { helix, calls } = makeTwitch();
    const questions = makeChannelQuestions({ helix, points: plenty, clock });
    const asked = Array.from({ length: 100 }, (_, at) => questions.channelNow(idOf(at + 1)));
    await gathered(clock);
    const answers = await Promise.all(asked);
    expect(calls).toHaveLength(2);
    expect(answers[41]).toMatchObject({
      is: "looked",
      value: { title: "of 42", live: { streamId: "s42", viewers: 3 } },
    });
    expect(answers[42]).toMatchObject({ is: "looked", value: { title: "of 43", live: undefined } });
  });

  test("an answer is good for its age, and no longer", async () => {
    const clock = makeFakeClock();
    const { helix, calls } = makeTwitch();
    const questions = makeChannelQuestions({ helix, points: plenty, clock });
    const ask = async () => {
      const asked = questions.channelNow(idOf(2));
      await gathered(clock);
      return asked;
    };
    await ask();
    await ask();
    expect(calls).toHaveLength(2);
    await clock.advance(AGES.stream);
    await ask();
    expect(calls.map((path) => path.split("?")[0])).toEqual(["/channels", "/streams", "/streams"].sort());
  });

  test("news from Twitch ends it at once, also while an answer is on its way", async () => {
    const clock = makeFakeClock();
    const { helix, title } = makeTwitch();
    const questions = makeChannelQuestions({ helix, points: plenty, clock });
    const before = questions.channelNow(idOf(1));
    title.set("1", "old");
    questions.heard(idOf(1), { topic: "stream.offline", broadcasterLogin: "a", broadcasterName: "A" });
    await gathered(clock);
    expect(await before).toMatchObject({ value: { title: "old" } });
    title.set("1", "new");
    const after = questions.channelNow(idOf(1));
    await gathered(clock);
    expect(await after).toMatchObject({ value: { title: "new" } });
  });

  test("what was asked before the news is joined by nobody after it, and its answer is not kept", async () => {
    const clock = makeFakeClock();
    const live = {
      id: "s1",
      user_id: "1",
      type: "live",
      started_at: "2026-01-01T00:00:00Z",
      viewer_count: 3,
    };
    const answers: ((rows: readonly object[]) => void)[] = [];
    const { helix } = makeTwitch();
    const slow = callerOf((asked) =>
      asked.path.startsWith("/streams")
        ? new Promise((resolve) => answers.push((rows) => resolve(found(rows))))
        : helix.call(asked),
    );
    const questions = makeChannelQuestions({ helix: slow, points: plenty, clock });
    const before = questions.channelNow(idOf(1));
    await gathered(clock);
    questions.heard(idOf(1), {
      topic: "stream.online",
      broadcasterLogin: "a",
      broadcasterName: "A",
      streamId: "s1",
      streamType: "live",
      startedAt: "2026-01-01T00:00:00Z",
    });
    const after = questions.channelNow(idOf(1));
    await gathered(clock);
    expect(answers).toHaveLength(2);
    answers[1]?.([live]);
    expect(await after).toMatchObject({ value: { live: { streamId: "s1" } } });
    answers[0]?.([]);
    expect(await before).toMatchObject({ value: { live: undefined } });
    expect(await questions.channelNow(idOf(1))).toMatchObject({ value: { live: { streamId: "s1" } } });
    expect(answers).toHaveLength(2);
  });

  test("without points it is said at once, and Helix is not asked", async () => {
    const clock = makeFakeClock();
    const { helix, calls } = makeTwitch();
    const spent = { room: () => ({ points: 0, waitMs: 9_000 }) };
    const asked = makeChannelQuestions({ helix, points: spent, clock }).channelNow(idOf(1));
    await gathered(clock);
    expect(await asked).toMatchObject({ is: "failed", code: "rate-limited" });
    expect(calls).toEqual([]);
  });

  test.each<[string, HelixAnswer, string]>([
    ["the network", { is: "away", problem: "gone" }, "twitch-away"],
    ["the points", { is: "paced", waitMs: 500 }, "rate-limited"],
    ["the token", { is: "unauthorised", problem: "401" }, "needs-reauth"],
    ["a no", { is: "answer", status: 400, body: {}, message: "bad" }, "twitch-refused"],
    ["nonsense", { is: "answer", status: 200, body: { data: [{}] }, message: "" }, "twitch-away"],
  ])("%s has a class of its own", async (_what, answer, code) => {
    const clock = makeFakeClock();
    const helix = callerOf(async () => answer);
    const asked = makeChannelQuestions({ helix, points: plenty, clock }).channelNow(idOf(1));
    await gathered(clock);
    expect(await asked).toMatchObject({ is: "failed", code });
  });
});

test("whoever asks for what, when: all are answered rightly, no key is on its way twice, no call is too large", async () => {
  const Step = fc.oneof(
    fc.record({ do: fc.constant("ask" as const), key: fc.nat(250) }),
    fc.record({ do: fc.constant("burst" as const), key: fc.nat(100) }),
    fc.record({ do: fc.constant("pass" as const), key: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ do: fc.constant("answer" as const), key: fc.nat(3) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { maxLength: 60 }), async (steps) => {
      const clock = makeFakeClock();
      const open: { readonly keys: readonly number[]; readonly answer: () => void }[] = [];
      const underWay = new Set<number>();
      const batcher = makeBatcher<number, string>({
        clock,
        ask: (keys) =>
          new Promise<Looked<ReadonlyMap<number, string>>>((resolve) => {
            expect(keys.length).toBeLessThanOrEqual(KEYS_A_CALL);
            for (const key of keys) {
              expect(underWay.has(key)).toBe(false);
              underWay.add(key);
            }
            const answer = () => {
              for (const key of keys) underWay.delete(key);
              resolve({
                is: "looked",
                value: new Map(keys.filter((key) => key % 3 > 0).map((key) => [key, `v${key}`])),
              });
            };
            open.push({ keys, answer });
          }),
      });
      const asked: { readonly key: number; readonly answer: Promise<Looked<string | undefined>> }[] = [];
      const ask = (key: number) => asked.push({ key, answer: batcher.get(key) });
      for (const { do: what, key } of steps) {
        if (what === "ask") ask(key);
        if (what === "burst") for (let at = 0; at < 120; at += 1) ask(key + at);
        if (what === "pass") await clock.advance(key);
        if (what === "answer") open.splice(key, 1)[0]?.answer();
      }
      await clock.advance(GATHER_MS);
      for (const { answer } of open) answer();
      await settled();
      for (const { key, answer } of asked)
        expect(await answer).toEqual({ is: "looked", value: key % 3 > 0 ? `v${key}` : undefined });
    }),
    { numRuns: 60 },
  );
});
