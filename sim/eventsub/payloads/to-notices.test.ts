import fc from "fast-check";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sendChat } from "../../chat/send-chat.ts";
import { type SimClock, startSimClock } from "../../clock.ts";
import { issueUserToken } from "../../id/issue-token.ts";
import { makeRandom } from "../../random.ts";
import * as act from "../../world/operations.ts";
import { type Channel, makeWorld, type User, type World } from "../../world/world.ts";
import type { Notice } from "../notice.ts";
import { findSubscriptionType } from "../subscription-types.ts";
import { EVENT_SHAPES } from "./event-shapes.ts";
import { toFragments } from "./message-fragments.ts";
import { toNotices } from "./to-notices.ts";

let clock: SimClock;
let world: World;
let home: Channel;
let other: Channel;
let ann: User;
let bob: User;
let notices: Notice[];

beforeEach(() => {
  clock = startSimClock({ startAt: 1_700_000_000_000, speed: 1e-6 });
  world = makeWorld({ clock, random: makeRandom(7) });
  for (const login of ["home", "other", "ann", "bob"])
    world.addUser({ login, displayName: login.toUpperCase() });
  [home, other] = [world.getChannel("home"), world.getChannel("other")];
  [ann, bob] = [world.getUser("ann"), world.getUser("bob")];
  world.applications.set("app", { clientId: "app", clientSecret: "s", name: "App", redirectUris: [] });
  notices = [];
  world.onHappening((happening) => notices.push(...toNotices(world, happening)));
});
afterEach(() => clock.stop());

const say = (user: User, text: string, more: object = {}) =>
  sendChat(world, { channel: home, sender: user, text, via: "irc", hasAppToken: false, ...more });

function line(user: User, text: string) {
  const said = say(user, text);
  if (said.is !== "sent") throw new Error(said.message);
  return said.line;
}

/** Only the last of several steps is looked at. */
function inOrder(...steps: readonly (() => unknown)[]): void {
  for (const step of steps) {
    notices.length = 0;
    step();
  }
}
const told = () => notices.map((notice) => `${notice.type} ${notice.version}`);
const kinds = () => notices.map((notice) => (notice.event as { notice_type?: string }).notice_type);

type Row = readonly [string, () => unknown, readonly string[]];
const MODERATE = ["channel.moderate 1", "channel.moderate 2"];
const rows: readonly Row[] = [
  ["a stream begins", () => act.goLive(world, home), ["stream.online 1"]],
  [
    "a stream ends",
    () =>
      inOrder(
        () => act.goLive(world, home),
        () => act.goOffline(world, home),
      ),
    ["stream.offline 1"],
  ],
  [
    "a title changes",
    () => act.updateChannel(world, home, { title: "new", game: "Chess" }),
    ["channel.update 2"],
  ],
  ["a follower", () => act.follow(world, home, ann), ["channel.follow 2"]],
  [
    "a new subscriber",
    () => act.subscribe(world, home, ann),
    ["channel.subscribe 1", "channel.chat.notification 1"],
  ],
  [
    "a subscriber of many months",
    () => act.subscribe(world, home, ann, { months: 14, tier: "2000", text: "still here Kappa" }),
    ["channel.subscription.message 1", "channel.chat.notification 1"],
  ],
  [
    "one gift",
    () => act.gift(world, home, ann, [bob]),
    ["channel.subscription.gift 1", "channel.subscribe 1", "channel.chat.notification 1"],
  ],
  [
    "two gifts of nobody",
    () => act.gift(world, home, undefined, [ann, bob]),
    [
      "channel.subscription.gift 1",
      "channel.subscribe 1",
      "channel.subscribe 1",
      "channel.chat.notification 1",
      "channel.chat.notification 1",
      "channel.chat.notification 1",
    ],
  ],
  [
    "a cheer",
    () => act.cheer(world, home, ann, 150, "Cheer150 nice"),
    ["channel.cheer 1", "channel.bits.use 1"],
  ],
  [
    "a cheer of nobody",
    () => act.cheer(world, home, undefined, 1, "Anon1"),
    ["channel.cheer 1", "channel.bits.use 1"],
  ],
  [
    "a raid",
    () => act.raid(world, other, home, 12),
    ["channel.raid 1", "channel.chat.notification 1", ...MODERATE],
  ],
  [
    "a redemption",
    () =>
      act.redeem(world, home, {
        id: "r",
        user: ann,
        rewardId: "w",
        rewardTitle: "Water",
        cost: 5,
        input: "",
        at: clock.now(),
      }),
    ["channel.channel_points_custom_reward_redemption.add 1"],
  ],
  [
    "a shout-out",
    () => act.shoutout(world, home, other, ann),
    ["channel.shoutout.create 1", "channel.shoutout.receive 1"],
  ],
  ["chat", () => say(ann, "hi @bob Kappa", { bits: 0, customRewardId: "w" }), ["channel.chat.message 1"]],
  [
    "a reply",
    () => say(bob, "yes", { replyToId: line(ann, "is it?").id }),
    ["channel.chat.message 1", "channel.chat.message 1"],
  ],
  ["a cleared chat", () => act.clearChat(world, home), ["channel.chat.clear 1", ...MODERATE]],
  [
    "a deleted message",
    () => act.deleteMessage(world, home, line(ann, "oops"), bob),
    ["channel.chat.message 1", "channel.chat.message_delete 1", ...MODERATE],
  ],
  [
    "changed settings",
    () => act.changeChatSettings(world, home, { slowSeconds: 30 }),
    ["channel.chat_settings.update 1"],
  ],
  [
    "an announcement",
    () => act.announce(world, home, ann, "listen", "PURPLE"),
    ["channel.chat.notification 1"],
  ],
  [
    "a ban",
    () => act.ban(world, home, ann, { by: bob, reason: "spam", forSeconds: undefined }),
    ["channel.chat.clear_user_messages 1", "channel.ban 1", ...MODERATE],
  ],
  [
    "a timeout",
    () => act.ban(world, home, ann, { by: bob, reason: "", forSeconds: 600 }),
    ["channel.chat.clear_user_messages 1", "channel.ban 1", ...MODERATE],
  ],
  [
    "an unban",
    () =>
      inOrder(
        () => act.ban(world, home, ann, { by: bob, reason: "", forSeconds: 9 }),
        () => act.unban(world, home, ann, bob),
      ),
    ["channel.unban 1", ...MODERATE],
  ],
  ["a new moderator", () => act.addModerator(world, home, ann), ["channel.moderator.add 1", ...MODERATE]],
  [
    "a VIP less",
    () =>
      inOrder(
        () => act.addVip(world, home, ann),
        () => act.removeVip(world, home, ann),
      ),
    ["channel.vip.remove 1", ...MODERATE],
  ],
  [
    "a consent",
    () => issueUserToken(world, { clientId: "app", userId: ann.id, scopes: [] }),
    ["user.authorization.grant 1"],
  ],
  [
    "a consent withdrawn",
    () =>
      inOrder(
        () => world.grant("app", ann.id, []),
        () => act.revokeAuthorization(world, "app", ann),
      ),
    ["user.authorization.revoke 1"],
  ],
];

