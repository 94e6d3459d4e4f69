import { Agent } from "undici";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { openHelixServer } from "../../tests/support/helix-server.ts";
import { makeHelixPoints } from "../permits/helix-points.ts";
import { type BearerAnswer, makeHelixCaller } from "./helix-caller.ts";

let server: Awaited<ReturnType<typeof openHelixServer>>;
let agent: Agent;
const clock = makeFakeClock();
beforeEach(async () => {
  server = await openHelixServer();
  agent = new Agent();
});
afterEach(async () => {
  await agent.destroy();
  await server.close();
});

function open(answers: readonly BearerAnswer[] = [{ is: "token", accessToken: "t1" }]) {
  const rejected: string[] = [];
  let given = 0;
  const next = async (): Promise<BearerAnswer> => answers[given++] ?? { is: "away", problem: "no more" };
  const caller = makeHelixCaller({
    baseUrl: server.baseUrl,
    clientId: "client",
    bearer: {
      get: next,
      replace(fingerprint) {
        rejected.push(fingerprint);
        return next();
      },
    },
    agent,
    account: makeHelixPoints(clock),
    bucket: "test",
  });
  return { caller, rejected };
}
const points = (remaining: number, resetInMs: number) => ({
  "ratelimit-limit": "800",
  "ratelimit-remaining": String(remaining),
  "ratelimit-reset": String((clock.wall() + resetInMs) / 1_000),
});

describe("a Helix call", () => {
  test("goes out as this identity's, with query and body, and its answer comes back as it is", async () => {
    server.answer(() => ({ status: 202, body: { data: [1] }, headers: points(700, 7_000) }));
    const { caller } = open();
    const answer = await caller.call({ method: "POST", path: "/x", query: { a: "b c" }, body: { d: 1 } });
    expect(answer).toEqual({ is: "answer", status: 202, body: { data: [1] }, message: "" });
    expect(server.asked).toEqual([
      { line: "POST /x?a=b+c", token: "Bearer t1", clientId: "client", body: { d: 1 } },
    ]);
    expect(caller.room("command").points).toBe(700);
  });

  test("that is refused for its token is made once more, with the one that takes its place", async () => {
    server.answer(({ token }) => ({ status: token === "Bearer t2" ? 200 : 401 }));
    const { caller, rejected } = open([
      { is: "token", accessToken: "t1" },
      { is: "token", accessToken: "t2" },
    ]);
    expect(await caller.call({ method: "GET", path: "/x" })).toMatchObject({ is: "answer", status: 200 });
    expect(rejected).toEqual([tokenFingerprint("t1")]);
    expect(server.asked).toHaveLength(2);
  });

  test("that is refused for both is unauthorised, and not made a third time", async () => {
    server.answer(() => ({ status: 401, body: { message: "Invalid OAuth token" } }));
    const { caller } = open([
      { is: "token", accessToken: "t1" },
      { is: "token", accessToken: "t2" },
      { is: "token", accessToken: "t3" },
    ]);
    expect(await caller.call({ method: "GET", path: "/x" })).toEqual({
      is: "unauthorised",
      problem: "401 Invalid OAuth token",
    });
    expect(server.asked).toHaveLength(2);
  });

  test.each([
    "Missing scope: user:write:chat",
    "The sender must have authorized the app with the user:write:chat and user:bot scopes.",
  ])("that is refused for what was never granted (%s) costs no fresh token", async (message) => {
    server.answer(() => ({ status: 401, body: { message } }));
    const { caller, rejected } = open();
    expect(await caller.call({ method: "POST", path: "/x", body: {} })).toEqual({
      is: "unauthorised",
      problem: `401 ${message}`,
      lacksScope: true,
    });
    expect(rejected).toEqual([]);
    expect(server.asked).toHaveLength(1);
  });

  test.each<[BearerAnswer, string]>([
    [{ is: "away", problem: "id is away" }, "away"],
    [{ is: "refused", problem: "no secret" }, "unauthorised"],
  ])("without a token (%j) is not made at all", async (bearer, is) => {
    const { caller } = open([bearer]);
    expect(await caller.call({ method: "GET", path: "/x" })).toMatchObject({ is });
    expect(server.asked).toEqual([]);
  });

  test.each([500, 502, 503, 408])("answered with %d is made once, whatever its method", async (status) => {
    server.answer(() => ({ status, body: "<html>" }));
    const { caller } = open();
    expect(await caller.call({ method: "POST", path: "/x", body: {} })).toMatchObject({
      is: "away",
      problem: `${status} <html>`,
    });
    expect(server.asked).toHaveLength(1);
  });

  test("whose connection is cut is away, and made once", async () => {
    server.answer(() => ({ status: 200, isCut: true }));
    const { caller } = open();
    expect(await caller.call({ method: "POST", path: "/x" })).toMatchObject({ is: "away" });
    expect(server.asked).toHaveLength(1);
  });

  test.each<[string, number, string, string, object]>([
    ["the points are spent", 0, "", "paced", { waitMs: 3_000 }],
    ["the points are spent and the headers lack", -1, "", "paced", { waitMs: 500 }],
    ["there are too many subscriptions", 700, "cost exceeded", "answer", { message: "cost exceeded" }],
    ["both", 0, "number of websocket transports limit exceeded", "answer", { status: 429 }],
  ])("answered with 429 because %s", async (_why, remaining, message, is, more) => {
    const headers = remaining < 0 ? {} : points(remaining, 3_000);
    server.answer(() => ({ status: 429, body: { message }, headers }));
    const { caller } = open();
    expect(await caller.call({ method: "GET", path: "/x" })).toMatchObject({ is, ...more });
  });

  test("answered with something that is no JSON says so in its own words", async () => {
    server.answer(() => ({ status: 418, body: "short and stout" }));
    const { caller } = open();
    expect(await caller.call({ method: "GET", path: "/x" })).toEqual({
      is: "answer",
      status: 418,
      body: undefined,
      message: "short and stout",
    });
  });
});
