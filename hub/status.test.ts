import { expect, test } from "vitest";
import { makeHubSources } from "../tests/support/hub-sources.ts";
import { have } from "../tests/support/subscriptions.ts";
import { type HubSources, toHubStatus } from "./status.ts";

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

const good = { is: "good", token: undefined, validatedAt: 3_599_000 } as const;
const judged = (
  ...[wishes, more = {}]: readonly [Parameters<typeof makeHubSources>[0], Partial<HubSources>?]
) => {
  const { health, sentence } = toHubStatus({ ...makeHubSources(wishes), token: good, ...more });
  return [health, sentence];
};
const oneTopic = { channels: 1, topics: ["stream.online"] } as const;

test.each([
  ["which is live", [{}], "healthy", "All is well: 1 subscriptions on one connection, proved 10 s ago."],
  [
    "which rests",
    [{ mode: "resting", sessionId: undefined }],
    "down",
    "The EventSub connection is resting: no events arrive.",
  ],
  [
    "which is to be bound",
    [{ isBound: false }],
    "degraded",
    "The EventSub connection is binding: events may not arrive.",
  ],
  [
    "beside one that rests",
    [{}, { mode: "resting", sessionId: undefined }],
    "degraded",
    "1 of 2 EventSub connections deliver, another is resting: some events do not arrive.",
  ],
] as const)("the sentence of a connection %s", (_which, connections, health, sentence) => {
  expect(judged({ ...oneTopic, connections })).toEqual([health, sentence]);
});

test("without a connection all is well only while nothing is wanted, and everybody is known", () => {
  const nothing = { channels: 0, topics: [], connections: [] } as const;
  const [channel] = makeHubSources({ ...oneTopic, connections: [] }).wanted.map((one) => one.channel);
  expect(judged(nothing)[0]).toBe("healthy");
  expect(judged(nothing, { strangers: channel === undefined ? [] : [channel] })).toEqual([
    "degraded",
    "No EventSub connection is open: Twitch has not said who some_channel_0 is.",
  ]);
  expect(judged(nothing, { token: { is: "unknown", token: undefined, validatedAt: undefined } })).toEqual([
    "degraded",
    "No EventSub connection is open: the bot's token is not proved.",
  ]);
  const refused = { "stream.online": "403", "channel.cheer": "a conduit only" };
  expect(
    judged({ channels: 1, topics: ["stream.online", "channel.cheer"], connections: [], refused }),
  ).toEqual([
    "degraded",
    "No EventSub connection is open: 1 of 2 subscriptions are not enabled (not counting 1 that are told in chat instead).",
  ]);
});
