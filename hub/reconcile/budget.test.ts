import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { topics } from "../../shared/twitch/topics.ts";
import { have, placesOf, want } from "../../tests/support/subscriptions.ts";
import { type BudgetFacts, planBudget } from "./budget.ts";
import { mayCost, wantedKey } from "./subscription.ts";

const factsOf = (more: Partial<BudgetFacts> = {}): BudgetFacts => ({
  places: placesOf({ current: ["now"], ours: ["now", "old"] }),
  totals: { total: 0, totalCost: 0, maxTotalCost: 10 },
  costIn: () => 0,
  canCarry: () => ({ is: "yes" }),
  ...more,
});
const channels = (count: number) => Array.from({ length: count }, (_, at) => `${at}`);

describe("what fits", () => {
  test("as many as three connections hold, and the rest is refused with the reason", () => {
    const wanted = channels(1_000).map((channel) => want(channel, "stream.online"));
    const { fits, refused } = planBudget(wanted, [], factsOf());
    expect(fits).toHaveLength(900);
    expect(refused).toHaveLength(100);
    expect(refused[0]).toMatchObject({ code: "cost-exceeded", problem: expect.stringContaining("300") });
  });

  test("fewer, where another installation of the same bot has a connection", () => {
    const wanted = channels(1_000).map((channel) => want(channel, "stream.online"));
    const theirs = [have("77", "stream.online", { carrierId: "theirs" })];
    expect(planBudget(wanted, theirs, factsOf()).fits).toHaveLength(600);
  });

  test("all the same, where carriers are nobody else's: a conduit has no less room for another's conduit", () => {
    const places = placesOf({ current: ["now"], capacity: 3, carriersMax: 1, areShared: false });
    const wanted = channels(4).map((channel) => want(channel, "stream.online"));
    const seen = [
      have("77", "stream.online", { carrierId: "theirs" }),
      ...channels(3).map((channel) => have(channel, "stream.online")),
    ];
    const { fits, refused } = planBudget(wanted, seen, factsOf({ places }));
    expect(fits.map(wantedKey)).toEqual(wanted.slice(0, 3).map(wantedKey));
    expect(refused.map(({ problem }) => problem)).toEqual(["the conduit holds 3 subscriptions and no more"]);
  });

  test("as many points as Twitch gives: the live announcement of each channel before all of a few", () => {
    const wanted = channels(9).flatMap((channel) => [
      want(channel, "channel.raid"),
      want(channel, "channel.update"),
      want(channel, "stream.online"),
    ]);
    const { fits, refused } = planBudget(wanted, [], factsOf({ costIn: () => 1 }));
    expect(fits.map(({ topic }) => topic)).toEqual([...Array(9).fill("stream.online"), "channel.update"]);
    expect(refused).toHaveLength(17);
    expect(refused[0]).toMatchObject({
      code: "cost-exceeded",
      problem: expect.stringContaining("authorised this application"),
    });
  });

  test("what is there stays, whatever comes later and matters more", () => {
    const seen = channels(10).map((channel) => have(channel, "channel.raid", { cost: 1 }));
    const wanted = [
      want("99", "stream.online"),
      ...channels(10).map((channel) => want(channel, "channel.raid")),
    ];
    const totals = { total: 10, totalCost: 10, maxTotalCost: 10 };
    const { fits, refused } = planBudget(wanted, seen, factsOf({ costIn: () => 1, totals }));
    expect(fits.map(wantedKey)).toEqual(seen.map(wantedKey));
    expect(refused.map(({ want: one }) => wantedKey(one))).toEqual(["99 stream.online"]);
  });

  test("points that somebody else spends are not ours to spend, of types we do not know either", () => {
    const totals = { total: 9, totalCost: 8, maxTotalCost: 10 };
    const wanted = channels(5).map((channel) => want(channel, "stream.online"));
    const leavings = [have("0", "stream.online", { carrierId: "old", cost: 1 })];
    expect(planBudget(wanted, leavings, factsOf({ costIn: () => 1, totals })).fits).toHaveLength(3);
  });

  test("a channel that Twitch has not told the price of is tried", () => {
    const wanted = channels(50).map((channel) => want(channel, "stream.online"));
    expect(planBudget(wanted, [], factsOf({ costIn: () => undefined })).fits).toHaveLength(50);
  });

  test("what takes somebody's permission costs nothing", () => {
    const wanted = channels(50).map((channel) => want(channel, "channel.follow"));
    expect(planBudget(wanted, [], factsOf({ costIn: () => 1 })).fits).toHaveLength(50);
  });

  test("what the transport can't carry is refused in its words, and leaves its room to others", () => {
    const places = placesOf({ current: ["now"], capacity: 1, carriersMax: 1 });
    const wanted = [want("1", "channel.cheer"), want("1", "stream.online")];
    const canCarry: BudgetFacts["canCarry"] = ({ topic }) =>
      topic === "channel.cheer" ? { is: "no", code: "refused", reason: "not on this one" } : { is: "yes" };
    const { fits, refused } = planBudget(wanted, [], factsOf({ places, canCarry }));
    expect(fits.map(wantedKey)).toEqual(["1 stream.online"]);
    expect(refused).toEqual([{ want: wanted[0], code: "refused", problem: "not on this one" }]);
  });

  test("nothing is refused before Twitch was asked for its totals", () => {
    const wanted = channels(50).map((channel) => want(channel, "stream.online"));
    expect(planBudget(wanted, [], factsOf({ costIn: () => 1, totals: undefined })).refused).toEqual([]);
  });
});

test("never more than fits, each wish once, and everything either fits or is refused", () => {
  const wish = fc.tuple(fc.nat(20).map(String), fc.constantFrom(...topics));
  fc.assert(
    fc.property(fc.array(wish), fc.nat(12), fc.nat(12), (wishes, capacity, maxTotalCost) => {
      const wanted = wishes.map(([channel, topic]) => want(channel, topic));
      const places = placesOf({ current: ["now"], capacity, carriersMax: 1 });
      const totals = { total: 0, totalCost: 0, maxTotalCost };
      const { fits, refused } = planBudget(wanted, [], factsOf({ places, totals, costIn: () => 1 }));
      expect(fits.length).toBeLessThanOrEqual(capacity);
      expect(fits.filter(({ topic }) => mayCost(topic)).length).toBeLessThanOrEqual(maxTotalCost);
      const all = [...fits, ...refused.map((one) => one.want)].map(wantedKey).sort();
      expect(all).toEqual([...new Set(wanted.map(wantedKey))].sort());
    }),
  );
});
