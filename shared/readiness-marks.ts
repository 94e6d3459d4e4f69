/**
 * How far a channel's worker is, as files an operator can list: pids/<channel>.{starting,irc,eventsub,ready}. Each
 * appears when its stage is reached, all go with the process. Mirrors of the stages, never their source: nobody
 * reads them to decide anything.
 */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Login } from "./ids.ts";
import type { Stage } from "./ipc/supervisor-child.ts";

/** The names operators know; chat is IRC to them. */
const MARKS: Readonly<Record<Stage, string>> = {
  starting: "starting",
  chat: "irc",
  eventsub: "eventsub",
  ready: "ready",
};
const names = Object.values(MARKS);

/** Without the mark, where the disk takes none: nobody goes by it. */
export function setReadinessMark(pids: string, channel: Login, stage: Stage): void {
  try {
    writeFileSync(join(pids, `${channel}.${MARKS[stage]}`), "", { mode: 0o600 });
  } catch {
    // The stage is told to the supervisor in any case.
  }
}

/** A process begins and ends without marks; its heir clears what a killed one left. */
export function clearReadinessMarks(pids: string, channel: Login): void {
  for (const name of names) rmSync(join(pids, `${channel}.${name}`), { force: true });
}

/** Marks of channels nobody serves any more. */
export function clearStrayMarks(pids: string): void {
  for (const file of readdirSync(pids)) {
    if (names.some((name) => file.endsWith(`.${name}`))) rmSync(join(pids, file), { force: true });
  }
}
