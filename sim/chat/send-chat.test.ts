import { afterEach, beforeEach, expect, test } from "vitest";
import { CHANNEL_LINES_KEPT, type Channel, type User, type World } from "../world/world.ts";
import { type ChatAttempt, sendChat } from "./send-chat.ts";
import { makeTestWorld } from "./test-house.ts";

let world: World;
let channel: Channel;
let bob: User;

beforeEach(() => {
  world = makeTestWorld();
  channel = world.getChannel("alice");
  bob = world.getUser("bob");
});
afterEach(() => world.clock.stop());

const send = (text: string, more: Partial<ChatAttempt> = {}) =>
  sendChat(world, { channel, sender: bob, text, via: "irc", hasAppToken: false, ...more });
const codeOf = (outcome: ReturnType<typeof sendChat>) => (outcome.is === "sent" ? "sent" : outcome.code);

test("a sent line is kept and announced", () => {
  const seen: string[] = [];
  world.onHappening((happening) => seen.push(happening.kind));
  const outcome = send("  hello   world ");
  expect(outcome).toMatchObject({
    is: "sent",
    line: { text: "hello world", user: bob, isFirst: true, bits: 0 },
  });
  expect(channel.lines).toHaveLength(1);
  expect(seen).toEqual(["chat-message"]);
});

test("a refused line is neither kept nor announced", () => {
  channel.settings.subscribersOnly = true;
  world.onHappening(() => expect.unreachable());
  expect(codeOf(send("hello"))).toBe("msg_subsonly");
  expect(channel.lines).toEqual([]);
});

test("a channel keeps only its last lines", () => {
  channel.vips.add(bob.id);
  for (let sent = 0; sent < CHANNEL_LINES_KEPT + 20; sent += 1) {
    if (sent % 90 === 0) world.clock.advance(31_000);
    expect(codeOf(send(`line ${sent}`))).toBe("sent");
  }
  expect(channel.lines).toHaveLength(CHANNEL_LINES_KEPT);
  expect(channel.lines[0]?.text).toBe("line 20");
});

test("the budget is one for every channel, for IRC and for Helix", () => {
  const rooms = ["alice", "carol", "kissbot"].map((login) => world.getChannel(login));
  const codes = Array.from({ length: 21 }, (_, turn) => {
    if (turn % 3 === 0) world.clock.advance(1000);
    return codeOf(
      send(`line ${turn}`, { channel: rooms[turn % 3] ?? channel, via: turn % 2 ? "irc" : "helix" }),
    );
  });
  expect(codes.slice(0, 20).every((code) => code === "sent")).toBe(true);
  expect(send("over", {})).toMatchObject({ code: "msg_ratelimit", isSilent: true });
  world.clock.advance(60_000);
  expect(codeOf(send("still ignored"))).toBe("msg_ratelimit");
  channel.moderators.add(bob.id);
  expect(codeOf(send("but heard where a moderator"))).toBe("sent");
  channel.moderators.delete(bob.id);
  world.clock.advance(3_600_000);
  expect(codeOf(send("forgiven"))).toBe("sent");
});

test("a refused attempt costs as much as a sent one", () => {
  channel.settings.subscribersOnly = true;
  for (let turn = 0; turn < 20; turn += 1) expect(codeOf(send("no"))).toBe("msg_subsonly");
  expect(send("no")).toMatchObject({ code: "msg_ratelimit", isSilent: true });
});

test("duplicates are compared as they would arrive", () => {
  expect(codeOf(send("hello world"))).toBe("sent");
  world.clock.advance(2_000);
  expect(codeOf(send(" hello    world "))).toBe("msg_duplicate");
  expect(codeOf(send("hello world!"))).toBe("sent");
  world.clock.advance(2_000);
  expect(codeOf(send("hello world"))).toBe("sent");
});

test("the pace is one message a second in each channel", () => {
  expect(codeOf(send("a"))).toBe("sent");
  expect(codeOf(send("b", { channel: world.getChannel("carol") }))).toBe("sent");
  expect(send("c")).toMatchObject({ code: "msg_ratelimit", isSilent: false });
  world.clock.advance(1_000);
  expect(codeOf(send("c"))).toBe("sent");
});

test("too long a text is cut over IRC and refused over Helix", () => {
  const text = "😀".repeat(600);
  expect(send(text, { via: "helix" })).toMatchObject({ is: "dropped", code: "msg_too_long" });
  expect(send(text)).toMatchObject({ is: "sent", line: { text: "😀".repeat(500) } });
});

test("an empty text is nothing", () => {
  expect(send("   ")).toMatchObject({ is: "dropped", code: "msg_empty", isSilent: true });
});

test("a reply needs a parent that is still there", () => {
  expect(codeOf(send("yes", { replyToId: "unknown" }))).toBe("invalid_parent");
  const parent = send("who?");
  world.clock.advance(2_000);
  const reply = send("me", { replyToId: parent.is === "sent" ? parent.line.id : "" });
  expect(reply).toMatchObject({ is: "sent", line: { text: "@Bob me", replyTo: { text: "who?" } } });
});

test.each([
  ["helix", true, true],
  ["helix", false, false],
  ["irc", false, false],
] as const)("over %s with app token %s the bot badge is worn: %s", (via, hasAppToken, hasBotBadge) => {
  expect(send("hi", { via, hasAppToken })).toMatchObject({ line: { hasBotBadge } });
});

test("in its own channel a bot wears no bot badge", () => {
  const own = { channel: world.getChannel("bob"), via: "helix", hasAppToken: true } as const;
  expect(send("hi", own)).toMatchObject({ line: { hasBotBadge: false } });
});

test("the modes look at the text, the followers and the lines of the room", () => {
  channel.settings.emoteOnly = true;
  expect(codeOf(send("Kappa hi"))).toBe("msg_emoteonly");
  expect(codeOf(send("Kappa LUL"))).toBe("sent");
  channel.settings.emoteOnly = false;
  channel.settings.followersOnlyMinutes = 5;
  world.clock.advance(2_000);
  expect(codeOf(send("hi"))).toBe("msg_followersonly");
  channel.followers.set(bob.id, world.clock.now() - 60_000);
  expect(codeOf(send("hi"))).toBe("msg_followersonly_followed");
  channel.followers.set(bob.id, world.clock.now() - 300_000);
  expect(codeOf(send("hello everybody"))).toBe("sent");
  channel.settings.followersOnlyMinutes = undefined;
  channel.settings.uniqueChat = true;
  expect(codeOf(send("hello everybody", { sender: world.getUser("carol") }))).toBe("msg_r9k");
});

test("a ban silences until it is over", () => {
  channel.banned.set(bob.id, world.clock.now() + 10_000);
  expect(codeOf(send("hi"))).toBe("msg_timedout");
  world.clock.advance(10_001);
  expect(codeOf(send("hi"))).toBe("sent");
  channel.banned.set(bob.id, undefined);
  expect(codeOf(send("hi again"))).toBe("msg_banned");
});