describe("every happening is told in the documented shape", () => {
  it.each(rows)("%s", (_, happen, expected) => {
    happen();
    expect(told()).toEqual(expected);
    for (const notice of notices) {
      const key = `${notice.type} ${notice.version}`;
      const shape = EVENT_SHAPES[key];
      expect(shape && v.safeParse(shape, notice.event).issues, key).toBeUndefined();
      // Every field conditions are compared with is one the notice says something about.
      const type = findSubscriptionType(notice.type, notice.version);
      expect(
        type?.fits.filter((field) => notice.about[field] === undefined),
        key,
      ).toEqual([]);
    }
  });
});

describe("details", () => {
  it("tells several gifts as one and then each, under one id", () => {
    act.gift(world, home, ann, [bob, world.getUser("other")]);
    expect(kinds().filter((kind) => kind !== undefined)).toEqual([
      "community_sub_gift",
      "sub_gift",
      "sub_gift",
    ]);
    const ids = notices.map(({ event }) => {
      const { community_sub_gift: all, sub_gift: one } = event as Record<
        string,
        { id: string; community_gift_id: string } | null
      >;
      return all?.id ?? one?.community_gift_id;
    });
    expect(new Set(ids.slice(-3)).size).toBe(1);
  });

  it("keeps IRC's wrapping of /me in the text but not in the fragments", () => {
    say(ann, "waves", { isAction: true });
    expect(notices[0]?.event).toMatchObject({
      message: { text: "\u0001ACTION waves\u0001", fragments: [{ text: "waves" }] },
    });
  });

  it("shows badges, cheer and reply", () => {
    home.moderators.add(ann.id);
    home.subscribers.set(ann.id, { tier: "1000", months: 7 });
    const first = line(bob, "?");
    say(ann, "cheer100 hello", { bits: 100, replyToId: first.id });
    expect(notices[1]?.event).toMatchObject({
      badges: [
        { set_id: "moderator", id: "1", info: "" },
        { set_id: "subscriber", id: "6", info: "7" },
      ],
      cheer: { bits: 100 },
      reply: { parent_message_id: first.id, parent_message_body: "?", thread_message_id: first.id },
    });
  });
});

describe("fragments", () => {
  const check = (text: string, hasBits: boolean, expected: readonly string[]) => {
    expect(toFragments(world, text, { hasBits }).map((one) => `${one.type}:${one.text}`)).toEqual(expected);
  };
  it.each([
    ["hello there", false, ["text:hello there"]],
    ["Kappa", false, ["emote:Kappa"]],
    ["hi Kappa you", false, ["text:hi ", "emote:Kappa", "text: you"]],
    ["@ann, look", false, ["mention:@ann", "text:, look"]],
    ["@nobody", false, ["text:@nobody"]],
    ["cheer100 wow", true, ["cheermote:cheer100", "text: wow"]],
    ["cheer100 wow", false, ["text:cheer100 wow"]],
    ["cheer0 beer5", true, ["text:cheer0 beer5"]],
    ["", false, []],
  ] as const)("%s", check);

  it("join to the text again, whatever it is", () => {
    const words = fc.array(fc.oneof(fc.string(), fc.constantFrom("Kappa", "@ann", "cheer1", "", "<3")));
    fc.assert(
      fc.property(words, fc.boolean(), (parts, hasBits) => {
        const text = parts.join(" ");
        expect(
          toFragments(world, text, { hasBits })
            .map((one) => one.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });
});
