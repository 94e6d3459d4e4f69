import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { ChannelId, UserId } from "../ids.ts";
import type { ChannelEventBody } from "./channel-event.ts";
import { makeSeenEvents } from "./seen-events.ts";

const channelId = v.parse(ChannelId, "100");
const otherId = v.parse(ChannelId, "200");
const named = { broadcasterLogin: "alice", broadcasterName: "Alice" };
const carol = { id: v.parse(UserId, "7"), login: "carol", name: "Carol" };
const online = (streamId: string): ChannelEventBody => ({
  topic: "stream.online",
  ...named,
  streamId,
  startedAt: "",
  streamType: "live",
});
const offline: ChannelEventBody = { topic: "stream.offline", ...named };
const update = (title: string): ChannelEventBody => ({
  topic: "channel.update",
  ...named,
  title,
  language: "en",
  categoryId: "1",
  categoryName: "Chess",
});
const cheer: ChannelEventBody = { topic: "channel.cheer", ...named, user: carol, bits: 5, text: "" };
const follow: ChannelEventBody = {
  topic: "channel.follow",
  ...named,
  user: carol,
  followedAt: "2026-01-01T00:00:00Z",
};
const TO_THE_NS = "2026-01-01T00:00:00.171067130Z";

/** Each under a message id of its own; "+61" lets so many seconds pass. */
async function newOnes(...events: readonly (ChannelEventBody | `+${number}`)[]): Promise<readonly number[]> {
  const clock = makeFakeClock();
  const seen = makeSeenEvents(clock);
  const found: number[] = [];
  for (const [index, event] of events.entries()) {
    if (typeof event === "string") await clock.advance(Number(event) * 1_000);
    else if (seen.isNew(`m${index}`, channelId, event)) found.push(index);
  }
  return found;
}

test("the same message id is a repeat, whatever it holds", () => {
  const seen = makeSeenEvents(makeFakeClock());
  expect(seen.isNew("m", channelId, cheer)).toBe(true);
  expect(seen.isNew("m", channelId, cheer)).toBe(false);
  expect(seen.isNew("n", channelId, cheer)).toBe(true);
});

describe("under other message ids", () => {
  test.each([
    ["a follow comes once", [follow, follow, "+300", follow], [0]],
    ["found by Helix and told by EventSub it is one", [follow, { ...follow, followedAt: TO_THE_NS }], [0]],
    ["who cheers twice has cheered twice", [cheer, cheer], [0, 1]],
    ["a stream begins once, also minutes later", [online("s"), "+300", online("s")], [0]],
    ["a stream that flaps ends and begins", [online("s"), offline, online("s"), offline], [0, 1, 2, 3]],
    ["an end is told once", [offline, offline, online("t"), offline], [0, 2, 3]],
    ["a title may be set back", [update("A"), update("B"), update("A"), update("A")], [0, 1, 2]],
    ["a title that is told again after a minute is news", [update("A"), "+61", update("A")], [0, 2]],
    ["a title does not make a stream's end new", [offline, update("A"), offline], [0, 1]],
  ] as const)("%s", async (_what, events, expected) => {
    expect(await newOnes(...events)).toEqual(expected);
  });
});

test("what one channel did says nothing of another", () => {
  const seen = makeSeenEvents(makeFakeClock());
  expect(seen.isNew("1", channelId, follow)).toBe(true);
  expect(seen.isNew("2", otherId, follow)).toBe(true);
});

test("masses of chat push nothing else out of memory", () => {
  const seen = makeSeenEvents(makeFakeClock());
  seen.isNew("f", channelId, follow);
  for (let n = 0; n < 45_000; n += 1) {
    const line: ChannelEventBody = {
      topic: "channel.chat.message",
      ...named,
      messageId: `${n}`,
      user: carol,
      text: "",
      isAction: false,
      badges: [],
      messageType: "text",
    };
    seen.isNew(`c${n}`, channelId, line);
  }
  expect(seen.isNew("g", channelId, follow)).toBe(false);
});
