/**
 * What happens in a simulated Twitch is told at up to three doors: EventSub's topics, EventSub's chat, IRC. Each tells
 * it in its own words; here all of them are understood, and what several tell counts once.
 */
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ChannelId, Login, UserId } from "../../shared/ids.ts";
import { parseEvent } from "../../shared/twitch/parse-event.ts";
import { isTopic } from "../../shared/twitch/topics.ts";
import { toRoomLines } from "../../sim/chat/happening-lines.ts";
import { toIrcText } from "../../sim/chat/irc-line.ts";
import { makeRoomMemory } from "../../sim/chat/room-memory.ts";
import { type SimClock, startSimClock } from "../../sim/clock.ts";
import { applyOrder } from "../../sim/control/apply-order.ts";
import type { Order } from "../../sim/control/order.ts";
import { toNotices } from "../../sim/eventsub/payloads/to-notices.ts";
import { makeFaultDesk } from "../../sim/fault-desk.ts";
import { makeRandom } from "../../sim/random.ts";
import { makeWorld, type World } from "../../sim/world/world.ts";
import { toEventSignals } from "../../worker/interfaces/hub-events.ts";
import { parseChatLine } from "../../worker/interfaces/twitch-chat/chat-line.ts";
import { makeToldOnIrc } from "../../worker/interfaces/twitch-chat/told-on-irc.ts";
import { parseUserNoticeLine } from "../../worker/interfaces/twitch-chat/user-notice-line.ts";
import { makeTwiceTold } from "../../worker/pipeline/twice-told.ts";
import type { EventSignal } from "../../worker/signal.ts";
import { makeTestLog } from "../support/test-log.ts";

const HOME = "home";
const botId = v.parse(UserId, "900");

let clock: SimClock;
let world: World;
/** Of the channel HOME, in the order they were told. */
let signals: EventSignal[];
let problems: string[];
let ircLog: ReturnType<typeof makeTestLog>;

beforeEach(() => {
  clock = startSimClock({ startAt: 1_700_000_000_000, speed: 1e-6 });
  world = makeWorld({ clock, random: makeRandom(7) });
  for (const login of [HOME, "other", "ann", "bob", "cid", "mod"]) world.addUser({ login });
  signals = [];
  problems = [];
  ircLog = makeTestLog();
  const home = world.getChannel(HOME);
  const told = makeToldOnIrc({ broadcasterLogin: HOME, broadcasterName: HOME }, ircLog.log);
  const memory = makeRoomMemory();
  const now = () => ({ arrivedAt: clock.now(), wall: clock.now() });
  const channelId = v.parse(ChannelId, home.owner.id);
  let messageId = 0;

  const hearHub = (type: string, event: object) => {
    if (!isTopic(type)) return;
    const parsed = parseEvent(type, JSON.parse(JSON.stringify(event)));
    if (parsed.is === "unknown") problems.push(parsed.problem);
    else if (parsed.channelId === channelId)
      signals.push(
        ...toEventSignals(
          {
            kind: "event",
            seq: 1,
            id: `m${messageId++}`,
            at: new Date(clock.now()).toISOString(),
            body: parsed.body,
          },
          { channelId, ...now() },
        ),
      );
  };
  const hearIrc = (line: ReturnType<typeof toIrcText>, tags: ReadonlyMap<string, string>, login: string) => {
    const notice = parseUserNoticeLine(line);
    if (notice) return signals.push(...told.fromNotice(notice, now()));
    const text = line.slice(line.indexOf(" :", line.indexOf("PRIVMSG")) + 2);
    const message = parseChatLine({ login, text, tags }, { botId, ...now() });
    if (message) signals.push(...told.fromMessage(message, tags));
    return undefined;
  };
  world.onHappening((happening) => {
    for (const { type, version, event } of toNotices(world, happening)) {
      if (version !== "1" || type !== "channel.moderate") hearHub(type, event);
    }
    const lines = toRoomLines(world, memory, happening);
    if (lines === "silence" || lines.channel !== home) return;
    for (const line of lines.lines)
      hearIrc(
        toIrcText(line),
        new Map(Object.entries(line.tags ?? {})),
        v.parse(Login, (line.prefix ?? "x").split("!")[0]?.replaceAll(".", "_")),
      );
  });
});
afterEach(() => {
  clock.stop();
  expect(problems).toEqual([]);
  expect(ircLog.lines).toEqual([]);
});

