import * as v from "valibot";
import { formatSeconds } from "../duration.ts";
import { endHouseAndKeeper } from "../house/keeper.ts";
import { defineVerb } from "../verb.ts";

export default defineVerb({
  name: "stop",
  summary: "stops the bot and all its processes, and says who had to be killed",
  options: v.object({}),
  async run(_call, { home, clock, environment, say, warn }) {
    const end = await endHouseAndKeeper(home, clock, environment);
    switch (end.is) {
      case "was-not-running":
        say("KissBot was not running.");
        return 0;
      case "stopped":
        say(`Stopped in ${formatSeconds(end.tookMs)}.${describeKilled(end.hadToKill)}`);
        return 0;
      case "still-there":
        warn(
          `kissbot: still there after SIGTERM: process ${end.pids.join(", ")}. kill -9 ${end.pids.join(" ")} ends it.`,
        );
        return 1;
    }
  },
});

export const describeKilled = (hadToKill: readonly string[]): string =>
  hadToKill.length === 0
    ? ""
    : ` Had to be killed, because they did not go when asked: ${hadToKill.join(", ")}.`;
