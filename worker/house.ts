/** What a module may know of the process it lives in. */
import type { Clock, Millis } from "../shared/clock.ts";
import type { Usage } from "../shared/ipc/supervisor-child.ts";
import type { HubDesk } from "./hub-desk.ts";
import type { AnyModule, House } from "./module.ts";
import type { WorkerCounters } from "./worker-counters.ts";

const CHANNEL_WITHIN_MS: Millis = 4_000;

export function makeHouse(using: {
  readonly modules: () => readonly AnyModule[];
  readonly hub: Pick<HubDesk, "ask">;
  readonly counters: WorkerCounters;
  readonly usage: () => Usage;
  readonly pssKb: () => number | undefined;
  readonly alerts: () => readonly string[];
  readonly clock: Clock;
}): House {
  return {
    startedAt: using.clock.now(),
    counters: using.counters.now,
    commandsAnswered: using.counters.commandsAnswered,
    usage: using.usage,
    pssKb: using.pssKb,
    alerts: using.alerts,
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
  };
}
