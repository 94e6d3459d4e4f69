/** What repositories promise, said without a word of SQL: the bodies run on every dialect there is. */
import fc from "fast-check";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ChannelId, Login, UserId } from "../shared/ids.ts";
import { type Dialect, type Repositories, sqlite } from "../tests/support/sqlite-dialect.ts";

const DIALECTS: readonly Dialect[] = [sqlite];
const login = (name: string) => v.parse(Login, name);
const channel = v.parse(ChannelId, "1");
const other = v.parse(ChannelId, "2");
const user = (id: number) => v.parse(UserId, String(id));
const [alice, bob] = [login("alice"), login("bob")];

describe.each(DIALECTS)("$name", (dialect) => {
  let opened: ReturnType<Dialect["open"]>;
  let here: Repositories;
  let there: Repositories;
  beforeEach(() => {
    opened = dialect.open();
    here = opened.repositories;
    there = opened.again();
  });
  afterEach(() => opened.close());

  describe("points", () => {
    const book = (change: number, onceKey?: string, by = here) =>
      by.points.book({
        channelId: channel,
        userId: user(1),
        change,
        reason: "test",
        ...(onceKey && { onceKey }),
      });

    test("add up, are spent while there are enough, and are another channel's in another channel", () => {
      expect([book(10), book(-4), book(-7), book(0)]).toEqual([
        { is: "booked", balance: 10 },
        { is: "booked", balance: 6 },
        { is: "too-few", balance: 6 },
        { is: "booked", balance: 6 },
      ]);
      expect(there.points.balanceOf(channel, user(1))).toBe(6);
      expect(there.points.balanceOf(other, user(1))).toBe(0);
      expect(there.points.entriesOf(channel, user(1), 9).map(({ change }) => change)).toEqual([-4, 10]);
    });

    test("are booked once for one key, whoever says it", () => {
      expect([book(5, "message 1"), book(5, "message 1", there), book(5, "message 2")]).toEqual([
        { is: "booked", balance: 5 },
        { is: "already", balance: 5 },
        { is: "booked", balance: 10 },
      ]);
    });

    test("refuse what is no whole number", () => {
      for (const change of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])
        expect(() => book(change)).toThrow();
    });

    test("are ranked, and forgotten with whoever wants to be", () => {
      for (const [id, change] of [
        [1, 3],
        [2, 9],
        [3, 5],
      ] as const)
        for (const channelId of [channel, other])
          here.points.book({ channelId, userId: user(id), change, reason: "gift" });
      here.points.forget(user(2));
      expect(there.points.ranking(channel, 2).map(({ userId, balance }) => `${userId}:${balance}`)).toEqual([
        "3:5",
        "1:3",
      ]);
      expect(there.points.entriesOf(other, user(2), 9)).toEqual([]);
      expect(there.points.mismatches()).toEqual([]);
    });

    test("always are the sum of their entries, and never below zero", () => {
      const bookings = fc.array(
        fc.record({
          id: fc.integer({ min: 1, max: 3 }),
          change: fc.integer({ min: -20, max: 20 }),
          key: fc.option(fc.nat(5), { nil: undefined }),
        }),
        { maxLength: 30 },
      );
      fc.assert(
        fc.property(bookings, (list) => {
          for (const { id, change, key } of list) {
            const once = key === undefined ? {} : { onceKey: `k${key}` };
            const booked = here.points.book({
              channelId: channel,
              userId: user(id),
              change,
              reason: "r",
              ...once,
            });
            expect(booked.balance).toBeGreaterThanOrEqual(0);
            expect(there.points.balanceOf(channel, user(id))).toBe(booked.balance);
          }
          expect(there.points.mismatches()).toEqual([]);
        }),
        { numRuns: 30 },
      );
    });
  });

  test("a banword stands there once, however it is written", () => {
    expect([here.banwords.add(alice, "Spam", "mod"), there.banwords.add(alice, "sPAM", "mod")]).toEqual([
      true,
      false,
    ]);
    here.banwords.add(bob, "eggs", "mod");
    expect(there.banwords.of(alice)).toEqual(["spam"]);
    expect([there.banwords.remove(alice, "SPAM"), here.banwords.remove(alice, "spam")]).toEqual([
      true,
      false,
    ]);
  });

  test("the whitelist shows who is switched on", () => {
    here.whitelist.put(bob, "alice");
    here.whitelist.put(alice, "alice", false);
    expect(there.whitelist.all()).toEqual([bob]);
    there.whitelist.put(alice, "bob");
    expect(here.whitelist.all()).toEqual([alice, bob]);
    expect([here.whitelist.remove(bob), here.whitelist.remove(bob)]).toEqual([true, false]);
  });

  test("a custom command is replaced, and how often it was used stays", () => {
    const command = {
      channel: alice,
      name: "hype",
      template: "LET'S GO {user}",
      options: { aliases: ["h"] },
      pointsCost: 5,
      cooldownSeconds: 10,
    };
    here.commands.put(command, "alice");
    expect([here.commands.countUse(alice, "hype"), there.commands.countUse(alice, "hype")]).toEqual([1, 2]);
    there.commands.put({ ...command, template: "GO" }, "bob");
    expect(here.commands.of(alice)).toEqual([{ ...command, template: "GO", uses: 2 }]);
    expect(here.commands.of(bob)).toEqual([]);
    expect(here.commands.countUse(alice, "hush")).toBeUndefined();
    expect([here.commands.remove(alice, "hype"), here.commands.remove(alice, "hype")]).toEqual([true, false]);
  });

  test("a channel has one personality", () => {
    const gamer = { channel: alice, preset: "gamer", isNsfwAllowed: false, rules: { energy: "high" } };
    here.personalities.put({ ...gamer, preset: "soft" });
    here.personalities.put(gamer);
    expect(there.personalities.find(alice)).toEqual(gamer);
    expect(there.personalities.find(bob)).toBeUndefined();
    expect([there.personalities.remove(alice), there.personalities.remove(alice)]).toEqual([true, false]);
  });

  test("a receipt ends once; the old ones go", () => {
    const receipt = (receiptId: string, endedAt: number) =>
      ({
        receiptId,
        channel: alice,
        output: "chat",
        endedAs: "accepted",
        reason: undefined,
        endedAt,
      }) as const;
    here.receipts.put([receipt("a", 1_000), receipt("b", 2_000)]);
    here.receipts.put([{ ...receipt("b", 9_000), endedAs: "dropped", reason: "msg_duplicate" }]);
    expect(there.receipts.of(alice, 9)).toEqual([receipt("b", 2_000), receipt("a", 1_000)]);
    expect(there.receipts.removeOlderThan(2_000)).toBe(1);
    expect(here.receipts.of(alice, 9)).toEqual([receipt("b", 2_000)]);
  });

  test("a user is known as the bot until the login is somebody else's", () => {
    const kissbot = { login: login("kissbot"), userId: user(7), displayName: "KissBot" };
    here.users.put({ ...kissbot, isBot: true });
    here.users.put(kissbot);
    expect(there.users.find(kissbot.login)).toEqual({ ...kissbot, isBot: true });
    here.users.put({ ...kissbot, userId: user(8) });
    expect(there.users.find(kissbot.login)).toMatchObject({ userId: "8", isBot: false });
  });
});
