import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChannelEventBody } from "../../../shared/twitch/channel-event.ts";
import { makeTestLog } from "../../../tests/support/test-log.ts";
import { makeToldOnIrc } from "./told-on-irc.ts";
import { parseUserNoticeLine } from "./user-notice-line.ts";

const names = { broadcasterLogin: "alice", broadcasterName: "Alice" };
const carol = { id: "7", login: "carol", name: "Carol" };
const dave = { id: "8", login: "dave", name: "Dave" };
const received = { topic: "channel.subscribe", ...names, user: dave, tier: "1000", isGift: true };
const gift = { topic: "channel.subscription.gift", ...names, tier: "1000" };

const recipient =
  "msg-param-recipient-display-name=Dave;msg-param-recipient-id=8;msg-param-recipient-user-name=dave";
const anonymous = "login=ananonymousgifter;display-name=AnAnonymousGifter;user-id=274598607";

/** A line as Twitch writes it; tags given here win. */
function lineOf(tags: string, text?: string): string {
  const usual = [
    "badge-info=subscriber/5",
    "badges=vip/1,subscriber/3",
    "color=#DF3600",
    "emotes=",
    "flags=",
    "id=8167e72c",
    "mod=0",
    "room-id=123",
    "subscriber=1",
    "system-msg=Carol\\sdid\\ssomething!",
    "tmi-sent-ts=1572644380737",
    "user-type=",
    "msg-param-sub-plan=1000",
    "msg-param-sub-plan-name=The\\sPirate's\\sSubscription",
  ];
  const who = tags.includes("user-id=") ? [] : ["login=carol", "display-name=Carol", "user-id=7"];
  const said = text === undefined ? "" : ` :${text}`;
  return `@${[...usual, ...who, tags].join(";")} :tmi.twitch.tv USERNOTICE #alice${said}`;
}

function openEars() {
  const { log, lines } = makeTestLog();
  const told = makeToldOnIrc(names, log);
  const hear = (line: string) => {
    const notice = parseUserNoticeLine(line);
    return notice ? told.fromNotice(notice, { arrivedAt: 5, wall: 1_600_000_000_000.5 }) : [];
  };
  return { hear, bodies: (line: string) => hear(line).map(({ body }) => body), lines };
}

describe("a notice in chat is told in the topics' words", () => {
  test.each([
    [
      "a first month",
      lineOf("msg-id=sub;msg-param-cumulative-months=1"),
      [{ topic: "channel.subscribe", ...names, user: carol, tier: "1000", isGift: false }],
    ],
    [
      "with Prime",
      lineOf("msg-id=sub;msg-param-sub-plan=Prime"),
      [{ topic: "channel.subscribe", ...names, user: carol, tier: "1000", isGift: false }],
    ],
    [
      "a later month",
      lineOf(
        "msg-id=resub;msg-param-cumulative-months=15;msg-param-streak-months=3;msg-param-should-share-streak=1",
        "hi; there :)",
      ),
      [
        {
          topic: "channel.subscription.message",
          ...names,
          user: carol,
          tier: "1000",
          months: 15,
          streakMonths: 3,
          text: "hi; there :)",
        },
      ],
    ],
    [
      "without a text, without the streak",
      lineOf("msg-id=resub;msg-param-cumulative-months=15;msg-param-should-share-streak=0"),
      [{ topic: "channel.subscription.message", ...names, user: carol, tier: "1000", months: 15, text: "" }],
    ],
    [
      "a gift to one",
      lineOf(
        `msg-id=subgift;msg-param-months=78;msg-param-origin-id=17;msg-param-sender-count=310;${recipient}`,
      ),
      [{ ...gift, user: carol, total: 1, cumulativeTotal: 310 }, received],
    ],
    [
      "of somebody without a name",
      lineOf(`${anonymous};msg-id=subgift;msg-param-fun-string=FunStringOne;${recipient}`),
      [{ ...gift, total: 1 }, received],
    ],
    [
      "gifts to many",
      lineOf(
        "msg-id=submysterygift;msg-param-mass-gift-count=5;msg-param-sender-count=10;msg-param-community-gift-id=99;msg-param-origin-id=99",
      ),
      [{ ...gift, user: carol, total: 5, cumulativeTotal: 10 }],
    ],
    [
      "one of them",
      lineOf(`msg-id=subgift;msg-param-community-gift-id=99;msg-param-sender-count=0;${recipient}`),
      [received],
    ],
    [
      "a raid",
      lineOf("msg-id=raid;msg-param-displayName=Carol;msg-param-login=carol;msg-param-viewerCount=15"),
      [{ topic: "channel.raid", ...names, from: carol, viewers: 15 }],
    ],
    ["an announcement", lineOf("msg-id=announcement;msg-param-color=PRIMARY", "listen"), []],
    ["a ritual", lineOf("msg-id=ritual;msg-param-ritual-name=new_chatter"), []],
    ["Shared Chat, from elsewhere", lineOf("msg-id=sub;source-room-id=456;source-msg-id=sub"), []],
    ["its own name for that", lineOf("msg-id=sharedchatnotice;source-room-id=456;source-msg-id=sub"), []],
    ["no kind", lineOf("msg-id="), []],
  ])("%s", (_what, line, bodies) => {
    const ears = openEars();
    expect(ears.bodies(line)).toEqual(bodies);
    expect(ears.lines).toEqual([]);
  });

  test("shared chat from here is ours", () => {
    expect(openEars().bodies(lineOf("msg-id=sub;source-room-id=123"))).toHaveLength(1);
  });

  test("gifts that only their origin ties together count as announced", () => {
    const ears = openEars();
    const origin = "msg-param-origin-id=1a\\s27\\sb1";
    expect(ears.bodies(lineOf(`msg-id=submysterygift;msg-param-mass-gift-count=2;${origin}`))).toHaveLength(
      1,
    );
    expect(ears.bodies(lineOf(`msg-id=subgift;${origin};${recipient}`))).toEqual([received]);
    expect(ears.bodies(lineOf(`msg-id=subgift;msg-param-origin-id=other;${recipient}`))).toHaveLength(2);
  });
});

