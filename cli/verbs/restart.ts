import * as v from "valibot";
import { prepareHome } from "../../shared/home.ts";
import { getConfig } from "../../shared/load-config.ts";
import { formatSeconds } from "../duration.ts";
import { READY_WITHIN_MS, reportBegun } from "../house/begin-report.ts";
import { beginHouse, endHouseAndKeeper, findKeeper } from "../house/keeper.ts";
import { findStartedWith } from "../house/started-with.ts";
import { type Ordered, reportOrdered } from "../order-supervisor.ts";
import { describeSilence } from "../status/silence.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import { defineVerb } from "../verb.ts";
import { describeKilled } from "./stop.ts";

export default defineVerb({
  name: "restart",
  summary: "stops everything and starts it again, as it was started before",
  flags: [{ flags: "--json", says: "the answer for scripts" }],
  options: v.object({ json: v.optional(v.boolean(), false) }),
  async run({ options }, desk) {
    const { home, clock } = desk;
    const report = (ordered: Ordered) => reportOrdered(ordered, options.json, desk);
    const note = readSupervisorNote(home);
    if (note.is !== "alive") return report({ is: "nothing-runs", because: describeSilence(note, "") });
    // What this shell says counts more.
    const environment = { ...findStartedWith(note.note.pid), ...desk.environment };
    // Before anything stops: a house that could not start again is better left running.
    getConfig(home.configFile, { environment });
    const keeper = findKeeper(home);
    if (keeper === "systemd") {
      return report({ is: "refused", because: "systemd keeps this house: systemctl restart its unit" });
    }
    const end = await endHouseAndKeeper(home, clock, environment);
    if (end.is === "still-there") {
      return report({
        is: "refused",
        because: `process ${end.pids.join(", ")} would not go: kill -9 ends it`,
      });
    }
    const stopped =
      end.is === "stopped" ? `Stopped in ${formatSeconds(end.tookMs)}.${describeKilled(end.hadToKill)}` : "";
    if (!options.json && stopped !== "") desk.say(stopped);
    prepareHome(home);
    const begun = await beginHouse({ keeper, home, clock, environment, withinMs: READY_WITHIN_MS });
    if (!options.json) return reportBegun(begun, desk);
    return begun.coming.is === "ready"
      ? report({
          is: "done",
          lines: [stopped, `Ready in ${formatSeconds(begun.tookMs)}.`],
          pid: begun.coming.status.pid,
        })
      : report({ is: "refused", because: `it stopped, but is not ready again. ${begun.lastWords}`.trim() });
  },
});
