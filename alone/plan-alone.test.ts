import * as v from "valibot";
import { expect, test } from "vitest";
import { Config } from "../shared/config.ts";
import { Login } from "../shared/ids.ts";
import { childIdentity, type HouseKey, isCredential } from "../shared/ipc/house-key.ts";
import { toTokenRules } from "../shared/token-rules.ts";
import { planAlone } from "./plan-alone.ts";

const KEY = "k".repeat(64) as HouseKey;
const tokenRules = toTokenRules("/home", {});
const toConfig = (twitch: object = {}) =>
  v.parse(Config, {
    twitch: {
      client_id: "client",
      bot_login: "kissbot",
      tokens: { kissbot: { access_token: "access" } },
      ...twitch,
    },
  });
const plan = (config: Config, eventsub: "direct" | "disabled" = "direct") =>
  planAlone(config, { channel: v.parse(Login, "alice"), eventsub, spawnId: "spawn", key: KEY, tokenRules });

test("a channel that the configuration does not list is served as any other", () => {
  const { worker, hub, remarks } = plan(toConfig());
  expect(worker).toMatchObject({
    childId: "worker:alice",
    channel: "alice",
    prefix: "!",
    chat: { transport: "irc", send: "irc" },
    eventsub: { from: "direct", clientId: "client" },
  });
  expect(
    isCredential(hub.houseKey as HouseKey, childIdentity("worker:alice", "spawn"), worker.credential),
  ).toBe(true);
  expect(remarks).toEqual([]);
});

test("what is settled for it in the configuration holds, but for where its events come from", () => {
  const { worker } = plan(
    toConfig({ channels: [{ name: "alice", eventsub: "disabled", log: { chat: "off" } }] }),
  );
  expect(worker).toMatchObject({ keepsChat: false, eventsub: { from: "direct" } });
});

test("what can't be had alone is replaced, and said", () => {
  const { worker, remarks } = plan(toConfig({ chat: { transport: "eventsub" } }), "disabled");
  expect(worker).toMatchObject({
    chat: { transport: "irc", send: "auto" },
    eventsub: { from: "disabled" },
  });
  expect(remarks).toEqual([
    expect.stringContaining("chat comes over IRC"),
    expect.stringContaining("events are switched off"),
  ]);
});
