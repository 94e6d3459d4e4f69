import * as v from "valibot";
import { expect, test } from "vitest";
import { Login } from "../../shared/ids.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { have, want } from "../../tests/support/subscriptions.ts";
import { toSubscriptionTable } from "./subscription-table.ts";

const wish = (login: string, channel: string, topic: Topic) => ({
  channel: v.parse(Login, login),
  ...want(channel, topic),
});
const nothing = {
  seen: [],
  elsewhere: [],
  isOurs: (carrierId: string) => carrierId === "ours",
  refusals: new Map(),
  doubts: new Map(),
  totals: undefined,
  problem: undefined,
};

test("shows each wish and each subscription once, with what it costs and why it is as it is", () => {
  const twice = have("1", "channel.update", { cost: 1 });
  const { rows, totals } = toSubscriptionTable(
    [
      wish("bob", "2", "stream.online"),
      wish("alice", "1", "stream.online"),
      wish("alice", "1", "stream.offline"),
      wish("alice", "1", "channel.cheer"),
      wish("alice", "1", "channel.follow"),
      wish("alice", "1", "channel.update"),
      wish("alice", "1", "channel.raid"),
    ],
    {
      ...nothing,
      seen: [
        have("1", "stream.online", { cost: 1 }),
        have("1", "stream.offline", { status: "pending" }),
        have("1", "channel.raid", { status: "failed", said: "version_removed" }),
        twice,
        have("1", "channel.update"),
        have("3", "stream.online", { carrierId: "old" }),
      ],
      elsewhere: [
        have("2", "stream.online", { carrierId: "theirs" }),
        have("2", "stream.offline", { carrierId: "ours" }),
      ],
      refusals: new Map([["1 channel.cheer", { code: "refused", problem: "no grant" }]]),
      doubts: new Map([["1 channel.follow", "409 again"]]),
      totals: { total: 6, totalCost: 2, maxTotalCost: 10 },
      problem: "503",
    },
  );
  expect(rows.map((row) => [row.channel, row.topic, row.state, row.cost, row.carrier, row.reason])).toEqual([
    ["alice", "channel.cheer", "refused", undefined, undefined, "no grant"],
    ["alice", "channel.follow", "missing", undefined, undefined, "409 again"],
    ["alice", "channel.raid", "missing", undefined, undefined, "version_removed"],
    ["alice", "channel.update", "enabled", 0, "now", undefined],
    ["alice", "channel.update", "unwanted", 1, "now", "it is about to be deleted"],
    ["alice", "stream.offline", "pending", 0, "now", undefined],
    ["alice", "stream.online", "enabled", 1, "now", undefined],
    ["bob", "stream.offline", "elsewhere", 0, "ours", "ours, and no connection of now delivers it"],
    ["bob", "stream.online", "missing", undefined, undefined, "503"],
    ["bob", "stream.online", "elsewhere", 0, "theirs", expect.stringContaining("another installation")],
    [undefined, "stream.online", "unwanted", 0, "old", "it is about to be deleted"],
  ]);
  expect(totals).toEqual({ total: 6, totalCost: 2, maxTotalCost: 10 });
});

test("of nothing is empty", () => {
  expect(toSubscriptionTable([], nothing)).toEqual({ rows: [], totals: undefined });
});
