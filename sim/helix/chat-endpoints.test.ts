import { afterEach, beforeEach, expect, test } from "vitest";
import { goLive } from "../world/operations.ts";
import { type HelixOnTrial, openHelixOnTrial } from "./helix-on-trial.ts";

let helix: HelixOnTrial;
beforeEach(() => {
  helix = openHelixOnTrial();
});
afterEach(() => helix.close());

const refusal = (status: number, error: string, message: string) => ({ error, status, message });
const badRequest = (message: string) => refusal(400, "Bad Request", message);
const asMod = (path: string) => `${path}?broadcaster_id=${helix.alice.id}&moderator_id=${helix.bot.id}`;

test("chat messages: sent, then dropped as a duplicate", async () => {
  const token = helix.tokenFor(helix.viewer, "user:write:chat");
  const body = { broadcaster_id: helix.alice.id, sender_id: helix.viewer.id, message: "hello" };
  const sent = await helix.ask("POST", "/chat/messages", { token, body });
  const line = helix.world.getChannel("alice").lines.at(-1);
  expect(sent.body).toEqual({ data: [{ message_id: line?.id, is_sent: true }] });
  expect(line).toMatchObject({ text: "hello", hasBotBadge: false });
  helix.world.clock.advance(2_000);
  const again = await helix.ask("POST", "/chat/messages", { token, body });
  expect([again.status, again.body]).toEqual([
    200,
    {
      data: [
        {
          message_id: "",
          is_sent: false,
          drop_reason: { code: "msg_duplicate", message: expect.any(String) },
        },
      ],
    },
  ]);
});

test.each([
  ["a message that is too long", { message: "x".repeat(501) }, 422, "The message is too large."],
  ["no message", { message: undefined }, 400, 'Missing required parameter "message"'],
  ["an empty message", { message: "  " }, 400, 'Missing required parameter "message"'],
  [
    "a reply to nothing",
    { reply_parent_message_id: "1" },
    400,
    "The request's input was not valid. Message cannot be replied to.",
  ],
  [
    "for_source_only",
    { for_source_only: true },
    400,
    "Cannot set for_source_only if User Access Token is used.",
  ],
  [
    "an unknown channel",
    { broadcaster_id: "1" },
    400,
    "The ID in the broadcaster_id query parameter is not valid.",
  ],
])("chat messages: refuses %s", async (_, change, status, message) => {
  const token = helix.tokenFor(helix.bot, "user:write:chat");
  const body = { broadcaster_id: helix.alice.id, sender_id: helix.bot.id, message: "hello", ...change };
  const answer = await helix.ask("POST", "/chat/messages", { token, body });
  expect([answer.status, answer.body]).toEqual([status, expect.objectContaining({ status, message })]);
});

test("chat messages: a banned sender is forbidden, a timed out one is told without the time", async () => {
  const token = helix.tokenFor(helix.viewer, "user:write:chat");
  const body = { broadcaster_id: helix.alice.id, sender_id: helix.viewer.id, message: "hello" };
  const { banned } = helix.world.getChannel("alice");
  banned.set(helix.viewer.id, helix.world.clock.now() + 60_000);
  expect((await helix.ask("POST", "/chat/messages", { token, body })).body).toMatchObject({
    data: [
      {
        is_sent: false,
        drop_reason: { code: "user_timed_out", message: "You are timed out from talking in the room." },
      },
    ],
  });
  banned.set(helix.viewer.id, undefined);
  expect((await helix.ask("POST", "/chat/messages", { token, body })).body).toEqual(
    refusal(
      403,
      "Forbidden",
      "The sender is not permitted to send chat messages to the broadcaster's chat room.",
    ),
  );
});

test("chat messages: an app token needs the grants of both sides and gives the bot badge", async () => {
  const token = helix.appToken();
  const send = () =>
    helix.ask("POST", "/chat/messages", {
      token,
      body: { broadcaster_id: helix.alice.id, sender_id: helix.viewer.id, message: "beep" },
    });
  expect((await send()).body).toEqual(
    refusal(
      401,
      "Unauthorized",
      "The sender must have authorized the app with the user:write:chat and user:bot scopes.",
    ),
  );
  helix.tokenFor(helix.viewer, "user:write:chat", "user:bot");
  expect((await send()).body).toEqual(
    refusal(401, "Unauthorized", "The broadcaster must have authorized the app with the channel:bot scope."),
  );
  helix.tokenFor(helix.alice, "channel:bot");
  expect((await send()).body).toMatchObject({ data: [{ is_sent: true }] });
  expect(helix.world.getChannel("alice").lines.at(-1)?.hasBotBadge).toBe(true);
});

