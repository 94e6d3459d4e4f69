import { describeLoneWorker } from "../../shared/lone-worker.ts";
import type { SupervisorNote } from "../supervisor-note.ts";

/** Pure: what to think of a supervisor that does not answer, from the note it left. */
export function describeSilence(note: SupervisorNote, problem: string): string {
  switch (note.is) {
    case "none":
      return "KissBot is not running. ./kissbot.sh start starts it.";
    case "lone-worker":
      return `The house is not running; a worker runs alone: ${describeLoneWorker(note.note)}. ./kissbot.sh stop ends it.`;
    case "stale":
      return `KissBot is not running: process ${note.note.pid} (started ${note.note.since}) is gone and has left its note behind. ./kissbot.sh start clears it and starts anew.`;
    case "alive":
      return `KissBot does not answer: process ${note.note.pid} (started ${note.note.since}) lives, but its control socket is silent (${problem}). ./kissbot.sh stop ends it.`;
  }
}
