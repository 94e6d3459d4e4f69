import { describe, expect, test } from "vitest";
import type { HelixAnswer, HelixRequest } from "../twitch/helix-caller.ts";
import { makeConduitDesk, toTrouble } from "./conduit-desk.ts";

const said = (status: number, body: unknown = {}, message = ""): HelixAnswer => ({
  is: "answer",
  status,
  body,
  message,
});

function open(...answers: readonly HelixAnswer[]) {
  const asked: HelixRequest[] = [];
  const desk = makeConduitDesk({
    caller: {
      async call(request) {
        asked.push(request);
        return answers[asked.length - 1] ?? { is: "away", problem: "no more answers" };
      },
      room: () => ({ points: 1, waitMs: 0 }),
    },
    clientId: "client",
  });
  return { desk, asked };
}

// Bodies as dev.twitch.tv shows them.
describe("the conduit desk", () => {
  test("lists and makes conduits", async () => {
    const body = { data: [{ id: "c1", shard_count: 2 }] };
    const { desk, asked } = open(said(200, body), said(200, body));
    expect(await desk.list()).toEqual({ is: "done", value: [{ id: "c1", shardCount: 2 }] });
    expect(await desk.create(2)).toEqual({ is: "done", value: { id: "c1", shardCount: 2 } });
    expect(asked[1]).toEqual({ method: "POST", path: "/eventsub/conduits", body: { shard_count: 2 } });
  });

  test("reads every page of shards", async () => {
    const shard = (id: string, status: string, more: object) => ({
      id,
      status,
      transport: { method: "websocket", ...more },
    });
    const { desk, asked } = open(
      said(200, { data: [shard("0", "enabled", { session_id: "s" })], pagination: { cursor: "next" } }),
      said(200, { data: [shard("1", "websocket_disconnected", {})], pagination: {} }),
    );
    expect(await desk.shards("c1")).toEqual({
      is: "done",
      value: [
        { id: "0", isEnabled: true, sessionId: "s" },
        { id: "1", isEnabled: false, sessionId: undefined },
      ],
    });
    expect(asked.map((one) => one.query)).toEqual([
      { conduit_id: "c1" },
      { conduit_id: "c1", after: "next" },
    ]);
  });

  test("binds a shard, and reads the refusal of one in an answer that accepts the rest", async () => {
    const errors = [{ id: "0", message: "session has already disconnected", code: "invalid_parameter" }];
    const { desk } = open(
      said(202, { data: [], errors }),
      said(202, { data: [], errors: [{ ...errors[0], id: "7" }] }),
      said(202, { data: [] }),
    );
    expect(await desk.bind("c1", "0", "s")).toEqual({ is: "refused", problem: errors[0]?.message });
    expect(await desk.bind("c1", "0", "s")).toEqual({ is: "done", value: undefined });
    expect(await desk.bind("c1", "0", "s")).toEqual({ is: "done", value: undefined });
  });

  test("is told of fallen shards already when Twitch says that it is", async () => {
    const { desk, asked } = open(said(202), said(409), said(403, {}, "no"));
    expect((await desk.watch("c1")).is).toBe("done");
    expect((await desk.watch("c1")).is).toBe("done");
    expect(await desk.watch("c1")).toEqual({ is: "refused", problem: "403 no" });
    expect(asked[0]?.body).toMatchObject({
      type: "conduit.shard.disabled",
      condition: { client_id: "client", conduit_id: "c1" },
      transport: { method: "conduit", conduit_id: "c1" },
    });
  });

  test("believes no answer of an unknown shape", async () => {
    const { desk } = open(said(200, { data: [{ id: 7 }] }), said(202, {}));
    expect(await desk.list()).toMatchObject({
      is: "away",
      problem: expect.stringContaining("unknown shape"),
    });
    expect(await desk.bind("c1", "0", "s")).toMatchObject({ is: "away" });
  });

  test("resizes", async () => {
    const { desk, asked } = open(said(200, { data: [] }));
    expect(await desk.resize("c1", 3)).toEqual({ is: "done", value: undefined });
    expect(asked[0]?.body).toEqual({ id: "c1", shard_count: 3 });
  });
});

test.each<[HelixAnswer, string]>([
  [{ is: "away", problem: "503" }, "away"],
  [{ is: "paced", waitMs: 500 }, "away"],
  [{ is: "unauthorised", problem: "401 Invalid OAuth token" }, "refused"],
  [{ is: "unauthorised", problem: "403" }, "refused"],
  [{ is: "unauthorised", problem: "403 invalid client secret" }, "wrong-client"],
  [{ is: "unauthorised", problem: "400 invalid client" }, "wrong-client"],
  [{ is: "unauthorised", problem: "there is no client secret" }, "wrong-client"],
  [said(404), "gone"],
  [said(429), "full"],
  [said(400), "refused"],
])("%j is trouble of the kind %s", (answer, is) => {
  expect(toTrouble(answer).is).toBe(is);
});
