import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChannelId, Login } from "../../shared/ids.ts";
import type { SubscriptionList, SubscriptionRow } from "../../shared/ipc/hub-control.ts";
import { plainPaint } from "../paint.ts";
import { filterSubscriptions, renderSubscriptions, type SubscriptionFilter } from "./subscriptions-page.ts";

const row = (state: SubscriptionRow["state"]): SubscriptionRow => ({
  channel: v.parse(Login, "alice_live"),
  channelId: v.parse(ChannelId, "1"),
  topic: "stream.online",
  state,
});
const show = (rows: readonly SubscriptionRow[], filter: SubscriptionFilter) => {
  const list: SubscriptionList = { rows: [...rows] };
  return renderSubscriptions(filterSubscriptions(list, filter), plainPaint, 80).split("\n")[0];
};

test.each<[string, readonly SubscriptionRow[], SubscriptionFilter]>([
  ["No subscription is wanted, and Twitch has none.", [], {}],
  [
    "Nothing is like that among the 2 shown without --channel and --status.",
    [row("enabled"), row("pending")],
    { state: "missing" },
  ],
  [
    "Nothing is like that among the 1 shown without --channel and --status.",
    [row("enabled")],
    { channel: "nobody_here" },
  ],
  ["1 subscription: 1 enabled", [row("enabled"), row("pending")], { state: "enabled" }],
])("%s", (says, rows, filter) => {
  expect(show(rows, filter)).toBe(says);
});

describe("reasons", () => {
  const NO_GRANT =
    "403 subscription missing proper authorization: the broadcaster has not authorised this application for it, or the bot is not allowed there";
  const carried: SubscriptionRow = {
    ...row("enabled"),
    topic: "channel.channel_points_custom_reward_redemption.add",
    cost: 0,
    carrier: "5f2b7c1e-0d0e-4c52-9a3b-d4cf6a0ce1aa",
  };
  const refused: SubscriptionRow = { ...row("refused"), topic: "channel.follow", reason: NO_GRANT };
  const lines = (rows: readonly SubscriptionRow[], columns: number) =>
    renderSubscriptions(
      filterSubscriptions({ rows: [...rows] }, {}),
      (style, text) => (style === "yellow" ? `<${text}>` : text),
      columns,
    )
      .split("\n")
      .slice(2);

  test("at 80 columns every column stays, the topic is whole, and so is the reason", () => {
    expect(lines([carried, refused], 80)).toEqual([
      "channel     topic                                    state    cost  carried by",
      "alice_live  channel.channel_points_custom_reward_re  enabled     0  5f2b7c1e-0d…",
      "            demption.add",
      "alice_live  channel.follow                           refused",
      "<    403 subscription missing proper authorization: the broadcaster has not>",
      "<    authorised this application for it, or the bot is not allowed there>",
    ]);
  });

  test("in a pipe nothing is cut or broken", () => {
    expect(lines([carried, refused], Number.POSITIVE_INFINITY)).toEqual([
      "channel     topic                                                state    cost  carried by",
      "alice_live  channel.channel_points_custom_reward_redemption.add  enabled     0  5f2b7c1e-0d0e-4c52-9a3b-d4cf6a0ce1aa",
      "alice_live  channel.follow                                       refused",
      `<    ${NO_GRANT}>`,
    ]);
  });

  test("one that several share is said once, below", () => {
    const other: SubscriptionRow = { ...refused, reason: "cost exceeded" };
    expect(lines([refused, carried, refused, other], 120)).toEqual([
      "channel     topic                                                state        cost  carried by",
      "alice_live  channel.follow                                       refused (1)",
      "alice_live  channel.channel_points_custom_reward_redemption.add  enabled         0  5f2b7c1e-0d0e-4c52-9a3b-d4cf6a0ce1aa",
      "alice_live  channel.follow                                       refused (1)",
      "alice_live  channel.follow                                       refused",
      "<    cost exceeded>",
      "<(1) 403 subscription missing proper authorization: the broadcaster has not authorised this application for it, or the>",
      "<    bot is not allowed there>",
    ]);
  });
});
