/** Follows that come around an outage, while subscriptions are made anew and before anybody has looked: each once. */
import { afterEach, expect, test } from "vitest";
import { follow } from "../../sim/world/operations.ts";
import { THREE_TOPICS } from "../support/eventsub-town.ts";
import { type LoneHub, openLoneHub } from "../support/lone-hub.ts";

let hub: LoneHub | undefined;
afterEach(async () => {
  await hub?.close();
  hub = undefined;
});

test("who follows while the hub is drained is told of, though others follow before the hub has looked", async () => {
  const opened = await openLoneHub({
    channels: 2,
    eventsub: { transport: "websocket", createsPerSecond: 4, shards: 1 },
  });
  hub = opened;
  const [first] = await opened.crowd([...THREE_TOPICS, "channel.follow"]);
  const [name = ""] = opened.channels;
  const { world } = opened.sim;
  let fans = 0;
  const gain = () => {
    fans += 1;
    follow(world, world.getChannel(name), world.addUser({ login: `fan_${fans}` }));
  };
  const heard = () =>
    (first?.events ?? []).flatMap(({ body }) => (body.topic === "channel.follow" ? [body.user.login] : []));
  const isHeard = (many: number) => opened.until(heard, (logins) => logins.length >= many);
  await opened.whole();
  gain();
  await isHeard(1);

  await opened.order({ do: "drain" }, "done");
  gain();
  gain();
  await opened.order({ do: "undrain" }, "done");
  await opened.until(opened.status, ({ subscriptions }) =>
    subscriptions.some(
      (one) => one.channel === name && one.topic === "channel.follow" && one.state === "enabled",
    ),
  );
  gain();
  await isHeard(fans);
  await opened.whole();
  expect(heard().toSorted()).toEqual(["fan_1", "fan_2", "fan_3", "fan_4"]);
  expect((await opened.status()).events.recovered).toBe(2);
});
