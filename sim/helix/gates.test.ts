import { afterEach, beforeEach, expect, test } from "vitest";
import { CLIENT_ID, type HelixOnTrial, openHelixOnTrial } from "./helix-on-trial.ts";

let helix: HelixOnTrial;
beforeEach(() => {
  helix = openHelixOnTrial();
});
afterEach(() => helix.close());

const unauthorized = (message: string) => ({ error: "Unauthorized", status: 401, message });

test.each([
  ["no token", {}, "OAuth token is missing"],
  ["a token without Bearer", { authorization: "OAuth x", "client-id": CLIENT_ID }, "OAuth token is missing"],
  ["no client id", { authorization: "Bearer x" }, "Client ID is missing"],
  ["an unknown token", { authorization: "Bearer x", "client-id": CLIENT_ID }, "Invalid OAuth token"],
])("answers 401 to %s", async (_, headers, message) => {
  const answer = await helix.ask("GET", "/users", { headers });
  expect([answer.status, answer.body]).toEqual([401, unauthorized(message)]);
});

test("answers 401 to somebody else's client id", async () => {
  const token = helix.tokenFor(helix.bot);
  const answer = await helix.ask("GET", "/users", { token, headers: { "client-id": "another" } });
  expect(answer.body).toEqual(unauthorized("Client ID and OAuth token do not match"));
});

test("an expired token is invalid", async () => {
  const token = helix.tokenFor(helix.bot);
  helix.world.clock.advance(5 * 3_600_000);
  expect((await helix.ask("GET", "/users", { token })).body).toEqual(unauthorized("Invalid OAuth token"));
});

test("tells which scope is missing", async () => {
  const path = `/chat/chatters?broadcaster_id=${helix.alice.id}&moderator_id=${helix.bot.id}`;
  const answer = await helix.ask("GET", path, { token: helix.tokenFor(helix.bot, "chat:read") });
  expect(answer.body).toEqual(unauthorized("Missing scope: moderator:read:chatters"));
});

test("an app token is refused where a user must ask", async () => {
  const path = `/chat/chatters?broadcaster_id=${helix.alice.id}&moderator_id=${helix.bot.id}`;
  const answer = await helix.ask("GET", path, { token: helix.appToken() });
  expect(answer.body).toEqual(unauthorized("Missing User OAUTH Token"));
});

test("unknown paths and methods answer 404, without asking for a token", async () => {
  expect((await helix.ask("GET", "/nothing")).body).toEqual({ error: "Not Found", status: 404, message: "" });
  expect((await helix.ask("PUT", "/users")).status).toBe(404);
});

test("every answer carries the rate limit, errors too", async () => {
  const token = helix.tokenFor(helix.bot);
  for (const [path, using] of [
    ["/users", {}],
    ["/nothing", {}],
    ["/streams?type=x", { token }],
    ["/users", { token }],
  ] as const) {
    const { headers } = await helix.ask("GET", path, using);
    expect(headers.get("ratelimit-limit")).toBe("800");
    expect(Number(headers.get("ratelimit-remaining"))).toBeGreaterThan(790);
    expect(Number(headers.get("ratelimit-reset"))).toBeGreaterThan(1_700_000_000);
  }
});

test("the 801st request of a minute is refused, other identities are not", async () => {
  const token = helix.tokenFor(helix.bot);
  for (let asked = 0; asked < 800; asked += 1) {
    expect((await helix.ask("GET", "/users", { token })).status).toBe(200);
  }
  const refused = await helix.ask("GET", "/users", { token });
  expect(refused.body).toEqual({ error: "Too Many Requests", status: 429, message: "Too Many Requests" });
  expect(refused.headers.get("ratelimit-remaining")).toBe("0");
  expect(Number(refused.headers.get("ratelimit-reset"))).toBe(
    Math.floor(helix.world.clock.now() / 1000) + 60,
  );

  expect((await helix.ask("GET", "/users", { token: helix.tokenFor(helix.alice) })).status).toBe(200);
  expect((await helix.ask("GET", "/users?login=alice", { token: helix.appToken() })).status).toBe(200);
  helix.world.clock.advance(75);
  expect((await helix.ask("GET", "/users", { token })).status).toBe(200);
});

test("eventsub routes run behind the same gates", async () => {
  expect((await helix.ask("GET", "/eventsub/subscriptions")).status).toBe(401);
  const answer = await helix.ask("GET", "/eventsub/subscriptions", { token: helix.tokenFor(helix.bot) });
  expect(answer.body).toEqual({ asker: helix.bot.id });
  expect(answer.headers.get("ratelimit-remaining")).toBe("799");
});

test("a body that is too large is refused", async () => {
  const token = helix.tokenFor(helix.bot, "user:write:chat");
  const answer = await helix.ask("POST", "/chat/messages", { token, body: { message: "x".repeat(200_000) } });
  expect(answer.status).toBe(413);
});

test("a fault answers instead, as often as asked, with the headers", async () => {
  helix.faults.apply({ do: "answer", place: "helix", status: 503, path: "/users", count: 1 });
  const token = helix.tokenFor(helix.bot);
  const broken = await helix.ask("GET", "/users", { token });
  expect([broken.status, broken.body]).toEqual([
    503,
    { error: "Service Unavailable", status: 503, message: "" },
  ]);
  expect(broken.headers.get("ratelimit-limit")).toBe("800");
  expect((await helix.ask("GET", "/users", { token })).status).toBe(200);
});

test("a delay holds the answer back on the simulated clock", async () => {
  helix.faults.apply({ do: "delay", place: "helix", ms: 5_000 });
  let isAnswered = false;
  const asked = helix.ask("GET", "/users", { token: helix.tokenFor(helix.bot) }).then((answer) => {
    isAnswered = true;
    return answer;
  });
  helix.world.clock.advance(4_999);
  await Promise.resolve();
  expect(isAnswered).toBe(false);
  helix.world.clock.advance(1);
  expect((await asked).status).toBe(200);
});

test("a 429 by fault says when to come back; a bare one says nothing", async () => {
  const token = helix.tokenFor(helix.bot);
  helix.faults.apply({ do: "answer", place: "helix", status: 429, path: "", count: 1 });
  const limited = await helix.ask("GET", "/users", { token });
  expect(limited.headers.get("ratelimit-remaining")).toBe("0");
  expect(Number(limited.headers.get("ratelimit-reset"))).toBeGreaterThan(helix.world.clock.now() / 1000);
  helix.faults.apply({ do: "answer", place: "helix", status: 429, path: "", count: 1, isBare: true });
  const bare = await helix.ask("GET", "/users", { token });
  expect([bare.status, bare.headers.get("ratelimit-limit")]).toEqual([429, null]);
});
