import fc from "fast-check";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRig, type Rig } from "./eventsub-rig.ts";

const PATH = "/eventsub/subscriptions";

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

/** A session with these many free subscriptions of the bot on it, one per new channel. */
async function fill(count: number): Promise<string> {
  const { id } = await rig.dial().welcome();
  for (let n = 0; n < count; n++) {
    const { id: channelId } = rig.world.addUser({ login: `room${n}` });
    const made = await rig.subscribe(id, "channel.chat.clear", {
      broadcaster_user_id: channelId,
      user_id: rig.id("bot"),
    });
    expect(made.status).toBe(202);
  }
  return id;
}

describe("POST", () => {
  it("answers 202 with the subscription and the totals, in the documented shape", async () => {
    const { id } = await rig.dial().welcome();
    const { status, body } = await rig.subscribe(id, "stream.online", rig.about("home"));
    const shape = v.strictObject({
      data: v.strictTuple([
        v.strictObject({
          id: v.pipe(v.string(), v.uuid()),
          status: v.literal("enabled"),
          type: v.literal("stream.online"),
          version: v.literal("1"),
          condition: v.strictObject({ broadcaster_user_id: v.string() }),
          created_at: v.pipe(v.string(), v.isoTimestamp()),
          transport: v.strictObject({
            method: v.literal("websocket"),
            session_id: v.literal(id),
            connected_at: v.pipe(v.string(), v.isoTimestamp()),
          }),
          cost: v.literal(1),
        }),
      ]),
      total: v.literal(1),
      total_cost: v.literal(1),
      max_total_cost: v.literal(10),
    });
    expect([status, v.safeParse(shape, body).issues]).toEqual([202, undefined]);
  });

  it("refuses with Twitch's body", async () => {
    expect(await rig.subscribe("nowhere", "stream.online", rig.about("home"))).toEqual({
      status: 400,
      body: {
        error: "Bad Request",
        status: 400,
        message: "websocket transport session does not exist or has already disconnected",
      },
    });
  });

  it("gives a session to the user who came first", async () => {
    const { id } = await rig.dial().welcome();
    await rig.subscribe(id, "stream.online", rig.about("home"));
    const other = await rig.subscribe(id, "stream.online", rig.about("home"), {
      token: rig.userToken("home", []),
    });
    expect([other.status, other.body.message]).toEqual([
      400,
      "websocket transport cannot have subscriptions created by different users",
    ]);
  });

  it("counts reading chat as joining a room: twenty in ten seconds", async () => {
    const { id } = await rig.dial("/ws?keepalive_timeout_seconds=600").welcome();
    const join = (n: number) => {
      const { id: channelId } = rig.world.addUser({ login: `room${n}` });
      return rig.subscribe(id, "channel.chat.message", {
        broadcaster_user_id: channelId,
        user_id: rig.id("bot"),
      });
    };
    const answers = [];
    for (let n = 0; n < 21; n++) answers.push((await join(n)).status);
    expect(answers).toEqual([...Array(20).fill(202), 429]);
    rig.clock.advance(10_000);
    expect((await join(20)).status).toBe(202);
  });

  it("answers anything with a refusal, never with a failure", async () => {
    const json = fc.oneof(fc.json(), fc.string(), fc.constant(undefined));
    await fc.assert(
      fc.asyncProperty(json, fc.constantFrom("POST", "PATCH"), async (body, method) => {
        const paths =
          method === "POST"
            ? [PATH, "/eventsub/conduits"]
            : ["/eventsub/conduits", "/eventsub/conduits/shards"];
        for (const path of paths) {
          const { status } = await rig.call(method, path, rig.appToken, body);
          expect([400, 404]).toContain(status);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("GET", () => {
  it("pages by a hundred, and skips nothing when subscriptions go meanwhile", async () => {
    await fill(130);
    const first = await rig.list();
    expect([first.total, first.data.length]).toEqual([130, 100]);
    for (const one of first.data) await rig.call("DELETE", `${PATH}?id=${one.id}`, rig.bot);
    const second = await rig.list(rig.bot, `?after=${first.pagination.cursor}`);
    expect([second.total, second.data.length, second.pagination]).toEqual([30, 30, {}]);
    expect((await rig.call("GET", `${PATH}?after=poem`, rig.bot)).status).toBe(400);
  });

  it("filters by one thing at a time", async () => {
    const { id, subscriptionId } = await rig.listen();
    await rig.subscribe(id, "stream.offline", rig.about("den"));
    const count = async (query: string) => (await rig.list(rig.bot, query)).data.length;
    expect(await count("?type=stream.offline")).toBe(1);
    expect(await count("?status=enabled")).toBe(2);
    expect(await count("?status=websocket_disconnected")).toBe(0);
    expect(await count(`?user_id=${rig.id("den")}`)).toBe(1);
    expect(await count(`?subscription_id=${subscriptionId}`)).toBe(1);
    expect((await rig.call("GET", `${PATH}?status=enabled&type=stream.online`, rig.bot)).status).toBe(400);
  });

  it("shows a token only its own", async () => {
    await rig.listen();
    expect((await rig.list(rig.userToken("home", []))).total).toBe(0);
    expect(await rig.list(rig.appToken)).toMatchObject({ total: 0, max_total_cost: 10_000 });
  });
});

describe("DELETE", () => {
  it.each([
    ["", 400],
    ["?id=nothing", 404],
  ])("%s → %i", async (query, status) => {
    expect((await rig.call("DELETE", `${PATH}${query}`, rig.bot)).status).toBe(status);
  });

  it("takes away nothing of another's", async () => {
    const { subscriptionId } = await rig.listen();
    expect((await rig.call("DELETE", `${PATH}?id=${subscriptionId}`, rig.userToken("home", []))).status).toBe(
      404,
    );
    expect((await rig.call("DELETE", `${PATH}?id=${subscriptionId}`, rig.appToken)).status).toBe(404);
    expect(await rig.statuses()).toEqual(["enabled"]);
  });
});
