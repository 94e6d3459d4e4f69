import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChannelId, UserId } from "../../shared/ids.ts";
import type { ChannelEventBody } from "../../shared/twitch/channel-event.ts";
import type { Door } from "../signal.ts";
import { MATCH_WITHIN_MS, makeTwiceTold } from "./twice-told.ts";

const names = { broadcasterLogin: "alice", broadcasterName: "Alice" };
const carol = { id: v.parse(UserId, "7"), login: "carol", name: "Carol" };
const dave = { id: v.parse(UserId, "8"), login: "dave", name: "Dave" };
const cheer = (bits: number, text = ""): ChannelEventBody => ({
  topic: "channel.cheer",
  ...names,
  user: carol,
  bits,
  text,
});
const gift = (user: typeof carol | undefined, total: number): ChannelEventBody => ({
  topic: "channel.subscription.gift",
  ...names,
  ...(user && { user }),
  tier: "1000",
  total,
});
const sub = (user: typeof carol, isGift: boolean): ChannelEventBody => ({
  topic: "channel.subscribe",
  ...names,
  user,
  tier: "1000",
  isGift,
});
const follow: ChannelEventBody = { topic: "channel.follow", ...names, user: carol, followedAt: "t" };

interface Telling {
  readonly door: Door;
  readonly body: ChannelEventBody;
  /** Twitch's stamp. */
  readonly at?: number;
  readonly arrivedAt?: number;
}

function news(tellings: readonly Telling[]): readonly boolean[] {
  const twiceTold = makeTwiceTold();
  return tellings.map(({ door, body, at = 0, arrivedAt = at }, index) =>
    twiceTold.isNew({
      kind: "channel-event",
      door,
      id: `${index}`,
      channelId: v.parse(ChannelId, "1"),
      at,
      arrivedAt,
      body,
    }),
  );
}

const irc = (body: ChannelEventBody, at = 0): Telling => ({ door: "irc", body, at });
const hub = (body: ChannelEventBody, at = 0): Telling => ({ door: "eventsub", body, at });
const notice = (body: ChannelEventBody, at = 0): Telling => ({ door: "chat-notice", body, at });

describe("a happening that several doors tell counts once", () => {
  test.each<readonly [string, readonly Telling[], readonly boolean[]]>([
    ["chat first", [irc(cheer(1)), hub(cheer(1), 900)], [true, false]],
    ["EventSub first", [hub(cheer(1), 900), irc(cheer(1))], [true, false]],
    ["three doors", [hub(cheer(1)), irc(cheer(1)), notice(cheer(1))], [true, false, false]],
    ["texts may be trimmed", [irc(cheer(1, "a  b")), hub(cheer(1, "a b"))], [true, false]],
    [
      "twice at both, one after the other",
      [irc(cheer(1)), irc(cheer(1)), hub(cheer(1)), hub(cheer(1))],
      [true, true, false, false],
    ],
    [
      "twice at both, by turns",
      [irc(cheer(1)), hub(cheer(1)), irc(cheer(1)), hub(cheer(1))],
      [true, false, true, false],
    ],
    ["once at one, twice at the other", [hub(cheer(1)), irc(cheer(1)), hub(cheer(1))], [true, false, true]],
    ["other bits", [irc(cheer(1)), hub(cheer(2))], [true, true]],
    ["another user", [irc(gift(carol, 1)), hub(gift(dave, 1))], [true, true]],
    [
      "nobody's gift is nobody's",
      [irc(gift(undefined, 3)), hub(gift(carol, 3)), hub(gift(undefined, 3))],
      [true, true, false],
    ],
    ["given is not bought", [irc(sub(carol, true)), hub(sub(carol, false))], [true, true]],
    ["too far apart", [irc(cheer(1)), hub(cheer(1), MATCH_WITHIN_MS + 1)], [true, true]],
    [
      "the nearest is meant",
      [irc(cheer(1), 0), irc(cheer(1), 50_000), hub(cheer(1), 49_000), hub(cheer(1), 61_000)],
      [true, true, false, true],
    ],
    ["what only one door tells", [hub(follow), hub(follow)], [true, true]],
  ])("%s", (_what, tellings, expected) => {
    expect(news(tellings)).toEqual(expected);
  });

  test("a telling that a hub brings late is known by Twitch's stamp", () => {
    const late = { ...hub(cheer(1), 1_000), arrivedAt: 10 * 60_000 };
    expect(news([irc(cheer(1)), late])).toEqual([true, false]);
    const tooLate = { ...hub(cheer(1), 1_000), arrivedAt: 20 * 60_000 };
    expect(news([irc(cheer(1)), tooLate])).toEqual([true, true]);
  });
});

test("in whatever order, as many count as the door that told most of them told of", () => {
  const telling = fc.record({ door: fc.constantFrom<Door>("irc", "eventsub"), at: fc.nat(20_000) });
  fc.assert(
    fc.property(fc.array(telling, { maxLength: 30 }), (tellings) => {
      const counted = news(tellings.map((one) => ({ ...one, body: cheer(1), arrivedAt: 0 })));
      const told = (door: Door) => tellings.filter((one) => one.door === door).length;
      expect(counted.filter(Boolean)).toHaveLength(Math.max(told("irc"), told("eventsub")));
    }),
  );
});

test("memory is bounded", () => {
  const many = Array.from({ length: 5_000 }, (_, n) => irc(cheer(n + 1)));
  expect(news([...many, hub(cheer(1)), hub(cheer(5_000))]).slice(-2)).toEqual([true, false]);
});
