import * as v from "valibot";
import { KissError } from "../../shared/errors.ts";
import { prepareHome } from "../../shared/home.ts";
import { USE_DB_VARIABLE } from "../../shared/key-source.ts";
import { getConfig } from "../../shared/load-config.ts";
import { refuseBesideLoneWorker } from "../../shared/lone-worker.ts";
import { ensureGameIndex } from "../games/ensure-index.ts";
import { READY_WITHIN_MS, reportBegun } from "../house/begin-report.ts";
import { findBootAdvice } from "../house/boot.ts";
import { beginHouse } from "../house/keeper.ts";
import { SUPERVISOR_PROGRAM } from "../house/launch.ts";
import { endPm2, isPm2Installed } from "../house/pm2.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import { type Desk, defineVerb } from "../verb.ts";

export default defineVerb({
  name: "start",
  summary: "starts the bot in the background with config/config.yaml and waits until it is ready",
  flags: [
    { flags: "--foreground", says: "runs it in this terminal until Ctrl-C: for systemd and containers" },
    {
      flags: "--use-db",
      says: "with the tokens in the database, whatever config.yaml says under twitch.tokens",
    },
    { flags: "--no-pm2", says: "in the background, but nobody brings a fallen supervisor back" },
  ],
  options: v.object({
    foreground: v.optional(v.boolean(), false),
    pm2: v.optional(v.boolean(), true),
    useDb: v.optional(v.boolean(), false),
  }),
  async run({ options }, desk) {
    const { home, clock } = desk;
    const environment = options.useDb ? { ...desk.environment, [USE_DB_VARIABLE]: "1" } : desk.environment;
    const config = getConfig(home.configFile, { environment, warn: desk.warn });
    const known = readSupervisorNote(home);
    if (known.is === "alive") {
      throw new KissError("already-running", `process ${known.note.pid}, since ${known.note.since}`);
    }
    refuseBesideLoneWorker(home);
    prepareHome(home);
    await ensureGameIndex(home.gameIndex, desk);
    if (options.foreground) {
      // A PM2 that was left behind would bring back a supervisor of its own.
      await endPm2(home, clock, environment);
      return becomeSupervisor({ home, environment });
    }
    const channels = config.twitch.channels.length;
    desk.say(`Starting the hub and ${channels} ${channels === 1 ? "channel" : "channels"} …`);
    const keeper = options.pm2 && isPm2Installed() ? "pm2" : "nobody";
    if (options.pm2 && keeper === "nobody") {
      desk.warn("kissbot: PM2 is not installed here: nobody will bring a fallen supervisor back");
    }
    const begun = await beginHouse({ keeper, home, clock, environment, withinMs: READY_WITHIN_MS });
    const exitCode = reportBegun(begun, desk);
    const advice = keeper === "pm2" && exitCode === 0 ? await findBootAdvice(home) : undefined;
    if (advice !== undefined) desk.say(`\n${advice}`);
    return exitCode;
  },
});

/** This very process becomes it: its pid, its terminal and every signal are the supervisor's from here on. */
function becomeSupervisor({ home, environment }: Pick<Desk, "home" | "environment">): number {
  if (!process.execve) throw new Error(`Node ${process.version} can't: run ${SUPERVISOR_PROGRAM} itself`);
  return process.execve(SUPERVISOR_PROGRAM, [SUPERVISOR_PROGRAM], {
    ...environment,
    KISSBOT_HOME: home.folder,
  });
}
