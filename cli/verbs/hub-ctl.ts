import * as v from "valibot";
import { askHubStatus } from "../control-link.ts";
import { healthExitCode } from "../status/health.ts";
import { renderHubStatus } from "../status/hub-page.ts";
import { defineVerb, EXIT_USAGE } from "../verb.ts";

export default defineVerb({
  name: "hub-ctl",
  aliases: ["hub_ctl"],
  summary: "asks the hub itself: hub_ctl status; exit code 0 healthy, 1 degraded, 2 down",
  arguments: [{ name: "<question>", says: "status" }],
  flags: [{ flags: "--json", says: "the same for scripts" }],
  options: v.object({ json: v.optional(v.boolean(), false) }),
  async run({ args, options }, { home, clock, paint, columns, say, warn }) {
    if (args[0] !== "status") {
      warn(`kissbot: hub_ctl knows "status", not "${args[0]}"`);
      return EXIT_USAGE;
    }
    const asked = await askHubStatus(home, clock);
    if (asked.is === "answered") {
      say(
        options.json ? JSON.stringify(asked.status, null, 2) : renderHubStatus(asked.status, paint, columns),
      );
      return healthExitCode[asked.status.health];
    }
    const sentence = `The hub does not answer (${asked.problem}). ./kissbot.sh status shows whether it should run.`;
    say(options.json ? JSON.stringify({ health: "down", sentence }, null, 2) : paint("red", sentence));
    return healthExitCode.down;
  },
});
