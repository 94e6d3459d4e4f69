import { afterEach, beforeEach, expect, test } from "vitest";
import { type HelixOnTrial, openHelixOnTrial } from "./helix-on-trial.ts";

let helix: HelixOnTrial;
beforeEach(() => {
  helix = openHelixOnTrial();
});
afterEach(() => helix.close());

const refusal = (status: number, error: string, message: string) => ({ error, status, message });
const badRequest = (message: string) => refusal(400, "Bad Request", message);
const asMod = (path: string) => `${path}?broadcaster_id=${helix.alice.id}&moderator_id=${helix.bot.id}`;
const kinds = () => helix.happened.map(({ kind }) => kind).filter((kind) => kind !== "authorization-granted");

test("chatters: for moderators; the moderator must be the token's user and really moderate", async () => {
  helix.world.getChannel("alice").chatters.set(helix.viewer.id, 1);
  const token = helix.tokenFor(helix.bot, "moderator:read:chatters");
  expect((await helix.ask("GET", asMod("/chat/chatters"), { token })).body).toEqual({
    data: [{ user_id: helix.viewer.id, user_login: "viewer", user_name: "viewer" }],
    pagination: {},
    total: 1,
  });
  const asSomebody = await helix.ask(
    "GET",
    `/chat/chatters?broadcaster_id=${helix.alice.id}&moderator_id=${helix.viewer.id}`,
    { token },
  );
  expect(asSomebody.status).toBe(401);
  const elsewhere = `/chat/chatters?broadcaster_id=${helix.viewer.id}&moderator_id=${helix.bot.id}`;
  expect((await helix.ask("GET", elsewhere, { token })).body).toEqual(
    refusal(403, "Forbidden", "The user in moderator_id is not one of the broadcaster's moderators."),
  );
});

test("moderators and moderated channels", async () => {
  const token = helix.tokenFor(helix.alice, "moderation:read");
  const answer = await helix.ask("GET", `/moderation/moderators?broadcaster_id=${helix.alice.id}`, { token });
  expect(answer.body).toMatchObject({ data: [{ user_login: "kissbot" }] });
  const botToken = helix.tokenFor(helix.bot, "user:read:moderated_channels");
  const channels = await helix.ask("GET", `/moderation/channels?user_id=${helix.bot.id}`, {
    token: botToken,
  });
  expect(channels.body).toEqual({
    data: [{ broadcaster_id: helix.alice.id, broadcaster_login: "alice", broadcaster_name: "Alice" }],
    pagination: {},
  });
});

test("bans: timeout, ban, already banned, unban, not banned", async () => {
  const token = helix.tokenFor(helix.bot, "moderator:manage:banned_users");
  const post = (data: object) => helix.ask("POST", asMod("/moderation/bans"), { token, body: { data } });
  const unban = () =>
    helix.ask("DELETE", `${asMod("/moderation/bans")}&user_id=${helix.viewer.id}`, { token });
  expect((await post({ user_id: helix.viewer.id, duration: 60, reason: "spam" })).body).toEqual({
    data: [
      {
        broadcaster_id: helix.alice.id,
        moderator_id: helix.bot.id,
        user_id: helix.viewer.id,
        created_at: "2026-11-21T12:00:00Z",
        end_time: "2026-11-21T12:01:00Z",
      },
    ],
  });
  expect((await post({ user_id: helix.viewer.id })).body).toMatchObject({ data: [{ end_time: null }] });
  expect((await post({ user_id: helix.viewer.id })).body).toEqual(
    badRequest("The user specified in the user_id field is already banned."),
  );
  expect((await unban()).status).toBe(204);
  expect((await unban()).body).toEqual(badRequest("The user in the user_id query parameter is not banned."));
  expect(kinds()).toEqual(["user-banned", "user-banned", "user-unbanned"]);
});

test("bans: nobody bans the broadcaster or another moderator; durations have limits", async () => {
  const token = helix.tokenFor(helix.bot, "moderator:manage:banned_users");
  const post = async (data: object) =>
    (await helix.ask("POST", asMod("/moderation/bans"), { token, body: { data } })).body;
  helix.world.getChannel("alice").moderators.add(helix.viewer.id);
  const notBannable = badRequest("The user specified in the user_id field may not be banned.");
  expect(await post({ user_id: helix.alice.id })).toEqual(notBannable);
  expect(await post({ user_id: helix.viewer.id })).toEqual(notBannable);
  expect(await post({ user_id: helix.viewer.id, duration: 1_209_601 })).toEqual(
    badRequest("The value in the duration field is not valid."),
  );
  expect(await post({ duration: 1 })).toEqual(badRequest('Missing required parameter "data.user_id"'));
});

test("delete chat: one message, then everything; moderators' own lines are safe from each other", async () => {
  const token = helix.tokenFor(helix.bot, "moderator:manage:chat_messages", "user:write:chat");
  const say = async (user: typeof helix.viewer, message: string) => {
    const answer = await helix.ask("POST", "/chat/messages", {
      token: helix.tokenFor(user, "user:write:chat"),
      body: { broadcaster_id: helix.alice.id, sender_id: user.id, message },
    });
    return (answer.body as { data: [{ message_id: string }] }).data[0].message_id;
  };
  const remove = (id: string) =>
    helix.ask("DELETE", `${asMod("/moderation/chat")}&message_id=${id}`, { token });
  const [theirs, hers] = [await say(helix.viewer, "oops"), await say(helix.alice, "mine")];
  expect((await remove(theirs)).status).toBe(204);
  expect((await remove(theirs)).status).toBe(404);
  expect((await remove(hers)).body).toEqual(badRequest("You may not delete the broadcaster's messages."));
  expect((await helix.ask("DELETE", asMod("/moderation/chat"), { token })).status).toBe(204);
  expect(helix.world.getChannel("alice").lines).toEqual([]);
  expect(kinds().filter((kind) => kind !== "chat-message")).toEqual(["message-deleted", "chat-cleared"]);
});
