import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChannelId } from "../../shared/ids.ts";
import { type Topic, topics } from "../../shared/twitch/topics.ts";
import { type FakeClock, makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import type { Applied, EventSubDesk } from "./desk.ts";
import { startReconcileLoop, wantedKey } from "./loop.ts";
import type { Seen, Wanted } from "./plan.ts";

const want = (channel: string, topic: Topic): Wanted => ({ channelId: v.parse(ChannelId, channel), topic });

/** Twitch as the loop sees it: a list, creates that can collide or be refused, and a switch for being away. */
function makeTwitch() {
  const rows: Seen[] = [];
  const asked: string[] = [];
  let lastId = 0;
  let isAway = false;
  const refused = new Map<string, Applied>();
  const desk: EventSubDesk = {
    async list() {
      asked.push("list");
      return isAway ? { is: "away", problem: "503" } : { is: "listed", seen: [...rows] };
    },
    async create(wish, sessionId) {
      asked.push(`create ${wantedKey(wish)}`);
      if (isAway) return { is: "look-again", problem: "503" };
      const refusal = refused.get(wantedKey(wish));
      if (refusal) return refusal;
      if (rows.some((row) => wantedKey(row) === wantedKey(wish) && row.sessionId === sessionId))
        return { is: "doubtful", code: "refused", problem: "409" };
      rows.push({ ...wish, twitchId: `t${++lastId}`, sessionId, status: "enabled" });
      return { is: "done" };
    },
    async delete(twitchId) {
      asked.push(`delete ${twitchId}`);
      const index = rows.findIndex((row) => row.twitchId === twitchId);
      if (index >= 0) rows.splice(index, 1);
      return { is: "done" };
    },
  };
  return { rows, asked, desk, refused, goAway: (yes: boolean) => (isAway = yes) };
}

function open(clock: FakeClock, twitch: ReturnType<typeof makeTwitch>, wanted: Wanted[]) {
  let sessionId: string | undefined = "s1";
  const refusals: string[] = [];
  let settledCount = 0;
  const loop = startReconcileLoop({
    desk: twitch.desk,
    wanted: () => wanted,
    sessionId: () => sessionId,
    clock,
    random: () => 0,
    log: silentLog,
    onRefused: (one, refusal) => refusals.push(`${wantedKey(one)} ${refusal.code}`),
    onLooked: () => {},
    onSettled: () => (settledCount += 1),
  });
  return {
    loop,
    refusals,
    settledCount: () => settledCount,
    setSession: (id: string | undefined) => (sessionId = id),
  };
}

const names = (rows: readonly Wanted[]) => rows.map(wantedKey).sort();

describe("the reconcile loop", () => {
  test("creates what is wanted, proves it by looking, and looks again every minute", async () => {
    const clock = makeFakeClock();
    const twitch = makeTwitch();
    const wanted = [want("1", "stream.online"), want("2", "stream.online")];
    const { loop, settledCount } = open(clock, twitch, wanted);
    loop.nudge("session-opened");
    await clock.advance(1_000);
    expect(twitch.asked).toEqual(["list", "create 1 stream.online", "create 2 stream.online", "list"]);
    expect(settledCount()).toBe(1);
    expect(names(loop.picture().seen)).toEqual(names(wanted));
    await clock.advance(60_000);
    expect(twitch.asked.slice(4)).toEqual(["list"]);
    loop.stop();
  });

  test("subscribes anew for each session and deletes what the last one left", async () => {
    const clock = makeFakeClock();
    const twitch = makeTwitch();
    const { loop, setSession } = open(clock, twitch, [want("1", "stream.online")]);
    loop.nudge("session-opened");
    await clock.advance(1_000);
    setSession("s2");
    expect(loop.picture().seen).toEqual([]);
    loop.nudge("session-opened");
    await clock.advance(1_000);
    expect(twitch.rows).toMatchObject([{ sessionId: "s2" }]);
    loop.stop();
  });

  test("says once what is refused for good, leaves it alone, and asks again after a change", async () => {
    const clock = makeFakeClock();
    const twitch = makeTwitch();
    const wanted = [want("1", "stream.online"), want("2", "stream.online")];
    twitch.refused.set("1 stream.online", { is: "hopeless", code: "cost-exceeded", problem: "429" });
    const { loop, refusals, settledCount } = open(clock, twitch, wanted);
    loop.nudge("session-opened");
    await clock.advance(5 * 60_000);
    expect(refusals).toEqual(["1 stream.online cost-exceeded"]);
    expect(names(twitch.rows)).toEqual(["2 stream.online"]);
    expect(settledCount()).toBeGreaterThan(3);
    twitch.refused.clear();
    loop.nudge("want-changed");
    await clock.advance(1_000);
    expect(names(twitch.rows)).toEqual(names(wanted));
    loop.stop();
  });

  test("one channel that Twitch always answers with 400 keeps no other without events, and is refused in the end", async () => {
    const clock = makeFakeClock();
    const twitch = makeTwitch();
    const wanted = ["1", "2", "3"].map((channel) => want(channel, "stream.online"));
    twitch.refused.set("1 stream.online", { is: "doubtful", code: "refused", problem: "400 no such user" });
    const { loop, refusals, settledCount } = open(clock, twitch, wanted);
    loop.nudge("session-opened");
    await clock.advance(1_000);
    expect(names(twitch.rows)).toEqual(["2 stream.online", "3 stream.online"]);
    await clock.advance(3 * 60_000);
    expect(refusals).toEqual(["1 stream.online refused"]);
    expect(settledCount()).toBeGreaterThan(0);
    loop.stop();
  });

  test("a cost that is too high for some seconds only is waited out", async () => {
    const clock = makeFakeClock();
    const twitch = makeTwitch();
    twitch.refused.set("1 stream.online", { is: "doubtful", code: "cost-exceeded", problem: "429" });
    const { loop, refusals } = open(clock, twitch, [want("1", "stream.online")]);
    loop.nudge("session-opened");
    await clock.advance(8_000);
    twitch.refused.clear();
    await clock.advance(15_000);
    expect(names(twitch.rows)).toEqual(["1 stream.online"]);
    expect(refusals).toEqual([]);
    loop.stop();
  });

  test("keeps the session alive with a create before the first of many deletes", async () => {
    const clock = makeFakeClock();
    const twitch = makeTwitch();
    const wanted = Array.from({ length: 40 }, (_, n) => want(`${n}`, "stream.online"));
    for (const one of wanted)
      twitch.rows.push({ ...one, twitchId: `old ${one.channelId}`, sessionId: "old", status: "failed" });
    const { loop } = open(clock, twitch, wanted);
    loop.nudge("session-opened");
    await clock.advance(0);
    expect(twitch.asked.slice(0, 2)).toEqual(["list", "create 0 stream.online"]);
    await clock.advance(60_000);
    expect(twitch.rows).toHaveLength(40);
    loop.stop();
  });

  test("rests longer while Twitch is away, and is back soon after Twitch is", async () => {
    const clock = makeFakeClock();
    const twitch = makeTwitch();
    const { loop } = open(clock, twitch, [want("1", "stream.online")]);
    twitch.goAway(true);
    loop.nudge("session-opened");
    await clock.advance(10 * 60_000);
    expect(twitch.asked.length).toBeLessThan(30);
    twitch.goAway(false);
    await clock.advance(60_000);
    expect(twitch.rows).toHaveLength(1);
    loop.stop();
  });

  test("does nothing without a session, and leaves no timer when stopped", async () => {
    const clock = makeFakeClock();
    const twitch = makeTwitch();
    const { loop, setSession } = open(clock, twitch, [want("1", "stream.online")]);
    setSession(undefined);
    loop.nudge("want-changed");
    await clock.advance(60_000);
    expect(twitch.asked).toEqual([]);
    setSession("s1");
    loop.nudge("session-opened");
    await settled();
    loop.stop();
    await clock.advance(1_000);
    expect(clock.pending()).toBe(0);
  });

  test("whatever is there and whenever it is nudged, it converges and creates nothing twice", async () => {
    const channel = fc.constantFrom("1", "2", "3");
    const topic = fc.constantFrom(...topics);
    const row = fc.record({
      channel,
      topic,
      sessionId: fc.constantFrom("s1", "old"),
      status: fc.constantFrom("enabled" as const, "failed" as const),
    });
    const happening = fc.oneof(
      fc.record({ is: fc.constant("nudge" as const), afterMs: fc.integer({ min: 0, max: 400 }) }),
      fc.record({ is: fc.constant("wish" as const), channel, topic }),
      fc.record({ is: fc.constant("away" as const), forMs: fc.integer({ min: 1, max: 3_000 }) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 6 }),
        fc.array(happening, { maxLength: 12 }),
        async (rows, happenings) => {
          const clock = makeFakeClock();
          const twitch = makeTwitch();
          rows.forEach((one, index) => {
            twitch.rows.push({
              ...want(one.channel, one.topic),
              twitchId: `old${index}`,
              sessionId: one.sessionId,
              status: one.status,
            });
          });
          const wanted: Wanted[] = [];
          const { loop } = open(clock, twitch, wanted);
          loop.nudge("session-opened");
          for (const one of happenings) {
            if (one.is === "wish" && !wanted.some((had) => wantedKey(had) === `${one.channel} ${one.topic}`))
              wanted.push(want(one.channel, one.topic));
            if (one.is === "away") {
              twitch.goAway(true);
              await clock.advance(one.forMs);
              twitch.goAway(false);
            }
            if (one.is === "nudge") await clock.advance(one.afterMs);
            loop.nudge("want-changed");
          }
          await clock.advance(5 * 60_000);
          loop.stop();
          expect(names(twitch.rows)).toEqual(names(wanted));
          expect(twitch.rows.every((one) => one.sessionId === "s1" && one.status === "enabled")).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});
