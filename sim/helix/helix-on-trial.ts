/** Helix alone, without a network, with a frozen clock: what the tests of the endpoints ask. */
import { Hono } from "hono";
import { startSimClock } from "../clock.ts";
import { type FaultDesk, makeFaultDesk } from "../fault-desk.ts";
import { issueAppToken, issueUserToken } from "../id/issue-token.ts";
import { makeRandom } from "../random.ts";
import type { Happening } from "../world/happening.ts";
import { makeWorld, type User, type World } from "../world/world.ts";
import type { HelixEnv } from "./context.ts";
import { makeHelixRoutes } from "./helix-door.ts";

export const CLIENT_ID = "trial-client";
const START_AT = Date.UTC(2026, 10, 21, 12);
/** So slow that no test sees the clock move by itself. */
const FROZEN_SPEED = 1e-9;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export interface HelixOnTrial {
  readonly world: World;
  readonly faults: FaultDesk;
  readonly happened: readonly Happening[];
  readonly alice: User;
  /** Moderates alice. */
  readonly bot: User;
  readonly viewer: User;
  tokenFor(user: User, ...scopes: string[]): string;
  appToken(): string;
  ask(
    method: string,
    path: string,
    using?: { readonly token?: string; readonly body?: unknown; readonly headers?: Record<string, string> },
  ): Promise<Answer>;
  close(): void;
}

export function openHelixOnTrial(): HelixOnTrial {
  const clock = startSimClock({ startAt: START_AT, speed: FROZEN_SPEED });
  const world = makeWorld({ clock, random: makeRandom(7) });
  const faults = makeFaultDesk();
  const happened: Happening[] = [];
  world.applications.set(CLIENT_ID, {
    clientId: CLIENT_ID,
    clientSecret: "s",
    name: "Trial",
    redirectUris: [],
  });
  const alice = world.addUser({ login: "alice", displayName: "Alice" });
  const bot = world.addUser({ login: "kissbot", displayName: "KissBot" });
  const viewer = world.addUser({ login: "viewer" });
  world.getChannel("alice").moderators.add(bot.id);
  world.onHappening((happening) => happened.push(happening));
  const eventSubRoutes = new Hono<HelixEnv>();
  eventSubRoutes.get("/eventsub/subscriptions", (c) => c.json({ asker: c.get("token").userId ?? null }));
  const app = makeHelixRoutes({ world, faults, eventSubRoutes });

  return {
    world,
    faults,
    happened,
    alice,
    bot,
    viewer,
    tokenFor: (user, ...scopes) =>
      issueUserToken(world, { clientId: CLIENT_ID, userId: user.id, scopes }).accessToken,
    appToken: () => issueAppToken(world, { clientId: CLIENT_ID }).accessToken,
    async ask(method, path, { token, body, headers } = {}) {
      const response = await app.request(path, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}`, "client-id": CLIENT_ID }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: text === "" ? undefined : JSON.parse(text),
        headers: response.headers,
      };
    },
    close: () => clock.stop(),
  };
}