const order = (one: Order) => applyOrder({ world, faults: makeFaultDesk() }, one);
const topicsBy = (door: EventSignal["door"]) =>
  signals.filter((one) => one.door === door).map(({ body }) => body.topic);
/** Of the topics that chat tells, too: what is left when every happening counts once. */
function counted(): readonly string[] {
  const twiceTold = makeTwiceTold();
  const toldInChat = new Set([...topicsBy("irc"), ...topicsBy("chat-notice")]);
  return signals
    .filter(({ body }) => toldInChat.has(body.topic))
    .filter(twiceTold.isNew)
    .map(({ body }) => body.topic);
}

const SUB = "channel.subscribe";
const RESUB = "channel.subscription.message";
const GIFT = "channel.subscription.gift";

/** [what, how it comes about, what counts, the door that says nothing of it] */
type Row = readonly [string, readonly Order[], readonly string[], EventSignal["door"] | "none"];
const none = "none";

describe("what several doors tell counts once", () => {
  test.each<Row>([
    ["a first month", [{ do: "subscribe", channel: HOME, user: "ann" }], [SUB], none],
    [
      "a later month",
      [{ do: "subscribe", channel: HOME, user: "ann", months: 14, tier: 2, text: "still here" }],
      [RESUB],
      none,
    ],
    ["one gift", [{ do: "gift", channel: HOME, by: "ann", to: ["bob"] }], [GIFT, SUB], none],
    [
      "three gifts",
      [{ do: "gift", channel: HOME, by: "ann", to: ["bob", "cid", "mod"] }],
      [GIFT, SUB, SUB, SUB],
      none,
    ],
    ["gifts of nobody", [{ do: "gift", channel: HOME, to: ["bob", "cid"] }], [GIFT, SUB, SUB], none],
    [
      "one gift after the other",
      [
        { do: "gift", channel: HOME, by: "ann", to: ["bob"] },
        { do: "gift", channel: HOME, by: "ann", to: ["cid"] },
      ],
      [GIFT, SUB, GIFT, SUB],
      none,
    ],
    [
      "a cheer",
      [{ do: "cheer", channel: HOME, user: "ann", bits: 100, text: "Cheer100 wow" }],
      ["channel.cheer"],
      none,
    ],
    [
      "a cheer of nobody",
      [{ do: "cheer", channel: HOME, bits: 5, text: "Anon5" }],
      ["channel.cheer"],
      "chat-notice",
    ],
    ["a raid", [{ do: "raid", channel: "other", to: HOME, viewers: 12 }], ["channel.raid"], none],
  ])("%s", (_what, orders, expected, silent) => {
    for (const one of orders) order(one);
    expect(counted()).toEqual(expected);
    for (const door of ["eventsub", "irc", "chat-notice"] as const) {
      const told = topicsBy(door).filter((topic) => expected.includes(topic));
      expect(told, door).toEqual(door === silent ? [] : expected);
    }
  });
});

test("everything else that happens in a channel is understood, too", () => {
  const by = { channel: HOME, user: "ann" } as const;
  const orders: readonly Order[] = [
    { do: "online", channel: HOME },
    { do: "update", channel: HOME, title: "U", game: "Chess" },
    { do: "follow", ...by },
    { do: "chat", ...by, text: "hi @bob Kappa" },
    { do: "redeem", ...by, reward: "Water" },
    { do: "shoutout", channel: HOME, to: "other" },
    { do: "shoutout", channel: "other", to: HOME },
    { do: "announce", channel: HOME, text: "listen" },
    { do: "moderator", channel: HOME, user: "mod" },
    { do: "moderator", channel: HOME, user: "mod", remove: true },
    { do: "delete", channel: HOME, line: "last" },
    { do: "timeout", channel: HOME, user: "bob", seconds: 60 },
    { do: "clear", channel: HOME },
    { do: "offline", channel: HOME },
  ];
  for (const one of orders) order(one);
  expect(topicsBy("irc")).toEqual([]);
  expect(topicsBy("eventsub")).toEqual([
    "stream.online",
    "channel.update",
    "channel.follow",
    "channel.chat.message",
    "channel.channel_points_custom_reward_redemption.add",
    "channel.shoutout.create",
    "channel.shoutout.receive",
    "channel.chat.notification",
    "channel.moderator.add",
    "channel.moderator.remove",
    "channel.chat.message_delete",
    "channel.chat.clear_user_messages",
    "channel.chat.clear",
    "stream.offline",
  ]);
});
