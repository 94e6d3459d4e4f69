/** What a module may know of the process it lives in. */
import type { Clock, Millis } from "../shared/clock.ts";
import type { Usage } from "../shared/ipc/supervisor-child.ts";
import type { GameDesk } from "./games.ts";
import type { HubDesk } from "./hub-desk.ts";
import type { AnyModule, House } from "./module.ts";
import type { SettingsDesk } from "./settings-desk.ts";
import type { WorkerCounters } from "./worker-counters.ts";

const CHANNEL_WITHIN_MS: Millis = 4_000;
/** Its sources are paced; a module has 8 s. */
const CROWD_WITHIN_MS: Millis = 7_000;

export function makeHouse(using: {
  readonly modules: () => readonly AnyModule[];
  readonly hub: Pick<HubDesk, "ask">;
  readonly counters: WorkerCounters;
  readonly usage: () => Usage;
  readonly pssKb: () => number | undefined;
  readonly alerts: () => readonly string[];
  readonly games: GameDesk;
  readonly settings: SettingsDesk;
  readonly clock: Clock;
}): House {
  return {
    startedAt: using.clock.now(),
    counters: using.counters.now,
    commandsAnswered: using.counters.commandsAnswered,
    usage: using.usage,
    pssKb: using.pssKb,
    alerts: using.alerts,
    games: using.games,
    settings: using.settings,
    commands: () =>
      using
        .modules()
        .flatMap(({ name, commands }) =>
          (commands ?? []).map(({ words, usage, who }) => ({ module: name, words, usage, who })),
        ),
    async askChannel() {
      const asked = await using.hub.ask({ about: "channel" }, CHANNEL_WITHIN_MS);
      return asked.is === "answered" ? asked.reply : undefined;
    },
    async askCrowd(wish) {
      const asked = await using.hub.ask({ about: "crowd", wish }, CROWD_WITHIN_MS);
      return asked.is === "answered" ? asked.reply.reply : undefined;
    },
  };
}
