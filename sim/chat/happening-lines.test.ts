import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Happening } from "../world/happening.ts";
import type { Channel, User, World } from "../world/world.ts";
import { toRoomLines } from "./happening-lines.ts";
import { toIrcText } from "./irc-line.ts";
import { makeRoomMemory, type RoomMemory } from "./room-memory.ts";
import { sendChat } from "./send-chat.ts";
import { makeTestWorld, steady } from "./test-house.ts";

let world: World;
let memory: RoomMemory;
let channel: Channel;
let bob: User;
let carol: User;
let said: Happening[];

beforeEach(() => {
  world = makeTestWorld();
  memory = makeRoomMemory();
  channel = world.getChannel("alice");
  bob = world.getUser("bob");
  carol = world.getUser("carol");
  said = [];
  world.onHappening((happening) => said.push(happening));
});
afterEach(() => world.clock.stop());

const see = (happening: Happening): readonly string[] => {
  const told = toRoomLines(world, memory, happening);
  return told === "silence" ? [] : steady(told.lines.map((line) => toIrcText(line))).map(hideGiftIds);
};
const hideGiftIds = (line: string) => line.replaceAll(/(gift-id|origin-id)=\d{19}/g, "$1=GIFT");
const seeLast = () => see(said.at(-1) ?? { kind: "chat-cleared", channel });

describe("a chat message", () => {
  const speak = (
    text: string,
    more: {
      isAction?: boolean;
      bits?: number;
      customRewardId?: string;
      nonce?: string;
      replyToId?: string;
    } = {},
  ) => {
    world.clock.advance(31_000);
    const outcome = sendChat(world, { channel, sender: bob, text, via: "irc", hasAppToken: false, ...more });
    if (outcome.is === "dropped") throw new Error(outcome.code);
    return outcome.line;
  };

  test("of a viewer", () => {
    speak("Kappa hello  ; \\ there ");
    expect(seeLast()).toEqual([
      "@badge-info=;badges=;color=#1E90FF;display-name=Bob;emotes=25:0-4;first-msg=1;flags=;id=UUID;mod=0;returning-chatter=0;room-id=100000001;subscriber=0;tmi-sent-ts=0;turbo=0;user-id=100000002;user-type= :bob!bob@bob.tmi.twitch.tv PRIVMSG #alice :Kappa hello ; \\ there",
    ]);
  });

  test("of a subscribed moderator, as an action, from a client with a nonce", () => {
    channel.moderators.add(bob.id);
    channel.subscribers.set(bob.id, { tier: "2000", months: 7 });
    speak("first");
    speak("waves", { isAction: true, nonce: "n1" });
    expect(seeLast()).toEqual([
      "@badge-info=subscriber/7;badges=moderator/1,subscriber/2006;client-nonce=n1;color=#1E90FF;display-name=Bob;emotes=;first-msg=0;flags=;id=UUID;mod=1;returning-chatter=0;room-id=100000001;subscriber=1;tmi-sent-ts=0;turbo=0;user-id=100000002;user-type=mod :bob!bob@bob.tmi.twitch.tv PRIVMSG #alice :\u0001ACTION waves\u0001",
    ]);
  });

  test("of a VIP with bits and nothing but emotes, for a reward", () => {
    channel.vips.add(bob.id);
    speak("LUL", { bits: 100, customRewardId: "reward-1" });
    expect(seeLast()).toEqual([
      "@badge-info=;badges=vip/1;bits=100;color=#1E90FF;custom-reward-id=reward-1;display-name=Bob;emote-only=1;emotes=425618:0-2;first-msg=1;flags=;id=UUID;mod=0;returning-chatter=0;room-id=100000001;subscriber=0;tmi-sent-ts=0;turbo=0;user-id=100000002;user-type=;vip=1 :bob!bob@bob.tmi.twitch.tv PRIVMSG #alice :LUL",
    ]);
  });

  test("that answers an answer names its parent and the start of the thread", () => {
    const root = speak("what = is; this");
    world.clock.advance(31_000);
    const answer = sendChat(world, {
      channel,
      sender: carol,
      text: "a test",
      via: "helix",
      hasAppToken: true,
      replyToId: root.id,
    });
    if (answer.is === "dropped") throw new Error(answer.code);
    expect(seeLast()[0]).toContain("badges=bot-badge/1;");
    speak("thanks", { replyToId: answer.line.id });
    expect(seeLast()).toEqual([
      "@badge-info=;badges=;color=#1E90FF;display-name=Bob;emotes=;first-msg=0;flags=;id=UUID;mod=0;reply-parent-display-name=Carol;reply-parent-msg-body=@Bob\\sa\\stest;reply-parent-msg-id=UUID;reply-parent-user-id=100000003;reply-parent-user-login=carol;reply-thread-parent-display-name=Bob;reply-thread-parent-msg-id=UUID;reply-thread-parent-user-id=100000002;reply-thread-parent-user-login=bob;returning-chatter=0;room-id=100000001;subscriber=0;tmi-sent-ts=0;turbo=0;user-id=100000002;user-type= :bob!bob@bob.tmi.twitch.tv PRIVMSG #alice :@Carol thanks",
    ]);
  });

  test("taken away", () => {
    const line = speak("oops");
    expect(see({ kind: "message-deleted", channel, line, by: channel.owner })).toEqual([
      "@login=bob;room-id=;target-msg-id=UUID;tmi-sent-ts=0 :tmi.twitch.tv CLEARMSG #alice :oops",
    ]);
  });
});

