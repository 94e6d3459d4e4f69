import * as v from "valibot";
import { expect, test } from "vitest";
import { ChannelId, Login } from "../shared/ids.ts";
import type { Refusal } from "./reconcile/budget.ts";
import { wantedKey } from "./reconcile/subscription.ts";
import { makeGrantTeller, toMissingGrants } from "./tell-grants.ts";
import type { WantedSubscription } from "./wanted-subscriptions.ts";

const alice = v.parse(Login, "alice");
const bob = v.parse(Login, "bob");
const want = (channel: Login, topic: WantedSubscription["topic"]): WantedSubscription => ({
  channel,
  channelId: v.parse(ChannelId, channel === alice ? "1" : "2"),
  topic,
});
const redemptions = "channel.channel_points_custom_reward_redemption.add";
const wanted = [
  want(alice, redemptions),
  want(alice, "stream.online"),
  want(alice, "channel.subscribe"),
  want(bob, redemptions),
];
const refused = (...of: readonly (readonly [WantedSubscription, Refusal["code"]])[]) => ({
  refusals: new Map(of.map(([one, code]) => [wantedKey(one), { code, problem: "403 no scope" }])),
});

test("what needs a grant is missing; what was refused for another reason, or is told in chat, is not", () => {
  const [points, online, subs] = wanted;
  if (!points || !online || !subs) throw new Error("three are wanted");
  const found = toMissingGrants(
    wanted,
    refused([points, "needs-grant"], [online, "refused"], [subs, "needs-grant"]),
  );
  expect(Object.fromEntries(found)).toEqual({
    alice: [{ topic: redemptions, detail: "403 no scope" }],
    bob: [],
  });
});

test("each link is told once, and again when it changes", () => {
  const said: string[] = [];
  const makeLink = (name: string) => ({
    send(message: object) {
      said.push(`${name} ${"topics" in message ? (message.topics as readonly object[]).length : "?"}`);
      return "sent" as const;
    },
    close: () => {},
  });
  let link = makeLink("first");
  const tell = makeGrantTeller((channel) => (channel === alice ? link : undefined));
  const missing = (count: number) =>
    new Map([
      [alice, Array.from({ length: count }, () => ({ topic: "stream.online", detail: "" }) as const)],
      [bob, []],
    ]);
  tell(missing(1));
  tell(missing(1));
  tell(missing(0));
  link = makeLink("second");
  tell(missing(0));
  expect(said).toEqual(["first 1", "first 0", "second 0"]);
});
