import * as v from "valibot";
import { expect, test } from "vitest";
import { Login } from "../../shared/ids.ts";
import type { HubToCli, PassingEvent } from "../../shared/ipc/hub-control.ts";
import type { Link, LinkEnd } from "../../shared/ipc/link.ts";
import { settled } from "../../tests/support/fake-clock.ts";
import { type FollowWish, makeEventFeed, UNDER_WAY_MAX } from "./event-feed.ts";

const alice = v.parse(Login, "alice_live");
const bob = v.parse(Login, "bob_plays");
const event = (channel: Login, id = "1"): PassingEvent => ({
  channel,
  topic: "stream.online",
  id,
  at: "2026-01-01T00:00:00Z",
  isRecovered: false,
  body: {},
});

function makeFollower() {
  const heard: Extract<HubToCli, { kind: "event" }>[] = [];
  let leave: (end: LinkEnd) => void = () => {};
  const link: Link<HubToCli> = {
    send(message) {
      if (typeof message === "object" && message.kind === "event") heard.push(message);
      return "sent";
    },
    closed: new Promise((resolve) => {
      leave = resolve;
    }),
    close: () => {},
  };
  return { link, heard, leave: () => leave({ is: "peer-left" }) };
}

test.each<[string, FollowWish, number]>([
  ["everything", {}, 2],
  ["one channel", { channel: alice }, 1],
  ["one topic", { topic: "stream.online" }, 2],
  ["a topic that does not come", { topic: "stream.offline" }, 0],
])("a follower sees %s", (_name, wish, count) => {
  const feed = makeEventFeed();
  const { link, heard } = makeFollower();
  feed.follow(link, 1, wish);
  feed.pass(event(alice));
  feed.pass(event(bob));
  expect(heard).toHaveLength(count);
});

test("one that is too slow is told how many it missed, and the others see all", () => {
  const feed = makeEventFeed();
  const [slow, quick] = [makeFollower(), makeFollower()];
  feed.follow(slow.link, 1, {});
  feed.follow(quick.link, 1, {});
  for (let count = 0; count < UNDER_WAY_MAX + 5; count += 1) {
    feed.pass(event(alice, String(count)));
    feed.shown(quick.link, 1, 1);
  }
  expect(slow.heard).toHaveLength(UNDER_WAY_MAX);
  expect(quick.heard).toHaveLength(UNDER_WAY_MAX + 5);
  feed.shown(slow.link, 1, 10);
  feed.pass(event(alice, "next"));
  expect(slow.heard.at(-1)).toMatchObject({ event: { id: "next" }, missed: 5 });
  expect(quick.heard.at(-1)).toMatchObject({ missed: 0 });
});

test("whoever leaves is forgotten", async () => {
  const feed = makeEventFeed();
  const follower = makeFollower();
  feed.follow(follower.link, 1, {});
  expect(feed.isWatched()).toBe(true);
  follower.leave();
  await settled();
  expect(feed.isWatched()).toBe(false);
});
