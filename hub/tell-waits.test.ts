import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChannelId, Login } from "../shared/ids.ts";
import type { HubToWorker } from "../shared/ipc/hub-worker.ts";
import { BEAT_EVERY_MS, type Wait } from "../shared/ipc/supervisor-child.ts";
import { settled } from "../tests/support/fake-clock.ts";
import { closePolicyOf, type SessionEnd } from "./eventsub/close-codes.ts";
import type { ConnectionState } from "./eventsub/transport.ts";
import { wantedKey } from "./reconcile/subscription.ts";
import { type HubSight, makeWaitTeller, toHubWaits } from "./tell-waits.ts";

const connection = (mode: ConnectionState["mode"], end?: SessionEnd): ConnectionState => ({
  mode,
  slot: 1,
  isRetiring: false,
  isBound: true,
  sessionId: undefined,
  connectedForMs: undefined,
  lastFrameAgoMs: undefined,
  lastKeepaliveAgoMs: undefined,
  keepaliveSeconds: undefined,
  reconnects: 0,
  lastEnd: end && { ...end, agoMs: 10 },
  oddFrames: 0,
});
const refused: SessionEnd = { because: "ECONNREFUSED (0)", policy: closePolicyOf(0) };
const silent: SessionEnd = { because: "no welcome in time" };
const well: HubSight = {
  reauthProblem: undefined,
  transport: { connections: [connection("live")], problem: undefined },
  picture: { problem: undefined },
  missing: 0,
  missedBefore: 0,
  createsPerSecond: 2,
};
const CLAIM_MS = 2 * BEAT_EVERY_MS;

describe("what keeps the hub waiting", () => {
  test.each<[string, Partial<HubSight>, readonly Partial<Wait>[]]>([
    ["nothing", {}, []],
    [
      "a refused connection keeps it from both stages",
      { transport: { connections: [connection("resting", refused)], problem: undefined } },
      [
        { stage: "eventsub", for: "twitch", detail: "no events arrive: ECONNREFUSED (0)", forMs: CLAIM_MS },
        { stage: "ready", for: "twitch", detail: "no events arrive: ECONNREFUSED (0)", forMs: CLAIM_MS },
      ],
    ],
    [
      "silence is no excuse",
      { transport: { connections: [connection("resting", silent)], problem: undefined } },
      [],
    ],
    [
      "nor is a try that goes on",
      { transport: { connections: [connection("welcoming", refused)], problem: undefined } },
      [],
    ],
    [
      "one that delivers is enough",
      {
        transport: { connections: [connection("resting", refused), connection("live")], problem: undefined },
      },
      [],
    ],
    [
      "no conduit is to be had",
      { transport: { connections: [], problem: "503" } },
      [{ stage: "eventsub", detail: "no events arrive: 503" }, { stage: "ready" }],
    ],
    [
      "Helix does not answer",
      { picture: { problem: "503 upstream" } },
      [{ stage: "ready", for: "twitch", detail: "503 upstream", forMs: CLAIM_MS }],
    ],
    [
      "many subscriptions, made one after the other",
      { missing: 100, missedBefore: 110 },
      [
        {
          stage: "ready",
          for: "turn",
          detail: "100 more subscriptions, 2 a second",
          forMs: 50_000 + CLAIM_MS,
        },
      ],
    ],
    ["many that do not become fewer", { missing: 100, missedBefore: 100 }, []],
    [
      "a dead token goes before everything",
      {
        reauthProblem: "400 Invalid refresh token",
        transport: { connections: [connection("resting", refused)], problem: undefined },
      },
      [
        { stage: "eventsub", for: "operator", detail: expect.stringContaining("Invalid refresh token") },
        { stage: "ready", for: "operator" },
      ],
    ],
  ])("%s", (_what, change, waits) => {
    const found = toHubWaits({ ...well, ...change });
    expect(found).toMatchObject(waits);
    expect(found).toHaveLength(waits.length);
  });
});

test("tells the supervisor what begins and what is over, and the workers that wait with it", async () => {
  const channel = v.parse(Login, "alice");
  const want = { channel, channelId: v.parse(ChannelId, "1"), topic: "stream.online" } as const;
  let sight: Pick<HubSight, "transport"> = {
    transport: { connections: [connection("resting", refused)], problem: undefined },
  };
  let isReauthNeeded = false;
  let seen: readonly (typeof want)[] = [];
  const told: string[] = [];
  const toWorker: HubToWorker[] = [];
  const teller = makeWaitTeller({
    condition: () => ({
      waitsFor: ({ stage, for: whom }) => void told.push(`${stage} waits for ${whom}`),
      waitsNoMore: (stage) => void told.push(`${stage} goes on`),
    }),
    isReauthNeeded: () => isReauthNeeded,
    sight: () => ({
      ...sight,
      wanted: [want],
      createsPerSecond: 2,
      picture: {
        problem: undefined,
        seen: [],
        refusals: new Map(seen.map((one) => [wantedKey(one), { code: "refused", problem: "" }])),
      },
    }),
    findLink: () => ({
      send(message) {
        if ("kind" in message) toWorker.push(message);
        return "sent";
      },
      close: () => {},
    }),
  });
  teller.look();
  expect(told).toEqual(["eventsub waits for twitch", "ready waits for twitch"]);
  expect(toWorker).toEqual([
    { kind: "topics-wait", because: "no events arrive: ECONNREFUSED (0)", forMs: CLAIM_MS },
  ]);

  sight = well;
  seen = [want];
  teller.look();
  expect(told.slice(2)).toEqual(["eventsub goes on", "ready goes on"]);
  expect(toWorker).toHaveLength(1);

  // The token's owner says so before its own state does.
  teller.needsReauth("401");
  isReauthNeeded = true;
  await settled();
  expect(told.slice(4)).toEqual(["eventsub waits for operator", "ready waits for operator"]);
  isReauthNeeded = false;
  teller.look();
  expect(told.slice(6)).toEqual(["eventsub goes on", "ready goes on"]);
});
