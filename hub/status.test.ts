import { expect, test } from "vitest";
import { makeHubSources } from "../tests/support/hub-sources.ts";
import { have } from "../tests/support/subscriptions.ts";
import { toHubStatus } from "./status.ts";

/** Ten thousand are asked for in one go, while events wait. */
test("the status looks at each subscription a few times, however many there are", () => {
  const sources = makeHubSources({
    channels: 200,
    topics: ["stream.online", "channel.raid"],
    connections: [{}],
  });
  let looks = 0;
  const seen = sources.picture.seen.map((one) => ({
    ...one,
    get channelId() {
      looks += 1;
      return one.channelId;
    },
  }));
  const { subscriptions } = toHubStatus({ ...sources, picture: { ...sources.picture, seen } });
  expect(subscriptions.every(({ state }) => state === "enabled")).toBe(true);
  expect(looks).toBeLessThan(5 * seen.length);
});

test("of two that are alive the first counts, and one that failed never", () => {
  const sources = makeHubSources({ channels: 1, topics: ["stream.online"], connections: [{}] });
  const [channelId] = sources.wanted.map((one) => one.channelId);
  if (channelId === undefined) throw new Error("nothing is wanted");
  const stateWith = (...statuses: readonly ("enabled" | "pending" | "failed")[]) => {
    const seen = statuses.map((status) => have(channelId, "stream.online", { status }));
    return toHubStatus({ ...sources, picture: { ...sources.picture, seen } }).subscriptions[0]?.state;
  };
  expect(stateWith("failed", "pending", "enabled")).toBe("pending");
  expect(stateWith("enabled", "pending")).toBe("enabled");
  expect(stateWith("failed")).toBe("missing");
});
