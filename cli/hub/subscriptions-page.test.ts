import * as v from "valibot";
import { expect, test } from "vitest";
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
