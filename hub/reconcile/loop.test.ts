import { describe, expect, test } from "vitest";
import { type FakeClock, makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { type FakeEventSub, makeFakeEventSub } from "../../tests/support/fake-eventsub.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import { have, want } from "../../tests/support/subscriptions.ts";
import { type ReconcileParts, startReconcileLoop } from "./loop.ts";
import { type Wanted, wantedKey } from "./subscription.ts";

function open(
  clock: FakeClock,
  twitch: FakeEventSub,
  wanted: readonly Wanted[],
  more: Partial<ReconcileParts> = {},
) {
  const refusals: string[] = [];
  const bugs: string[] = [];
  const tried: number[] = [];
  let settledCount = 0;
  const loop = startReconcileLoop({
    desk: twitch.desk,
    transport: twitch.transport,
    wanted: () => wanted,
    canCarry: () => ({ is: "yes" }),
    createsPerSecond: 2,
    joins: noJoins,
    clock,
    random: () => 0,
    log: silentLog,
    onRefused: (one, refusal) => refusals.push(`${wantedKey(one)} ${refusal.code}`),
    onBug: (problem) => bugs.push(problem),
    onLooked: () => {},
    onSettled: () => (settledCount += 1),
    onTried: (created) => tried.push(created),
    ...more,
  });
  return { loop, refusals, bugs, tried, settledCount: () => settledCount };
}

const noJoins = { waitMs: () => 0, begin: () => () => {} };
const online = (...channels: readonly string[]) => channels.map((channel) => want(channel, "stream.online"));
const names = (rows: readonly Wanted[]) => rows.map(wantedKey).sort();
const channels = (count: number) => Array.from({ length: count }, (_, at) => `${at}`);
const MINUTE_MS = 60_000;

test("what Twitch has revoked counts for nothing at once, also while nobody can be asked for it anew", async () => {
  const clock = makeFakeClock();
  const twitch = makeFakeEventSub();
  twitch.open("s1");
  const { loop } = open(clock, twitch, online("1"));
  loop.nudge("carriers-changed");
  await clock.advance(1_000);
  twitch.goAway(true);
  for (const { twitchId } of twitch.rows()) loop.revoked(twitchId, "authorization_revoked");
  expect(loop.picture().seen.map(({ status, said }) => [status, said])).toEqual([
    ["failed", "authorization_revoked"],
  ]);
  twitch.goAway(false);
  await clock.advance(MINUTE_MS);
  expect(loop.picture().seen.map(({ status }) => status)).toEqual(["enabled"]);
  loop.stop();
});

test("crowded out by others and without a connection, it looks every minute whether there is room again", async () => {
  const clock = makeFakeClock();
  const twitch = makeFakeEventSub();
  twitch.put(["a", "b", "c"].map((carrierId) => have("7", "stream.online", { carrierId })));
  twitch.open("s1");
  const { loop } = open(clock, twitch, online("1"));
  loop.nudge("carriers-changed");
  await clock.advance(1_000);
  expect(twitch.needed()).toBe(0);
  expect([...loop.picture().refusals.values()].map(({ code }) => code)).toEqual(["cost-exceeded"]);
  // The connection that nobody needs is closed.
  twitch.open();
  await clock.advance(2 * MINUTE_MS);
  expect(twitch.needed()).toBe(0);
  twitch.end("a");
  await clock.advance(2 * MINUTE_MS);
  expect(twitch.needed()).toBe(1);
  loop.stop();
});

describe("the reconcile loop", () => {
  test("creates what is wanted, proves it by looking, and looks again every minute", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    const { loop, settledCount } = open(clock, twitch, online("1", "2"));
    loop.nudge("carriers-changed");
    await clock.advance(1_000);
    expect(twitch.asked).toEqual([
      "list",
      "create 1 stream.online on s1",
      "create 2 stream.online on s1",
      "list",
    ]);
    expect(settledCount()).toBe(1);
    expect(names(loop.picture().seen)).toEqual(["1 stream.online", "2 stream.online"]);
    expect(loop.picture()).toMatchObject({ problem: undefined, totals: { total: 2 } });
    await clock.advance(MINUTE_MS);
    expect(twitch.asked.slice(4)).toEqual(["list"]);
    loop.stop();
  });

  test("really deletes at Twitch what nobody wants any more", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    twitch.put([
      have("1", "stream.online", { carrierId: "s1", twitchId: "gone" }),
      have("2", "stream.online", { carrierId: "s1" }),
    ]);
    const { loop } = open(clock, twitch, online("2"));
    loop.nudge("want-changed");
    await clock.advance(1_000);
    expect(twitch.asked).toContain("delete gone");
    expect(names(twitch.rows())).toEqual(["2 stream.online"]);
    loop.stop();
  });

  test("subscribes anew for each session", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    const { loop } = open(clock, twitch, online("1"));
    loop.nudge("carriers-changed");
    await clock.advance(1_000);
    twitch.open("s2");
    expect(loop.picture().seen).toEqual([]);
    loop.nudge("carriers-changed");
    await clock.advance(1_000);
    expect(twitch.alive()).toMatchObject([{ carrierId: "s2" }]);
    loop.stop();
  });

  test("a session that comes in the middle of a long pass has its first subscription at once", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub({ capacity: 50 });
    twitch.open("s1");
    const { loop } = open(clock, twitch, online(...channels(100)), { createsPerSecond: 0.5 });
    loop.nudge("carriers-changed");
    await clock.advance(20_000);
    twitch.open("s1", "s2");
    loop.nudge("carriers-changed");
    await clock.advance(0);
    expect(twitch.alive().filter((one) => one.carrierId === "s2")).toHaveLength(1);
    await clock.advance(5 * MINUTE_MS);
    expect(twitch.alive()).toHaveLength(100);
    expect(twitch.doubled()).toBe(0);
    loop.stop();
  });

  test("a wish that is said in the middle of a long pass is fulfilled, one taken back is not", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    const wanted = online(...channels(40));
    const { loop } = open(clock, twitch, wanted);
    loop.nudge("carriers-changed");
    await clock.advance(2_000);
    wanted.splice(30, 10, want("77", "stream.online"));
    loop.nudge("want-changed");
    await clock.advance(20_000);
    expect(names(twitch.alive())).toEqual(names(wanted));
    expect(twitch.asked.some((one) => one.startsWith("create 35 "))).toBe(false);
    loop.stop();
  });

  test("says once what is refused for good, leaves it alone, and asks again after a change in that channel", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    const [first] = online("1");
    twitch.refused.set("1 stream.online", { is: "hopeless", code: "needs-grant", problem: "403" });
    const { loop, refusals, settledCount } = open(clock, twitch, online("1", "2"));
    loop.nudge("carriers-changed");
    await clock.advance(5 * MINUTE_MS);
    expect(refusals).toEqual(["1 stream.online needs-grant"]);
    expect(twitch.asked.filter((one) => one.startsWith("create 1 "))).toHaveLength(1);
    expect(names(twitch.alive())).toEqual(["2 stream.online"]);
    expect(settledCount()).toBeGreaterThan(3);
    twitch.refused.clear();
    loop.nudge("want-changed", want("2", "stream.online").channelId);
    await clock.advance(1_000);
    expect(names(twitch.alive())).toEqual(["2 stream.online"]);
    loop.nudge("want-changed", first?.channelId);
    await clock.advance(1_000);
    expect(names(twitch.alive())).toEqual(["1 stream.online", "2 stream.online"]);
    loop.stop();
  });

  test("asks again after ten minutes, should somebody have mended it meanwhile, and does not complain twice", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    twitch.refused.set("1 stream.online", { is: "hopeless", code: "needs-grant", problem: "403" });
    const { loop, refusals } = open(clock, twitch, online("1", "2"));
    loop.nudge("carriers-changed");
    await clock.advance(25 * MINUTE_MS);
    expect(twitch.asked.filter((one) => one.startsWith("create 1 "))).toHaveLength(3);
    twitch.refused.clear();
    await clock.advance(11 * MINUTE_MS);
    expect(names(twitch.alive())).toEqual(["1 stream.online", "2 stream.online"]);
    expect(refusals.length).toBeLessThanOrEqual(3);
    loop.stop();
  });

  test("one channel that Twitch always answers with 400 keeps no other without events, and is refused in the end", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    twitch.refused.set("1 stream.online", { is: "doubtful", code: "refused", problem: "400 no such user" });
    const { loop, refusals, settledCount } = open(clock, twitch, online("1", "2", "3"));
    loop.nudge("carriers-changed");
    await clock.advance(1_000);
    expect(names(twitch.alive())).toEqual(["2 stream.online", "3 stream.online"]);
    expect(loop.picture().doubts.get("1 stream.online")).toBe("400 no such user");
    await clock.advance(7 * MINUTE_MS);
    expect(refusals).toEqual(["1 stream.online refused"]);
    expect(settledCount()).toBeGreaterThan(0);
    loop.stop();
  });

  test("a cost that is too high while a dead session still counts is waited out without a word", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub({ costMax: 1 });
    twitch.setCosts(() => 1);
    twitch.open("s1");
    const { loop, refusals } = open(clock, twitch, online("1"));
    twitch.fates.push({ is: "doubtful", code: "cost-exceeded", problem: "429 cost exceeded" });
    loop.nudge("carriers-changed");
    await clock.advance(10_000);
    expect(twitch.alive()).toEqual([]);
    await clock.advance(30_000);
    expect(names(twitch.alive())).toEqual(["1 stream.online"]);
    expect(refusals).toEqual([]);
    loop.stop();
  });

  test("learns what channels cost, refuses what is beyond the points with the reason, and makes it when room appears", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub({ costMax: 10 });
    const paying = new Set(channels(15));
    twitch.setCosts((channel) => (paying.has(channel) ? 1 : 0));
    twitch.open("s1");
    const wanted = [...online(...channels(20)), ...channels(20).map((one) => want(one, "channel.raid"))];
    const { loop, refusals } = open(clock, twitch, wanted);
    loop.nudge("carriers-changed");
    await clock.advance(2 * MINUTE_MS);
    expect(twitch.alive()).toHaveLength(10 + 2 * 5);
    expect(
      twitch
        .alive()
        .filter((one) => one.cost > 0)
        .map(({ topic }) => topic),
    ).toEqual(Array(10).fill("stream.online"));
    expect(refusals).toHaveLength(5 + 15);
    expect(new Set(refusals.map((one) => one.split(" ")[2]))).toEqual(new Set(["cost-exceeded"]));
    // Each channel without a price was asked about once, not once for each of its topics.
    expect(twitch.asked.filter((one) => one.startsWith("create")).length).toBeLessThanOrEqual(20 + 5);
    // One leaves, and one broadcaster authorises the application.
    wanted.splice(
      wanted.findIndex((one) => one.channelId === "0"),
      1,
    );
    paying.delete("1");
    twitch.setCosts((channel) => (paying.has(channel) ? 1 : 0));
    loop.nudge("want-changed");
    await clock.advance(2 * MINUTE_MS);
    const alive = names(twitch.alive());
    expect(alive).toContain("1 channel.raid");
    expect(alive.filter((one) => one.endsWith("stream.online"))).toHaveLength(9 + 2 + 5);
    loop.stop();
  });

  test("what the transport can't carry is refused before Twitch is asked, though no connection is ever opened", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    const { loop, refusals, settledCount } = open(clock, twitch, [want("1", "channel.cheer")], {
      canCarry: () => ({ is: "no", code: "refused", reason: "needs a conduit" }),
    });
    loop.nudge("want-changed");
    await clock.advance(1_000);
    expect(refusals).toEqual(["1 channel.cheer refused"]);
    expect(loop.picture().refusals.get("1 channel.cheer")?.problem).toBe("needs a conduit");
    expect(settledCount()).toBe(1);
    expect(twitch.asked).toEqual([]);
    expect(twitch.needed()).toBe(0);
    loop.stop();
  });

  test("what the budget refuses is said once, and again to whoever says that channel's wish anew", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    const { loop, refusals } = open(clock, twitch, [want("1", "channel.cheer"), want("2", "channel.cheer")], {
      canCarry: () => ({ is: "no", code: "refused", reason: "needs a conduit" }),
    });
    loop.nudge("want-changed");
    await clock.advance(5 * MINUTE_MS);
    expect(refusals.splice(0)).toEqual(["1 channel.cheer refused", "2 channel.cheer refused"]);
    loop.nudge("want-changed", want("1", "channel.cheer").channelId);
    await clock.advance(5 * MINUTE_MS);
    expect(refusals).toEqual(["1 channel.cheer refused"]);
    loop.stop();
  });

  test("is not settled while what is wanted finds no room yet", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub({ capacity: 2 });
    twitch.open("s1");
    const { loop, settledCount } = open(clock, twitch, online("1", "2", "3"));
    loop.nudge("carriers-changed");
    await clock.advance(1_000);
    expect([twitch.needed(), settledCount()]).toEqual([3, 0]);
    twitch.open("s1", "s2");
    loop.nudge("carriers-changed");
    await clock.advance(1_000);
    expect(settledCount()).toBe(1);
    expect(twitch.alive()).toHaveLength(3);
    loop.stop();
  });

  test("rests longer while Twitch is away, and is back soon after Twitch is", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    const { loop } = open(clock, twitch, online("1"));
    twitch.goAway(true);
    loop.nudge("carriers-changed");
    await clock.advance(10 * MINUTE_MS);
    expect(twitch.asked.length).toBeLessThan(30);
    expect(loop.picture().problem).toBe("503");
    twitch.goAway(false);
    await clock.advance(MINUTE_MS);
    expect(twitch.alive()).toHaveLength(1);
    loop.stop();
  });

  test("asks no further once Twitch has failed a few times in a row", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    const { loop } = open(clock, twitch, online(...channels(10)));
    for (let count = 0; count < 3; count += 1) twitch.fates.push({ is: "away", problem: "503" });
    loop.nudge("carriers-changed");
    await clock.advance(100);
    expect(twitch.asked.filter((one) => one.startsWith("create"))).toHaveLength(3);
    await clock.advance(10_000);
    expect(twitch.alive()).toHaveLength(10);
    expect(twitch.doubled()).toBe(0);
    loop.stop();
  });

  test("a topic that always fails keeps no other waiting: what was tried is told at once, and what comes later", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    const broken = channels(6).map((channel) => want(channel, "channel.poll.begin"));
    for (const one of broken) twitch.refused.set(wantedKey(one), { is: "away", problem: "503" });
    const { loop, tried, settledCount } = open(clock, twitch, [...broken, ...online("1", "2", "3")]);
    loop.nudge("carriers-changed");
    await clock.advance(5_000);
    expect(names(twitch.alive())).toEqual(["1 stream.online", "2 stream.online", "3 stream.online"]);
    expect([tried.length > 0, settledCount()]).toEqual([true, 0]);
    twitch.refused.delete("0 channel.poll.begin");
    tried.length = 0;
    await clock.advance(5 * MINUTE_MS);
    expect(twitch.alive()).toHaveLength(4);
    expect(tried.filter((created) => created > 0)).toEqual([1]);
    twitch.refused.clear();
    await clock.advance(5 * MINUTE_MS);
    expect([twitch.alive().length, twitch.doubled(), settledCount() > 0]).toEqual([9, 0, true]);
    loop.stop();
  });

  test("while Twitch answers nobody, nothing counts as tried", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    const { loop, tried } = open(clock, twitch, online(...channels(10)));
    twitch.goAway(true);
    loop.nudge("carriers-changed");
    await clock.advance(MINUTE_MS);
    expect(tried).toEqual([]);
    loop.stop();
  });

  test("when the points are spent it goes on where it was, as soon as Twitch allows", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    const { loop, refusals } = open(clock, twitch, online("1", "2"));
    twitch.fates.push({ is: "paced", waitMs: 4_000 }, { is: "paced", waitMs: 1_000 });
    loop.nudge("carriers-changed");
    await clock.advance(4_999);
    expect(twitch.asked).toHaveLength(1 + 2);
    await clock.advance(1);
    expect(twitch.alive()).toHaveLength(2);
    expect(refusals).toEqual([]);
    loop.stop();
  });

  test("joins no more chats at a time than the account may, and lets nothing else wait for them", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    let room = 2;
    const joins = {
      waitMs: () => (room > 0 ? 0 : 5_000),
      begin() {
        room -= 1;
        return () => {};
      },
    };
    const chats = channels(4).map((channel) => want(channel, "channel.chat.message"));
    const { loop } = open(clock, twitch, [...chats, ...online("1", "2")], { joins });
    loop.nudge("carriers-changed");
    await clock.advance(0);
    expect(names(twitch.alive())).toEqual(names([...chats.slice(0, 2), ...online("1", "2")]));
    room = 9;
    await clock.advance(5_000);
    expect(twitch.alive()).toHaveLength(6);
    expect(room).toBe(7);
    loop.stop();
  });

  test("says loudly when Twitch calls it a bug, and does not repeat it", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    twitch.refused.set("1 stream.online", { is: "bug", problem: "400 different users" });
    const { loop, bugs } = open(clock, twitch, online("1"));
    loop.nudge("carriers-changed");
    await clock.advance(5 * MINUTE_MS);
    expect(bugs).toEqual(["400 different users"]);
    loop.stop();
  });

  test("moves everything from a carrier that retires, and then lets go of it", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    const wanted = online("1", "2", "3");
    const { loop } = open(clock, twitch, wanted);
    loop.nudge("carriers-changed");
    await clock.advance(1_000);
    twitch.open("s1", "s2");
    twitch.retire("s1");
    twitch.asked.length = 0;
    loop.nudge("carriers-changed");
    await clock.advance(0);
    // Each is made before it is deleted, and deleted at once.
    expect(twitch.asked.map((one) => one.split(" ")[0])).toEqual([
      "list",
      "create",
      "delete",
      "create",
      "delete",
      "create",
      "delete",
      "list",
    ]);
    expect(twitch.alive().map((one) => one.carrierId)).toEqual(["s2", "s2", "s2"]);
    expect(twitch.retiring()).toEqual([]);
    loop.stop();
  });

  test("where there is no room for two of a kind the old one goes first", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub({ costMax: 1 });
    twitch.setCosts(() => 1);
    twitch.open("s1");
    const { loop, refusals } = open(clock, twitch, online("1"));
    loop.nudge("carriers-changed");
    await clock.advance(1_000);
    twitch.open("s1", "s2");
    twitch.retire("s1");
    loop.nudge("carriers-changed");
    await clock.advance(1_000);
    expect(twitch.alive()).toMatchObject([{ carrierId: "s2" }]);
    expect(twitch.retiring()).toEqual([]);
    expect(refusals).toEqual([]);
    loop.stop();
  });

  test("does nothing without a connection, and leaves no timer when stopped", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    const { loop } = open(clock, twitch, online("1"));
    loop.nudge("want-changed");
    await clock.advance(MINUTE_MS);
    expect(twitch.asked).toEqual([]);
    expect(twitch.needed()).toBe(1);
    twitch.open("s1");
    loop.nudge("carriers-changed");
    await settled();
    loop.stop();
    await clock.advance(1_000);
    expect(clock.pending()).toBe(0);
  });
});

