import * as v from "valibot";
import { defineModule, effects } from "../module.ts";
import { say } from "../outputs/chat.ts";
import { toSpokenDuration } from "../spoken-duration.ts";

const KB_PER_MB = 1_024;
const ENGINES = { rust: "Rust", typescript: "TypeScript" } as const;

export default defineModule({
  name: "stats",
  summary: "Says what the bot's process of this channel costs right now.",
  config: v.strictObject({}),
  commands: [
    {
      words: ["stats"],
      usage: "stats",
      who: "everyone",
      cooldownMs: { perUser: 2_000, perChannel: 0 },
      async run(_call, { clock, house }) {
        const { cpuPercent, lagMs } = house.usage();
        const pssKb = house.pssKb();
        const parts = [
          `📊 CPU: ${cpuPercent.toFixed(1)}%`,
          `RAM: ${pssKb === undefined ? "unknown" : `${Math.round(pssKb / KB_PER_MB)}MB`}`,
          `Lag: ${lagMs}ms`,
          `Engine: ${ENGINES[await house.games.engine()]}`,
          `Uptime: ${toSpokenDuration(clock.now() - house.startedAt)}`,
          ...house.alerts().map((alert) => `⚠️ ${alert}`),
        ];
        return effects(say({ text: parts.join(" | ") }));
      },
    },
  ],
  start: () => undefined,
});