test("chat settings: changed by moderators, the delay shown only to them", async () => {
  const token = helix.tokenFor(helix.bot, "moderator:manage:chat_settings");
  const body = {
    slow_mode: true,
    slow_mode_wait_time: 10,
    follower_mode: true,
    emote_mode: true,
    non_moderator_chat_delay: true,
    non_moderator_chat_delay_duration: 4,
  };
  const changed = await helix.ask("PATCH", asMod("/chat/settings"), { token, body });
  const shown = {
    broadcaster_id: helix.alice.id,
    emote_mode: true,
    follower_mode: true,
    follower_mode_duration: 0,
    slow_mode: true,
    slow_mode_wait_time: 10,
    subscriber_mode: false,
    unique_chat_mode: false,
  };
  const privileged = {
    ...shown,
    moderator_id: helix.bot.id,
    non_moderator_chat_delay: true,
    non_moderator_chat_delay_duration: 4,
  };
  expect(changed.body).toEqual({ data: [privileged] });
  expect((await helix.ask("GET", asMod("/chat/settings"), { token })).body).toEqual({ data: [privileged] });
  const publicly = await helix.ask("GET", `/chat/settings?broadcaster_id=${helix.alice.id}`, {
    token: helix.appToken(),
  });
  expect(publicly.body).toEqual({ data: [shown] });
  const off = await helix.ask("PATCH", asMod("/chat/settings"), {
    token,
    body: { slow_mode: false, follower_mode: false },
  });
  expect(off.body).toMatchObject({
    data: [
      { slow_mode: false, slow_mode_wait_time: null, follower_mode: false, follower_mode_duration: null },
    ],
  });
});

test.each([
  [
    { slow_mode: true, slow_mode_wait_time: 2 },
    "The value in slow_mode_wait_time must be in the range 3 through 120.",
  ],
  [
    { follower_mode: true, follower_mode_duration: 129_601 },
    "The value in follower_mode_duration must be in the range 0 through 129600.",
  ],
  [{ slow_mode_wait_time: 10 }, "slow_mode must be set to true to update slow_mode_wait_time."],
  [{ emote_mode: "yes" }, expect.stringContaining('The parameter "emote_mode" was malformed')],
])("chat settings: refuses %j", async (body, message) => {
  const token = helix.tokenFor(helix.bot, "moderator:manage:chat_settings");
  expect((await helix.ask("PATCH", asMod("/chat/settings"), { token, body })).body).toMatchObject({
    status: 400,
    message,
  });
});

test("announcements: a colour of Twitch's, a text, cut at 500", async () => {
  const token = helix.tokenFor(helix.bot, "moderator:manage:announcements");
  const post = (body: object) => helix.ask("POST", asMod("/chat/announcements"), { token, body });
  expect((await post({ message: "x".repeat(600), color: "purple" })).status).toBe(204);
  expect(helix.happened.at(-1)).toMatchObject({
    kind: "announcement",
    color: "purple",
    text: "x".repeat(500),
  });
  expect((await post({ message: " " })).body).toEqual(
    badRequest("The message field may not contain an empty string."),
  );
  expect((await post({ message: "hi", color: "pink" })).body).toEqual(
    badRequest("The specified color is not valid."),
  );
  expect(
    (
      await helix.ask("POST", asMod("/chat/announcements"), {
        token: helix.appToken(),
        body: { message: "hi" },
      })
    ).status,
  ).toBe(401);
});

test("shoutouts: live only, never oneself, two minutes between any, an hour between the same", async () => {
  const token = helix.tokenFor(helix.bot, "moderator:manage:shoutouts");
  const post = (to: string) =>
    helix.ask(
      "POST",
      `/chat/shoutouts?from_broadcaster_id=${helix.alice.id}&to_broadcaster_id=${to}&moderator_id=${helix.bot.id}`,
      { token },
    );
  expect((await post(helix.alice.id)).body).toEqual(
    badRequest("The broadcaster may not give themselves a Shoutout."),
  );
  expect((await post(helix.viewer.id)).body).toEqual(
    badRequest("The broadcaster is not streaming live or does not have one or more viewers."),
  );
  goLive(helix.world, helix.world.getChannel("alice"), { viewers: 5 });
  expect((await post(helix.viewer.id)).status).toBe(204);
  expect((await post(helix.bot.id)).status).toBe(429);
  helix.world.clock.advance(120_000);
  expect((await post(helix.viewer.id)).body).toEqual(
    refusal(
      429,
      "Too Many Requests",
      "The broadcaster may not give another Shoutout to the specified streamer until the cooldown period expires.",
    ),
  );
  expect((await post(helix.bot.id)).status).toBe(204);
  helix.world.clock.advance(3_600_000);
  expect((await post(helix.viewer.id)).status).toBe(204);
});
