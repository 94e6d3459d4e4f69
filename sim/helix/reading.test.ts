import { afterEach, beforeEach, expect, test } from "vitest";
import { goLive, updateChannel } from "../world/operations.ts";
import { type HelixOnTrial, openHelixOnTrial } from "./helix-on-trial.ts";

let helix: HelixOnTrial;
beforeEach(() => {
  helix = openHelixOnTrial();
});
afterEach(() => helix.close());

const refusal = (status: number, error: string, message: string) => ({ error, status, message });
const badRequest = (message: string) => refusal(400, "Bad Request", message);
const kinds = () => helix.happened.map(({ kind }) => kind).filter((kind) => kind !== "authorization-granted");

test("users: own, by id and login together, unknown ones left out", async () => {
  const token = helix.tokenFor(helix.bot);
  const own = await helix.ask("GET", "/users", { token });
  expect(own.body).toEqual({
    data: [
      {
        id: helix.bot.id,
        login: "kissbot",
        display_name: "KissBot",
        type: "",
        broadcaster_type: "",
        description: "",
        profile_image_url: expect.stringContaining("300x300"),
        offline_image_url: "",
        view_count: 0,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/),
      },
    ],
  });
  const found = await helix.ask("GET", `/users?id=${helix.alice.id}&login=VIEWER&login=nobody`, { token });
  expect(found.body).toMatchObject({ data: [{ login: "alice" }, { login: "viewer" }] });
});

test("users: the email only with its scope", async () => {
  const answer = await helix.ask("GET", "/users", { token: helix.tokenFor(helix.bot, "user:read:email") });
  expect(answer.body).toMatchObject({ data: [{ email: "kissbot@example.com" }] });
});

test.each([
  ["/users", "Must provide an ID, Login or OAuth Token"],
  ["/users?login=not%20a%20login", "Invalid login names, emails or IDs in request"],
  ["/users?id=abc", "Invalid login names, emails or IDs in request"],
  [
    `/users?${"id=1&".repeat(101)}`,
    'The parameter "id" was malformed: the value must be less than or equal to 100',
  ],
  ["/channels", 'Missing required parameter "broadcaster_id"'],
  ["/games", "The request must specify the id or name or igdb_id query parameter."],
  ["/search/categories", 'Missing required parameter "query"'],
  ["/chat/color", 'Missing required parameter "user_id"'],
  ["/chat/settings", 'Missing required parameter "broadcaster_id"'],
  ["/chat/settings?broadcaster_id=1", "The ID in the broadcaster_id query parameter is not valid."],
])("GET %s complains", async (path, message) => {
  expect((await helix.ask("GET", path, { token: helix.appToken() })).body).toEqual(badRequest(message));
});

test("streams: only live channels, most viewers first, filtered and paged", async () => {
  const token = helix.appToken();
  expect((await helix.ask("GET", "/streams?user_login=alice", { token })).body).toEqual({
    data: [],
    pagination: {},
  });
  goLive(helix.world, helix.world.getChannel("alice"), {
    title: "Hello",
    game: "Chess",
    viewers: 3,
    tags: ["Cosy"],
  });
  goLive(helix.world, helix.world.getChannel("viewer"), { viewers: 9, language: "de" });
  const all = await helix.ask("GET", "/streams", { token });
  expect(all.body).toMatchObject({
    data: [{ user_login: "viewer" }, { user_login: "alice" }],
    pagination: {},
  });
  const one = await helix.ask("GET", `/streams?user_id=${helix.alice.id}`, { token });
  expect(one.body).toEqual({
    data: [
      {
        id: helix.world.getChannel("alice").stream?.id,
        user_id: helix.alice.id,
        user_login: "alice",
        user_name: "Alice",
        game_id: "743",
        game_name: "Chess",
        type: "live",
        title: "Hello",
        viewer_count: 3,
        started_at: "2026-11-21T12:00:00Z",
        language: "en",
        thumbnail_url: "https://static-cdn.jtvnw.net/previews-ttv/live_user_alice-{width}x{height}.jpg",
        tag_ids: [],
        tags: ["Cosy"],
        is_mature: false,
      },
    ],
    pagination: {},
  });
  expect((await helix.ask("GET", "/streams?language=de", { token })).body).toMatchObject({
    data: [{ user_login: "viewer" }],
  });
  expect((await helix.ask("GET", "/streams?first=1", { token })).body).toMatchObject({
    pagination: { cursor: expect.any(String) },
  });
});