test("says when and where, each under an id of its own", () => {
  const [first, second] = openEars().hear(lineOf(`msg-id=subgift;${recipient}`));
  expect(first).toMatchObject({
    kind: "channel-event",
    door: "irc",
    id: "8167e72c 0",
    channelId: "123",
    at: 1_572_644_380_737,
    arrivedAt: 5,
  });
  expect(second?.id).toBe("8167e72c 1");
});

describe("a notice that is not understood is left alone, and says so", () => {
  test.each([
    ["no plan we know", lineOf("msg-id=sub;msg-param-sub-plan=9000")],
    ["no months", lineOf("msg-id=resub")],
    ["a count that is none", lineOf("msg-id=submysterygift;msg-param-mass-gift-count=many")],
    ["nobody to receive it", lineOf("msg-id=subgift")],
    ["no id", lineOf("msg-id=sub;id=")],
    ["no room", lineOf("msg-id=sub;room-id=alice")],
  ])("%s", (_what, line) => {
    const ears = openEars();
    expect(ears.hear(line)).toEqual([]);
    expect(ears.lines).toMatchObject([{ text: "a notice in chat was not understood" }]);
  });
});

describe("parseUserNoticeLine", () => {
  test.each([
    [
      "@a=1\\s\\:\\\\\\q\\;b;c= :tmi.twitch.tv USERNOTICE #alice :x :y",
      { a: "1 ;\\q", b: "", c: "" },
      "x :y",
    ],
    ["@a=1 :tmi.twitch.tv USERNOTICE #alice", { a: "1" }, ""],
  ])("%s", (line, tags, text) => {
    const parsed = parseUserNoticeLine(line);
    expect(Object.fromEntries(parsed?.tags ?? [])).toEqual(tags);
    expect(parsed?.text).toBe(text);
  });

  test.each([
    ":tmi.twitch.tv USERNOTICE #alice :no tags",
    "@a=1 :carol!carol@carol.tmi.twitch.tv USERNOTICE #alice :somebody else says it",
    "@a=1 :carol!c@c PRIVMSG #alice :@a=1 :tmi.twitch.tv USERNOTICE #alice :quoted",
    "@a=1 :tmi.twitch.tv USERNOTICE alice",
    "",
  ])("%j is none", (line) => {
    expect(parseUserNoticeLine(line)).toBeUndefined();
  });

  test("whatever comes, what is understood is an event like the hub's", () => {
    const ears = openEars();
    const tag = fc.tuple(
      fc.constantFrom(
        "msg-id",
        "id",
        "room-id",
        "user-id",
        "login",
        "display-name",
        "source-room-id",
        "msg-param-sub-plan",
        "msg-param-cumulative-months",
        "msg-param-mass-gift-count",
        "msg-param-recipient-id",
        "msg-param-recipient-user-name",
        "msg-param-viewerCount",
        "msg-param-login",
        "tmi-sent-ts",
      ),
      fc.oneof(
        fc.constantFrom("sub", "resub", "subgift", "submysterygift", "raid", "1000", "Prime", "7", "", "\\s"),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(fc.array(tag), fc.string(), (tags, text) => {
        const line = lineOf(tags.map(([name, value]) => `${name}=${value}`).join(";"), text);
        for (const { body } of ears.hear(line)) expect(v.parse(ChannelEventBody, body)).toEqual(body);
      }),
      { numRuns: 1_000 },
    );
  });
});
