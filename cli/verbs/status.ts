import * as v from "valibot";
import { askSupervisorStatus } from "../control-link.ts";
import { healthExitCode } from "../status/health.ts";
import { renderStatus } from "../status/status-page.ts";
import { readSupervisorNote, type SupervisorNote } from "../supervisor-note.ts";
import { defineVerb } from "../verb.ts";

export default defineVerb({
  name: "status",
  summary: "is all well? One row per process; exit code 0 healthy, 1 degraded, 2 down",
  flags: [{ flags: "--json", says: "the same for scripts" }],
  options: v.object({ json: v.optional(v.boolean(), false) }),
  async run({ options }, { home, clock, paint, columns, say }) {
    const asked = await askSupervisorStatus(home, clock);
    if (asked.is === "answered") {
      say(options.json ? JSON.stringify(asked.status, null, 2) : renderStatus(asked.status, paint, columns));
      return healthExitCode[asked.status.health];
    }
    const sentence = describeSilence(readSupervisorNote(home), asked.problem);
    say(options.json ? JSON.stringify({ health: "down", sentence }, null, 2) : paint("red", sentence));
    return healthExitCode.down;
  },
});

/** Pure: what to think of a supervisor that does not answer, from the note it left. */
export function describeSilence(note: SupervisorNote, problem: string): string {
  switch (note.is) {
    case "none":
      return "KissBot is not running. ./kissbot.sh start starts it.";
    case "stale":
      return `KissBot is not running: process ${note.note.pid} (started ${note.note.since}) is gone and has left its note behind. ./kissbot.sh start clears it and starts anew.`;
    case "alive":
      return `KissBot does not answer: process ${note.note.pid} (started ${note.note.since}) lives, but its control socket is silent (${problem}). ./kissbot.sh stop ends it.`;
  }
}
