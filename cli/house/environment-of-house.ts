/** The environment by which settings, tokens and their key are looked for: that of whoever runs here, else ours. */
import type { Home } from "../../shared/home.ts";
import { USE_DB_VARIABLE } from "../../shared/key-source.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import { findStartedWith } from "./started-with.ts";

/** A house that was started with --use-db, or with a key from its environment, does not look where this shell would. */
export function environmentOfHouse(desk: {
  readonly home: Home;
  readonly environment: NodeJS.ProcessEnv;
}): NodeJS.ProcessEnv {
  const note = readSupervisorNote(desk.home);
  if (note.is !== "alive" && note.is !== "lone-worker") return desk.environment;
  const { [USE_DB_VARIABLE]: _, ...ours } = desk.environment;
  return { ...ours, ...findStartedWith(note.note.pid) };
}