test("channels: read by anybody, changed only by the broadcaster", async () => {
  const path = `/channels?broadcaster_id=${helix.alice.id}`;
  const body = { title: "New", game_id: "743", tags: ["Cosy"] };
  const notHers = await helix.ask("PATCH", path, {
    token: helix.tokenFor(helix.bot, "channel:manage:broadcast"),
    body,
  });
  expect(notHers.body).toEqual(
    refusal(
      401,
      "Unauthorized",
      "The ID in broadcaster_id must match the user ID found in the request's OAuth token.",
    ),
  );
  const token = helix.tokenFor(helix.alice, "channel:manage:broadcast");
  expect((await helix.ask("PATCH", path, { token, body })).status).toBe(204);
  expect(kinds()).toEqual(["channel-updated"]);
  const read = await helix.ask("GET", path, { token: helix.appToken() });
  expect(read.body).toMatchObject({
    data: [{ title: "New", game_id: "743", game_name: "Chess", tags: ["Cosy"], delay: 0 }],
  });
});

test.each([
  [{}, "The request must update at least one property."],
  [{ title: "" }, "The title field may not contain an empty string."],
  [{ game_id: "1" }, "The ID in game_id is not valid."],
  [{ tags: ["two words"] }, "A tag in the tags field contains special characters or spaces."],
  [
    { tags: Array.from({ length: 11 }, (_, at) => `t${at}`) },
    "The list in the tags field exceeds the maximum number of tags allowed.",
  ],
])("PATCH channels refuses %j", async (body, message) => {
  const token = helix.tokenFor(helix.alice, "channel:manage:broadcast");
  expect(
    (await helix.ask("PATCH", `/channels?broadcaster_id=${helix.alice.id}`, { token, body })).body,
  ).toEqual(badRequest(message));
});

test("followers: the total for everybody, the list for moderators with the scope", async () => {
  const channel = helix.world.getChannel("alice");
  channel.followers.set(helix.viewer.id, Date.UTC(2026, 0, 1));
  channel.followers.set(helix.bot.id, Date.UTC(2026, 1, 1));
  const path = `/channels/followers?broadcaster_id=${helix.alice.id}`;
  expect((await helix.ask("GET", path, { token: helix.appToken() })).body).toEqual({
    data: [],
    pagination: {},
    total: 2,
  });
  const token = helix.tokenFor(helix.bot, "moderator:read:followers");
  const answer = await helix.ask("GET", path, { token });
  expect(answer.body).toMatchObject({
    data: [{ user_login: "kissbot" }, { user_login: "viewer" }],
    total: 2,
  });
  const one = await helix.ask("GET", `${path}&user_id=${helix.viewer.id}`, { token });
  expect(one.body).toEqual({
    data: [
      {
        user_id: helix.viewer.id,
        user_login: "viewer",
        user_name: "viewer",
        followed_at: "2026-01-01T00:00:00Z",
      },
    ],
    pagination: {},
    total: 2,
  });
});

test("games by id and name, search, and names a scenario made up", async () => {
  const token = helix.appToken();
  updateChannel(helix.world, helix.world.getChannel("alice"), { game: "Watering Plants" });
  const games = await helix.ask("GET", "/games?id=743&name=watering%20plants", { token });
  expect(games.body).toEqual({
    data: [
      { id: "743", name: "Chess", box_art_url: expect.stringContaining("743"), igdb_id: "" },
      {
        id: expect.stringMatching(/^9\d{9}$/),
        name: "Watering Plants",
        box_art_url: expect.any(String),
        igdb_id: "",
      },
    ],
  });
  expect((await helix.ask("GET", "/search/categories?query=chess", { token })).body).toMatchObject({
    data: [{ name: "Chess" }],
  });
});

test("chat colours", async () => {
  const answer = await helix.ask("GET", `/chat/color?user_id=${helix.alice.id}`, { token: helix.appToken() });
  expect(answer.body).toEqual({
    data: [{ user_id: helix.alice.id, user_login: "alice", user_name: "Alice", color: helix.alice.color }],
  });
});
