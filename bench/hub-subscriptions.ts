/**
 * How long a hub takes to subscribe to everything a house of a hundred channels wants, at a given ceiling, and how
 * much of Helix's points that takes. A real hub process against a simulator process, which refuses beyond 800 points
 * a minute as Twitch does. By itself: `node bench/hub-subscriptions.ts`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { sleep } from "../cli/house/await-ready.ts";
import { askHub } from "../cli/hub/ask-hub.ts";
import { openSimFeed } from "../cli/trial/sim-feed.ts";
import { startSimProcess } from "../cli/trial/sim-process.ts";
import { makeTrialHome } from "../cli/trial/trial-home.ts";
import { makeDesiredSubscriptions } from "../db/desired-subscriptions.ts";
import { openDatabase } from "../db/open.ts";
import { type Clock, type Millis, systemClock } from "../shared/clock.ts";
import { checkoutFolder, prepareHome } from "../shared/home.ts";
import { hubChildId, Login } from "../shared/ids.ts";
import { childIdentity, makeCredential, openHouseKey } from "../shared/ipc/house-key.ts";
import type { HubPapers } from "../shared/ipc/papers.ts";
import { LEAN_HUB_NODE } from "../shared/lean-node.ts";
import type { Topic } from "../shared/twitch/topics.ts";

export interface SubscriptionsWish {
  readonly transport: "websocket" | "conduit";
  readonly createsPerSecond: number;
  readonly channels: number;
  readonly topics: readonly Topic[];
}

export interface SubscriptionsMade {
  readonly wanted: number;
  readonly enabled: number;
  /** From the hub's first request to create one until Twitch has made the last. */
  readonly tookMs: Millis;
  /** From the start of the process. */
  readonly fromStartMs: Millis;
  /** Of 800; they come back at 13 a second. */
  readonly pointsLeft: number | undefined;
}

export const FIVE_TOPICS: readonly Topic[] = [
  "stream.online",
  "stream.offline",
  "channel.update",
  "channel.raid",
  "channel.follow",
];
export const SUBSCRIPTIONS_BAR_MS: Millis = 60_000;

const APPLICATION = { clientId: "bench-client", clientSecret: "bench-secret" };
const BOT = { login: "kissbot", accessToken: "bench-access", refreshToken: "bench-refresh" };
const LOOK_EVERY_MS: Millis = 100;
const WITHIN_MS: Millis = 10 * 60_000;

function makeScenario(channels: readonly string[]): object {
  return {
    seed: 1,
    applications: [APPLICATION],
    users: [{ login: BOT.login }],
    channels: channels.map((login) => ({ login, moderators: [BOT.login] })),
    grants: channels.map((user) => ({ clientId: APPLICATION.clientId, user, scopes: ["channel:bot"] })),
    tokens: [
      {
        accessToken: BOT.accessToken,
        refreshToken: BOT.refreshToken,
        clientId: APPLICATION.clientId,
        user: BOT.login,
        scopes: ["chat:read", "chat:edit", "user:read:chat", "user:bot", "moderator:read:followers"],
      },
    ],
  };
}

export async function measureSubscriptions(
  wish: SubscriptionsWish,
  clock: Clock,
): Promise<SubscriptionsMade> {
  const channels = Array.from({ length: wish.channels }, (_, n) => v.parse(Login, `bench_channel_${n}`));
  const trial = makeTrialHome(process.env);
  const { home } = trial;
  prepareHome(home);
  const houseKey = openHouseKey(home.houseKeyFile);
  const scenario = join(home.folder, "hub.yaml");
  // JSON is YAML.
  writeFileSync(scenario, JSON.stringify(makeScenario(channels)));
  // As a house that was running leaves it: what its workers want stands in the database.
  const db = openDatabase(home.database);
  const desired = makeDesiredSubscriptions(db);
  for (const channel of channels) desired.replace(channel, wish.topics);
  db.close();

  const sim = await startSimProcess(scenario, clock);
  const madeAt: Millis[] = [];
  const feed = await openSimFeed(sim.address, ({ kind, type }) => {
    if (kind === "eventsub-subscribed" && type !== "conduit.shard.disabled") madeAt.push(clock.now());
  });
  const http = `http://127.0.0.1:${sim.address.port}`;
  const papers: HubPapers = {
    childId: hubChildId,
    spawnId: "bench",
    credential: makeCredential(houseKey, childIdentity(hubChildId, "bench")),
    logLevel: "info",
    orphanAfterMs: WITHIN_MS,
    houseKey,
    ...APPLICATION,
    botLogin: v.parse(Login, BOT.login),
    isVerifiedBot: true,
    tokens: { accessToken: BOT.accessToken, refreshToken: BOT.refreshToken },
    urls: { helix: `${http}/helix`, id: `${http}/oauth2`, eventsub: `ws://127.0.0.1:${sim.address.port}/ws` },
    eventsub: { transport: wish.transport, createsPerSecond: wish.createsPerSecond, shards: 1 },
  };
  const startedAt = clock.now();
  const hub = spawn(process.execPath, [...LEAN_HUB_NODE, join(checkoutFolder, "dist", "hub.mjs")], {
    cwd: home.folder,
    env: { PATH: process.env.PATH, KISSBOT_HOME: home.folder, NODE_ENV: "production" },
    stdio: ["pipe", "ignore", "inherit"],
  });
  hub.stdin.end(JSON.stringify(papers));
  const gone = once(hub, "exit");
  const wanted = wish.channels * wish.topics.length;
  try {
    const deadline = clock.now() + WITHIN_MS;
    while (madeAt.length < wanted && clock.now() < deadline) await sleep(clock, LOOK_EVERY_MS);
    const asked = await askHub({ do: "status" }, "status", { home, clock });
    const status = asked.is === "answered" ? asked.answer.status : undefined;
    const [first, last] = [madeAt[0] ?? startedAt, madeAt.at(-1) ?? clock.now()];
    return {
      wanted,
      enabled: status?.subscriptions.filter((one) => one.state === "enabled").length ?? 0,
      tookMs: last - first,
      fromStartMs: last - startedAt,
      pointsLeft: Math.min(...(status?.points ?? []).map(({ remaining }) => remaining)),
    };
  } finally {
    hub.kill("SIGTERM");
    await gone;
    feed.close();
    await feed.ended;
    await sim.stop();
    trial.remove();
  }
}

/** 2 is what a house has that says nothing; five hundred then take five minutes. */
const CEILINGS = [12, 50];

async function main(): Promise<void> {
  for (const createsPerSecond of CEILINGS)
    for (const transport of ["conduit", "websocket"] as const) {
      const wish = { transport, createsPerSecond, channels: 100, topics: FIVE_TOPICS };
      const made = await measureSubscriptions(wish, systemClock);
      process.stdout.write(`${JSON.stringify({ transport, createsPerSecond, ...made })}\n`);
    }
}

if (import.meta.main) await main();
