/** Workers that hear EventSub by themselves, or not at all, in a house of real processes. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { BOT, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse;
beforeAll(async () => {
  house = await openTrialHouse(
    {},
    { channelRules: { alice_live: { eventsub: "direct" }, bob_plays: { eventsub: "disabled" } } },
  );
});
afterAll(() => house.close());

const announced = (channel: string) =>
  house.lines.filter(
    (line) =>
      line.kind === "chat-message" &&
      line.user === BOT &&
      line.channel === channel &&
      String(line.text).includes("🔴"),
  ).length;
const isAnnouncement = (channel: string) => (line: { readonly [key: string]: unknown }) =>
  line.kind === "chat-message" && line.channel === channel && String(line.text).includes("🔴");

test("the direct one announces; the hub subscribes to nothing, and the other hears nothing", async () => {
  expect((await house.hubStatus()).subscriptions).toEqual([]);
  await house.sim.order("/channels/bob_plays/online", { title: "Unheard" });
  await house.sim.order("/channels/alice_live/online", { title: "Direct" });
  await house.heard(isAnnouncement("alice_live"));
  await house.say("bob_plays", "mila_92", "!ping");
  await house.replyTo("bob_plays", "mila_92");
  expect(announced("bob_plays")).toBe(0);
  expect(announced("alice_live")).toBe(1);
  const log = JSON.stringify(house.log("broadcast/bob_plays/instance.log"));
  expect(log).toContain("eventsub is disabled here");
});

test("cut off, it comes back and hears the next stream", async () => {
  await house.sim.order("/channels/alice_live/offline", {});
  const line = house.lines.length;
  await house.fault({ do: "cut", place: "eventsub" });
  await house.heard((one) => one.kind === "eventsub-subscribed" && one.type === "stream.online", line);
  await house.sim.order("/channels/alice_live/online", { title: "Again" });
  await house.heard(isAnnouncement("alice_live"), line);
});