describe("resync", () => {
  test("runs a whole pass now and reports what it did", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    const { loop } = open(clock, twitch, online("1", "2", "3"));
    twitch.refused.set("3 stream.online", { is: "hopeless", code: "needs-grant", problem: "403" });
    loop.nudge("carriers-changed");
    await clock.advance(1_000);
    twitch.revoke(0);
    twitch.put([have("9", "stream.online", { carrierId: "s1" })]);
    const report = loop.resync();
    await clock.advance(1_000);
    expect(await report).toMatchObject({ created: 1, deleted: 2, refused: 1, problem: undefined });
    // Somebody may have given what was lacking: it was asked again.
    expect(twitch.asked.filter((one) => one.startsWith("create 3"))).toHaveLength(2);
    loop.stop();
  });

  test("does not wait for the pass that is under way, which has seen an older world", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    twitch.open("s1");
    const { loop } = open(clock, twitch, online(...channels(30)));
    loop.nudge("carriers-changed");
    await clock.advance(2_000);
    const made = twitch.alive().length;
    expect(made).toBeLessThan(30);
    const report = loop.resync();
    await clock.advance(20_000);
    expect(await report).toMatchObject({ created: 30 - made, problem: undefined });
    expect(twitch.doubled()).toBe(0);
    loop.stop();
  });

  test("says why when Twitch is away, when there is no connection, and when the hub stops", async () => {
    const clock = makeFakeClock();
    const twitch = makeFakeEventSub();
    const { loop } = open(clock, twitch, online("1"));
    const withoutOne = loop.resync();
    await clock.advance(0);
    expect(await withoutOne).toMatchObject({ problem: "no connection to EventSub is open" });
    twitch.open("s1");
    twitch.goAway(true);
    const whileAway = loop.resync();
    await clock.advance(0);
    expect(await whileAway).toMatchObject({ problem: "503" });
    const atTheEnd = loop.resync();
    loop.stop();
    expect(await atTheEnd).toMatchObject({ problem: "the hub stops" });
    expect(await loop.resync()).toMatchObject({ problem: "the hub stops" });
  });
});
