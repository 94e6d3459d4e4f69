/** What a hub knows of itself, for what it shows: as many channels, topics and connections as the test wants. */
import * as v from "valibot";
import type { ConnectionState } from "../../hub/eventsub/transport.ts";
import { wantedKey } from "../../hub/reconcile/subscription.ts";
import type { HubSources } from "../../hub/status.ts";
import { Login } from "../../shared/ids.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { have, want } from "./subscriptions.ts";

const UP_MS = 3_600_000;
const LINE = { counted: 0, waiting: [], open: 0, asked: 0, grants: 0, permits: 0 };

export function makeHubSources(wishes: {
  readonly channels: number;
  readonly topics: readonly Topic[];
  readonly connections: readonly Partial<ConnectionState>[];
  /** Topics that Twitch refuses, with these words. */
  readonly refused?: Readonly<Partial<Record<Topic, string>>>;
}): HubSources {
  const { topics, refused = {} } = wishes;
  const logins = Array.from({ length: wishes.channels }, (_, at) => v.parse(Login, `some_channel_${at}`));
  const wanted = logins.flatMap((channel, at) =>
    topics.map((topic) => ({ channel, ...want(String(100_000_000 + at), topic) })),
  );
  const picture: HubSources["picture"] = {
    seen: wanted.flatMap(({ channelId, topic }) =>
      refused[topic] === undefined
        ? [have(channelId, topic, { carrierId: "AgoQHR3s6Mb4T8GFB1l3DlPfiRIGY2VsbC1h" })]
        : [],
    ),
    elsewhere: [],
    isOurs: () => true,
    refusals: new Map(
      wanted.flatMap((one) => {
        const problem = refused[one.topic];
        return problem === undefined ? [] : [[wantedKey(one), { code: "refused", problem }] as const];
      }),
    ),
    doubts: new Map(),
    totals: { total: wanted.length, totalCost: 0, maxTotalCost: 10_000 },
    lastPassAgoMs: 10_000,
    problem: undefined,
  };
  return {
    pid: 7,
    uptimeMs: UP_MS,
    now: UP_MS,
    wallNow: UP_MS,
    transport: {
      kind: "websocket",
      isPaused: false,
      connections: wishes.connections.map((more, slot) => ({ ...liveConnection(slot), ...more })),
      conduitId: undefined,
      problem: undefined,
    },
    token: { is: "unknown", token: undefined, validatedAt: undefined },
    broadcasters: [],
    wanted,
    strangers: [],
    picture,
    router: {
      counts: () => ({ received: 0, duplicates: 0, routed: 0, withoutWorker: 0, dropped: 0 }),
      workers: () =>
        logins.map((channel) => ({
          channel,
          isConnected: true,
          unacknowledged: 0,
          oldestAgoMs: undefined,
          eventsSent: 12_345,
        })),
    },
    lastAgoMs: {},
    gapFill: {
      lastLookAgoMs: 1_000,
      lastFillAgoMs: 1_000,
      isGapOpen: false,
      gapOpenForMs: undefined,
      problem: undefined,
      recovered: 0,
      drifts: [],
      uncovered: new Map(),
    },
    lookEveryMs: 60_000,
    drain: undefined,
    probe: { agoMs: 1_000, everyMs: 60_000, tookMs: 200, problem: undefined },
    isJournalWorking: true,
    permits: {
      isVerified: false,
      lines: { auth: LINE, join: LINE, send: LINE },
      joined: { counted: 0, free: 0, max: 100, refused: [] },
    },
    points: ["bot", "application"].map((bucket) => ({
      bucket,
      limit: 800,
      remaining: 795,
      resetInMs: 30_000,
    })),
  };
}

const liveConnection = (slot: number): ConnectionState => ({
  slot,
  mode: "live",
  sessionId: `session-${slot}`,
  isRetiring: false,
  isBound: true,
  connectedForMs: 60_000,
  lastFrameAgoMs: 1_000,
  lastKeepaliveAgoMs: 1_000,
  keepaliveSeconds: 10,
  reconnects: 0,
  lastEnd: undefined,
  oddFrames: 0,
});
