import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Sim, startSim } from "../server.ts";

let sim: Sim;
beforeAll(async () => {
  sim = await startSim({
    scenario: {
      applications: [{ clientId: "app", clientSecret: "secret" }, { clientId: "public" }],
      users: [{ login: "bot" }],
      channels: [{ login: "alice", moderators: ["bot"] }, { login: "bob" }],
      script: [{ at: "0ms", do: "follow", channel: "bob", user: "fan" }],
    },
  });
});
afterAll(() => sim.stop());

async function ask(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${sim.httpUrl}/sim${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const post = (path: string, body?: unknown) => ask("POST", path, body);

test.each([
  ["/chat", { channel: "alice", user: "viewer" }, ['"text" is missing.']],
  [
    "/chat",
    { channel: "alice", user: "a b", text: "" },
    [
      '"user" is "a b": a login has 1 to 25 letters, digits and underscores.',
      '"text" is "": the text may not be empty.',
    ],
  ],
  [
    "/chat",
    { channel: "alice", user: "viewer", text: "x", colour: "red" },
    ['"colour" is not a known key here.'],
  ],
  ["/chat", "{", [expect.stringContaining("The body is no JSON")]],
  ["/channels/alice/timeout", { user: "viewer" }, ['"seconds" is missing.']],
  ["/channels/alice/online", { viewers: -1 }, ['"viewers" is -1: 0 or more is needed.']],
  ["/faults", { do: "cut", place: "helix" }, ['"place" is "helix", expected "irc" or "eventsub".']],
  ["/faults", [{ do: "drop", place: "irc", share: 2 }], ['"[0].share" is 2: a share lies between 0 and 1.']],
  ["/clock", { speed: 0 }, ['"speed" is 0: the speed must be above 0.']],
  ["/users", {}, ['"login" is missing.']],
  ["/tokens", { clientId: "nobody" }, ['There is no application "nobody".']],
])("POST %s %j is explained", async (path, body, problems) => {
  expect(await post(path, body)).toEqual({ status: 400, body: { error: expect.any(String), problems } });
});

test.each([
  ["POST", "/channels/nobody/online", 'There is no user with login or id "nobody" in this simulation.'],
  [
    "POST",
    "/channels/alice/dance",
    expect.stringContaining('There is no "dance"; there are online, offline,'),
  ],
  ["GET", "/lines?channel=nobody", 'There is no user with login or id "nobody" in this simulation.'],
  ["GET", "/nothing", "There is no GET /sim/nothing; GET /sim lists what there is."],
])("%s %s is not found", async (method, path, error) => {
  expect(await ask(method, path)).toEqual({ status: 404, body: { error } });
});

test("somebody unknown can speak at once, and is answered by id, login or last", async () => {
  const said = await post("/chat", { channel: "alice", user: "newcomer", text: "hello" });
  const { line } = said.body as { line: { id: string } };
  expect(said).toEqual({
    status: 200,
    body: { is: "sent", line: expect.objectContaining({ user: "newcomer", text: "hello", replyTo: null }) },
  });
  for (const replyTo of [line.id, "newcomer"]) {
    const answered = await post("/chat", { channel: "alice", user: "bot", text: "hi", replyTo });
    expect(answered.body).toMatchObject({ line: { replyTo: line.id } });
  }
  expect(await post("/chat", { channel: "alice", user: "bot", text: "hi", replyTo: "nobody" })).toMatchObject(
    { status: 404 },
  );
  const lines = await ask("GET", "/lines?channel=alice&count=1");
  expect(lines.body).toMatchObject({ lines: [{ user: "bot", replyTo: line.id }] });
});

test("viewers obey the same rules as anybody", async () => {
  await post("/channels/bob/settings", { subscribersOnly: true });
  expect((await post("/chat", { channel: "bob", user: "guest", text: "hi" })).body).toMatchObject({
    is: "dropped",
    code: "msg_subsonly",
  });
  await post("/channels/bob/settings", { subscribersOnly: false });
});

test.each<[string, object, string]>([
  ["alice/online", { title: "Hi", game: "Chess", viewers: 7 }, "stream-online"],
  ["alice/update", { title: "Ho" }, "channel-updated"],
  ["alice/follow", { user: "fan" }, "followed"],
  ["alice/subscribe", { user: "fan", tier: 2, months: 3, text: "yay" }, "subscribed"],
  ["alice/gift", { by: "fan", count: 3 }, "gifted"],
  ["alice/cheer", { user: "fan", bits: 100 }, "cheered"],
  ["alice/cheer", { bits: 1 }, "cheered"],
  ["alice/raid", { to: "bob", viewers: 9 }, "raided"],
  ["alice/redeem", { user: "fan", reward: "Hydrate", input: "drink!" }, "redeemed"],
  ["alice/timeout", { user: "fan", seconds: 5 }, "user-banned"],
  ["alice/ban", { user: "fan", by: "bot", reason: "x" }, "user-banned"],
  ["alice/unban", { user: "fan" }, "user-unbanned"],
  ["alice/moderator", { user: "fan" }, "moderator-added"],
  ["alice/moderator", { user: "fan", remove: true }, "moderator-removed"],
  ["alice/vip", { user: "fan" }, "vip-added"],
  ["alice/settings", { slowSeconds: 5, followersOnlyMinutes: null }, "chat-settings-changed"],
  ["alice/announce", { text: "hear ye", color: "blue" }, "announcement"],
  ["alice/shoutout", { to: "bob" }, "shouted-out"],
  ["alice/delete", { line: "last" }, "message-deleted"],
  ["alice/clear", {}, "chat-cleared"],
  ["alice/offline", {}, "stream-offline"],
])("POST /sim/channels/%s %j makes it happen", async (path, body, kind) => {
  // The simulated viewers' pace is a rule, too: two lines within a second would be one too many.
  sim.world.clock.advance(2_000);
  const kinds: string[] = [];
  const stop = sim.world.onHappening((happening) => kinds.push(happening.kind));
  const answer = await post(`/channels/${path}`, body);
  stop();
  expect(answer.status).toBe(200);
  expect(kinds).toContain(kind);
});

test("what cannot be done is refused with a reason", async () => {
  expect(await post("/channels/bob/offline")).toEqual({
    status: 409,
    body: { is: "refused", because: "bob is not live" },
  });
});

test("people, applications and tokens can be made", async () => {
  expect((await post("/users", { login: "Newbie", color: "#00FF00" })).body).toMatchObject({
    isNew: true,
    user: { login: "newbie", displayName: "Newbie" },
  });
  expect((await post("/applications", { name: "Mine" })).body).toMatchObject({
    clientId: expect.any(String),
    clientSecret: expect.any(String),
  });
  const token = await post("/tokens", {
    clientId: "app",
    user: "bot",
    scopes: ["chat:read"],
    lifetimeSeconds: 60,
  });
  const validated = await fetch(`${sim.httpUrl}/oauth2/validate`, {
    headers: { authorization: `OAuth ${token.body.accessToken}` },
  });
  expect(await validated.json()).toMatchObject({
    login: "bot",
    scopes: ["chat:read"],
    expires_in: expect.any(Number),
  });
});

test("an event the simulation has no happening for is sent to whoever subscribed", async () => {
  const event = { type: "channel.poll.begin", about: { broadcaster_user_id: "1" }, event: { id: "1" } };
  expect((await post("/eventsub", event)).body).toEqual({ is: "delivered", to: 0 });
  expect((await post("/eventsub", { ...event, type: "channel.nonsense" })).body).toMatchObject({
    problems: ["there is no subscription type channel.nonsense version 1."],
  });
});

test("a device is approved by a person", async () => {
  const form = new URLSearchParams({ client_id: "public", scopes: "chat:read" });
  const device = (await (
    await fetch(`${sim.httpUrl}/oauth2/device`, { method: "POST", body: form })
  ).json()) as { user_code: string };
  expect((await ask("GET", "/state")).body).toMatchObject({
    devicesWaiting: [{ userCode: device.user_code }],
  });
  expect((await post("/device/approve", { userCode: "WRONG", user: "bot" })).status).toBe(409);
  expect((await post("/device/approve", { userCode: device.user_code, user: "bot" })).body).toEqual({
    is: "done",
  });
});

test("faults strike tokens", async () => {
  const { body } = await post("/tokens", { clientId: "app", user: "bob" });
  const validate = async () =>
    (
      await fetch(`${sim.httpUrl}/oauth2/validate`, {
        headers: { authorization: `OAuth ${body.accessToken}` },
      })
    ).status;
  expect(await validate()).toBe(200);
  expect((await post("/faults", [{ do: "expire-token", user: "bob" }])).body).toEqual({
    is: "done",
    applied: 1,
  });
  expect(await validate()).toBe(401);
});

test("an application's own tokens can be struck, too", async () => {
  const own = (await post("/tokens", { clientId: "app" })).body.accessToken;
  const bobs = (await post("/tokens", { clientId: "app", user: "bob" })).body.accessToken;
  const validate = async (token: unknown) =>
    (await fetch(`${sim.httpUrl}/oauth2/validate`, { headers: { authorization: `OAuth ${token}` } })).status;
  await post("/faults", { do: "expire-app-token", clientId: "app" });
  expect([await validate(own), await validate(bobs)]).toEqual([401, 200]);
});

test("a fault that counts requests is ended by a count of 0, and no other with it", async () => {
  const ask503 = (path: string, count: unknown) =>
    post("/faults", { do: "answer", place: "id", status: 503, path, count });
  const status = async () => (await fetch(`${sim.httpUrl}/oauth2/validate`)).status;
  await ask503("/validate", "all");
  await ask503("", "all");
  expect(await status()).toBe(503);
  await ask503("/validate", 0);
  expect(await status()).toBe(503);
  await ask503("", 0);
  expect(await status()).toBe(401);
});

test("the clock jumps and runs faster", async () => {
  const before = sim.world.clock.now();
  expect((await post("/clock", { advanceMs: 60_000, speed: 2 })).body).toMatchObject({ speed: 2 });
  expect(sim.world.clock.now() - before).toBeGreaterThanOrEqual(60_000);
  await post("/clock", { speed: 1 });
});

test("the script is started once, and seen in the state", async () => {
  expect((await ask("GET", "/state")).body).toMatchObject({ script: { is: "not-started", steps: 1 } });
  const followed = new Promise<void>((resolve) => {
    const stop = sim.world.onHappening(({ kind }) => {
      if (kind !== "followed") return;
      stop();
      resolve();
    });
  });
  expect((await post("/script/start")).status).toBe(200);
  await followed;
  expect((await ask("GET", "/state")).body).toMatchObject({
    script: { is: "finished", stepsDone: 1 },
    channels: expect.arrayContaining([expect.objectContaining({ login: "bob", followers: 1 })]),
  });
});

test("the feed tells live what happens", async () => {
  const hangUp = new AbortController();
  const { body } = await fetch(`${sim.httpUrl}/sim/feed?channel=bob`, { signal: hangUp.signal });
  if (!body) throw new Error("the feed has no body");
  const lines = createInterface({ input: Readable.fromWeb(body) })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value ?? "null") as unknown;
  expect(await next()).toMatchObject({ kind: "feed-opened" });
  await post("/channels/alice/follow", { user: "another_fan" });
  await post("/channels/bob/online", { title: "Now" });
  expect(await next()).toMatchObject({ kind: "channel-updated", channel: "bob" });
  expect(await next()).toMatchObject({ kind: "stream-online", channel: "bob" });
  hangUp.abort();
});
