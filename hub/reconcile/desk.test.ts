import * as v from "valibot";
import { expect, test } from "vitest";
import { ChannelId, UserId } from "../../shared/ids.ts";
import { topicRow } from "../../shared/twitch/topics.ts";
import { makeEventSubDesk } from "./desk.ts";

const CHANNEL = v.parse(ChannelId, "11");
const BOT = v.parse(UserId, "22");
const list = async (more: object) => {
  const { version, condition } = topicRow("channel.chat.message");
  const row = {
    id: "s1",
    status: "enabled",
    type: "channel.chat.message",
    version,
    condition: condition(CHANNEL, BOT),
    cost: 0,
    transport: { method: "conduit", conduit_id: "c1" },
    ...more,
  };
  const body = { data: [row], total: 1, total_cost: 0, max_total_cost: 10 };
  const desk = makeEventSubDesk({
    caller: () => ({
      call: async () => ({ is: "answer", status: 200, body, message: "" }),
      room: () => ({ points: 1, waitMs: 0 }),
    }),
    botId: () => BOT,
  });
  const listed = await desk.list();
  return listed.is === "listed" ? listed.seen.map(({ status, said }) => [status, said]) : listed.problem;
};

test.each([
  ["as it would be made now", {}, ["enabled", "enabled"]],
  ["being verified", { status: "webhook_callback_verification_pending" }, ["pending", expect.any(String)]],
  ["revoked", { status: "authorization_revoked" }, ["failed", "authorization_revoked"]],
  ["of an earlier version", { version: "beta" }, ["failed", "outdated: version beta instead of 1"]],
  [
    "of the bot before this one",
    { condition: { broadcaster_user_id: CHANNEL, user_id: "33" } },
    ["failed", "outdated: made for another bot"],
  ],
  [
    "with fields that Twitch has added",
    { condition: { broadcaster_user_id: CHANNEL, user_id: BOT, reward_id: "" } },
    ["enabled", "enabled"],
  ],
])("a subscription %s", async (_what, more, seen) => {
  expect(await list(more)).toEqual([seen]);
});
