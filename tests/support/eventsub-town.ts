/** A Twitch of many channels for EventSub's drills: who they are, and events in masses that can be told apart. */

import type { Topic } from "../../shared/twitch/topics.ts";
import type { Sim } from "../../sim/server.ts";
import { updateChannel } from "../../sim/world/operations.ts";

export const APPLICATION = { clientId: "town-client", clientSecret: "town-secret" } as const;
export const TOWN_BOT = {
  login: "townbot",
  accessToken: "town-access",
  refreshToken: "town-refresh",
} as const;
export const THREE_TOPICS: readonly Topic[] = ["stream.online", "stream.offline", "channel.update"];

export const townChannels = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `town_${at}`);

/** `granted`: so many of them have authorised the application, which makes their subscriptions free; all when left out. */
export function makeTownScenario(count: number, granted = count): object {
  const names = townChannels(count);
  return {
    seed: 7,
    applications: [{ ...APPLICATION }],
    users: [{ login: TOWN_BOT.login }],
    channels: names.map((login) => ({ login, moderators: [TOWN_BOT.login] })),
    grants: names
      .slice(0, granted)
      .map((user) => ({ clientId: APPLICATION.clientId, user, scopes: ["channel:bot"] })),
    tokens: [
      {
        accessToken: TOWN_BOT.accessToken,
        refreshToken: TOWN_BOT.refreshToken,
        clientId: APPLICATION.clientId,
        user: TOWN_BOT.login,
        scopes: ["chat:read", "chat:edit", "user:read:chat", "user:bot", "moderator:read:followers"],
      },
    ],
  };
}

export interface EventStream {
  /** Titles that were given, by channel: each is one channel.update. */
  readonly told: readonly { readonly channel: string; readonly title: string }[];
  /** No more from now on. */
  stop(): void;
}

const TICK_MS = 25;

/** So many channel.updates a second, in turn over these channels, each with a title of its own. */
export function startEventStream(sim: Sim, channels: readonly string[], perSecond: number): EventStream {
  const told: { channel: string; title: string }[] = [];
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1_000);
    while (told.length < due) {
      const channel = channels[told.length % channels.length] ?? "";
      const title = `title ${told.length}`;
      updateChannel(sim.world, sim.world.getChannel(channel), { title });
      told.push({ channel, title });
    }
  }, TICK_MS);
  return { told, stop: () => clearInterval(timer) };
}
