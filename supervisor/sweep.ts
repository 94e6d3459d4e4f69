/**
 * A supervisor that was killed leaves its children behind. Before the house starts anew they are asked to go, so
 * that no channel is ever served twice. (Stage 2 adopts them instead.)
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Millis } from "../shared/clock.ts";
import type { Logger } from "../shared/log.ts";
import { findProcessNote, isAlive, type ProcessNote, removeProcessNote } from "../shared/process-note.ts";

const LEAVE_WITHIN_MS: Millis = 3_000;
/** They are not our children any more: the kernel tells us of their end only when we look. */
const LOOK_EVERY_MS: Millis = 25;

export async function sweepLeftovers(using: {
  readonly pids: string;
  readonly except: string;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<void> {
  const files = readdirSync(using.pids)
    .filter((name) => name.endsWith(".json") && name !== using.except)
    .map((name) => join(using.pids, name));
  await Promise.all(
    files.map(async (file) => {
      const note = findProcessNote(file);
      if (note && isAlive(note)) {
        using.log.warn({ pid: note.pid, file }, "a process of an earlier supervisor is asked to go");
        await endProcess(note, using.clock);
      }
      removeProcessNote(file);
    }),
  );
}

async function endProcess(note: ProcessNote, clock: Clock): Promise<void> {
  process.kill(note.pid, "SIGTERM");
  if (await isGone(note, clock, LEAVE_WITHIN_MS)) return;
  process.kill(note.pid, "SIGKILL");
  await isGone(note, clock, LEAVE_WITHIN_MS);
}

async function isGone(note: ProcessNote, clock: Clock, withinMs: Millis): Promise<boolean> {
  const until = clock.now() + withinMs;
  while (isAlive(note)) {
    if (clock.now() >= until) return false;
    await new Promise<void>((resolve) => {
      clock.after(LOOK_EVERY_MS, resolve);
    });
  }
  return true;
}
