/** Children of an earlier supervisor that nobody wants any more: they are asked to go, so that no channel is served by mistake. */
import type { Clock, Millis } from "../shared/clock.ts";
import type { Logger } from "../shared/log.ts";
import { isAlive, type ProcessNote } from "../shared/process-note.ts";
import { type ChildNote, removeChildNote } from "./child-notes.ts";

const LEAVE_WITHIN_MS: Millis = 3_000;
/** They are not our children: the kernel tells us of their end only when we look. */
const LOOK_EVERY_MS: Millis = 25;

export async function endStrays(
  strays: readonly ChildNote[],
  using: { readonly pids: string; readonly clock: Clock; readonly log: Logger },
): Promise<void> {
  await Promise.all(
    strays.map(async (note) => {
      using.log.warn({ who: note.childId, pid: note.pid }, "a child nobody wants any more is asked to go");
      await endProcess(note, using.clock);
      removeChildNote(using.pids, note.childId);
    }),
  );
}

async function endProcess(note: ProcessNote, clock: Clock): Promise<void> {
  signal(note, "SIGTERM");
  if (await isGone(note, clock, LEAVE_WITHIN_MS)) return;
  signal(note, "SIGKILL");
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

function signal(note: ProcessNote, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(note.pid, name);
  } catch {
    // It went by itself between the look and the signal.
  }
}