describe("moderation", () => {
  const by = { by: { id: "1" } as User, reason: "" };
  test.each([
    [
      "a timeout",
      () => ({ kind: "user-banned", channel, user: bob, ...by, forSeconds: 600 }) as const,
      "@ban-duration=600;room-id=100000001;target-user-id=100000002;tmi-sent-ts=0 :tmi.twitch.tv CLEARCHAT #alice :bob",
    ],
    [
      "a ban",
      () => ({ kind: "user-banned", channel, user: bob, ...by, forSeconds: undefined }) as const,
      "@room-id=100000001;target-user-id=100000002;tmi-sent-ts=0 :tmi.twitch.tv CLEARCHAT #alice :bob",
    ],
    [
      "a cleared chat",
      () => ({ kind: "chat-cleared", channel }) as const,
      "@room-id=100000001;tmi-sent-ts=0 :tmi.twitch.tv CLEARCHAT #alice",
    ],
  ])("%s", (_, happening, line) => {
    expect(see(happening())).toEqual([line]);
  });

  test("changed settings tell only what changed since someone looked", () => {
    memory.watch(channel);
    channel.settings.slowSeconds = 30;
    channel.settings.emoteOnly = true;
    expect(see({ kind: "chat-settings-changed", channel })).toEqual([
      "@emote-only=1;room-id=100000001 :tmi.twitch.tv ROOMSTATE #alice",
      "@msg-id=emote_only_on :tmi.twitch.tv NOTICE #alice :This room is now in emote-only mode.",
      "@room-id=100000001;slow=30 :tmi.twitch.tv ROOMSTATE #alice",
      "@msg-id=slow_on :tmi.twitch.tv NOTICE #alice :This room is now in slow mode. You may send messages every 30 seconds.",
    ]);
    expect(see({ kind: "chat-settings-changed", channel })).toEqual([]);
  });
});

const STATE = "color=#1E90FF";
const subscribed = (months: number, text: string): Happening => {
  channel.subscribers.set(bob.id, { tier: "1000", months });
  return { kind: "subscribed", channel, user: bob, tier: "1000", months, text, isGift: false };
};

describe("what Twitch tells a room", () => {
  test("a first subscription", () => {
    expect(see(subscribed(1, ""))).toEqual([
      `@badge-info=subscriber/1;badges=subscriber/0;${STATE};display-name=Bob;emotes=;flags=;id=UUID;login=bob;mod=0;msg-id=sub;msg-param-cumulative-months=1;msg-param-months=0;msg-param-multimonth-duration=1;msg-param-multimonth-tenure=0;msg-param-should-share-streak=0;msg-param-sub-plan-name=Channel\\sSubscription\\s(alice);msg-param-sub-plan=1000;msg-param-was-gifted=false;room-id=100000001;subscriber=1;system-msg=Bob\\ssubscribed\\sat\\sTier\\s1.;tmi-sent-ts=0;user-id=100000002;user-type=;vip=0 :tmi.twitch.tv USERNOTICE #alice`,
    ]);
  });

  test("a later month, with words", () => {
    expect(see(subscribed(6, "half a year Kappa"))).toEqual([
      `@badge-info=subscriber/6;badges=subscriber/6;${STATE};display-name=Bob;emotes=25:12-16;flags=;id=UUID;login=bob;mod=0;msg-id=resub;msg-param-cumulative-months=6;msg-param-months=0;msg-param-multimonth-duration=1;msg-param-multimonth-tenure=0;msg-param-should-share-streak=0;msg-param-sub-plan-name=Channel\\sSubscription\\s(alice);msg-param-sub-plan=1000;msg-param-was-gifted=false;room-id=100000001;subscriber=1;system-msg=Bob\\ssubscribed\\sat\\sTier\\s1.\\sThey've\\ssubscribed\\sfor\\s6\\smonths!;tmi-sent-ts=0;user-id=100000002;user-type=;vip=0 :tmi.twitch.tv USERNOTICE #alice :half a year Kappa`,
    ]);
  });

  test("one gift", () => {
    expect(see({ kind: "gifted", channel, by: bob, to: [carol], tier: "3000" })).toEqual([
      `@badge-info=;badges=;${STATE};display-name=Bob;emotes=;flags=;id=UUID;login=bob;mod=0;msg-id=subgift;msg-param-gift-months=1;msg-param-months=1;msg-param-origin-id=GIFT;msg-param-recipient-display-name=Carol;msg-param-recipient-id=100000003;msg-param-recipient-user-name=carol;msg-param-sender-count=1;msg-param-sub-plan-name=Channel\\sSubscription\\s(alice);msg-param-sub-plan=3000;room-id=100000001;subscriber=0;system-msg=Bob\\sgifted\\sa\\sTier\\s3\\ssub\\sto\\sCarol!;tmi-sent-ts=0;user-id=100000002;user-type=;vip=0 :tmi.twitch.tv USERNOTICE #alice`,
    ]);
  });

  test("several gifts: one announcement, then each under the same id", () => {
    const lines = see({
      kind: "gifted",
      channel,
      by: bob,
      to: [carol, world.getUser("kissbot")],
      tier: "1000",
    });
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe(
      `@badge-info=;badges=;${STATE};display-name=Bob;emotes=;flags=;id=UUID;login=bob;mod=0;msg-id=submysterygift;msg-param-community-gift-id=GIFT;msg-param-mass-gift-count=2;msg-param-origin-id=GIFT;msg-param-sender-count=2;msg-param-sub-plan=1000;room-id=100000001;subscriber=0;system-msg=Bob\\sis\\sgifting\\s2\\sTier\\s1\\sSubs\\sto\\sAlice's\\scommunity!\\sThey've\\sgifted\\sa\\stotal\\sof\\s2\\sin\\sthe\\schannel!;tmi-sent-ts=0;user-id=100000002;user-type=;vip=0 :tmi.twitch.tv USERNOTICE #alice`,
    );
    expect(lines[1]).toContain("msg-id=subgift;msg-param-community-gift-id=GIFT;");
    expect(lines[1]).toContain("msg-param-recipient-user-name=carol;msg-param-sender-count=0;");
    expect(lines[2]).toContain("msg-param-recipient-user-name=kissbot;msg-param-sender-count=0;");
  });

  test("gifts add up per giver and channel", () => {
    see({ kind: "gifted", channel, by: bob, to: [carol, world.getUser("kissbot")], tier: "1000" });
    const [line] = see({ kind: "gifted", channel, by: bob, to: [carol], tier: "1000" });
    expect(line).toContain("msg-param-sender-count=3;");
    expect(line).toContain("They\\shave\\sgiven\\s3\\sGift\\sSubs\\sin\\sthe\\schannel!;");
  });

  test("an anonymous gift", () => {
    expect(see({ kind: "gifted", channel, by: undefined, to: [carol], tier: "1000" })).toEqual([
      "@badge-info=;badges=;color=;display-name=AnAnonymousGifter;emotes=;flags=;id=UUID;login=ananonymousgifter;mod=0;msg-id=subgift;msg-param-fun-string=FunStringOne;msg-param-gift-months=1;msg-param-months=1;msg-param-origin-id=GIFT;msg-param-recipient-display-name=Carol;msg-param-recipient-id=100000003;msg-param-recipient-user-name=carol;msg-param-sub-plan-name=Channel\\sSubscription\\s(alice);msg-param-sub-plan=1000;room-id=100000001;subscriber=0;system-msg=An\\sanonymous\\suser\\sgifted\\sa\\sTier\\s1\\ssub\\sto\\sCarol!;tmi-sent-ts=0;user-id=274598607;user-type=;vip=0 :tmi.twitch.tv USERNOTICE #alice",
    ]);
  });

  test("a raid", () => {
    expect(see({ kind: "raided", from: world.getChannel("bob"), to: channel, viewers: 15 })).toEqual([
      `@badge-info=;badges=;${STATE};display-name=Bob;emotes=;flags=;id=UUID;login=bob;mod=0;msg-id=raid;msg-param-displayName=Bob;msg-param-login=bob;msg-param-profileImageURL=https://static-cdn.jtvnw.net/user-default-pictures-uv/simulated-profile_image-70x70.png;msg-param-viewerCount=15;room-id=100000001;subscriber=0;system-msg=15\\sraiders\\sfrom\\sBob\\shave\\sjoined!;tmi-sent-ts=0;user-id=100000002;user-type=;vip=0 :tmi.twitch.tv USERNOTICE #alice`,
    ]);
  });

  test("an announcement", () => {
    channel.moderators.add(bob.id);
    expect(see({ kind: "announcement", channel, by: bob, text: "big news", color: "purple" })).toEqual([
      `@badge-info=;badges=moderator/1;${STATE};display-name=Bob;emotes=;flags=;id=UUID;login=bob;mod=1;msg-id=announcement;msg-param-color=PURPLE;room-id=100000001;subscriber=0;system-msg=;tmi-sent-ts=0;user-id=100000002;user-type=mod;vip=0 :tmi.twitch.tv USERNOTICE #alice :big news`,
    ]);
  });

  test("an anonymous cheer is a message of Twitch's own account", () => {
    const [line] = see({ kind: "cheered", channel, user: undefined, bits: 50, text: "Anon50 hi" });
    expect(line).toContain(";bits=50;");
    expect(line).toContain(
      " :ananonymouscheerer!ananonymouscheerer@ananonymouscheerer.tmi.twitch.tv PRIVMSG #alice :Anon50 hi",
    );
  });

  test("of everything else nothing", () => {
    const others: readonly Happening[] = [
      { kind: "subscribed", channel, user: bob, tier: "1000", months: 1, text: "", isGift: true },
      { kind: "cheered", channel, user: bob, bits: 1, text: "Cheer1" },
      { kind: "followed", channel, user: bob, at: 0 },
      { kind: "user-unbanned", channel, user: bob, by: channel.owner },
      { kind: "stream-offline", channel },
      { kind: "moderator-added", channel, user: bob },
      { kind: "token-expired", accessToken: "x" },
    ];
    expect(others.flatMap(see)).toEqual([]);
  });
});
