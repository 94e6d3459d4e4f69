/** Set up before every test file: whatever a file opened and left open (timer, socket, server, process) fails it. */
import { ChildProcess } from "node:child_process";
import { afterAll, expect } from "vitest";

/** Kinds that keep a process alive and that only tests of ours open. */
const WATCHED = ["Timeout", "TCPSocketWrap", "TCPServerWrap", "PipeWrap", "ProcessWrap", "FSEventWrap"];
/** Closing takes some turns of the loop: a socket's last acknowledgement, a process's exit. */
const TURNS_MAX = 200;

const before = countOpen();

afterAll(async () => {
  for (let turn = 0; turn < TURNS_MAX && leaks().length > 0; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, turn < 10 ? 0 : 5).unref());
    await new Promise(setImmediate);
  }
  const left = leaks();
  if (left.length > 0) endChildren();
  expect(left, "left open by this file").toEqual([]);
});

/** A child that is left over would hold up the whole run: its pipes keep this process alive, even when it is stopped. */
function endChildren(): void {
  const { _getActiveHandles } = process as unknown as { _getActiveHandles?: () => readonly unknown[] };
  for (const handle of _getActiveHandles?.call(process) ?? [])
    if (handle instanceof ChildProcess) handle.kill("SIGKILL");
}

function countOpen(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

function leaks(): readonly string[] {
  const now = countOpen();
  return WATCHED.flatMap((kind) => {
    const more = (now.get(kind) ?? 0) - (before.get(kind) ?? 0);
    return more > 0 ? [`${more} × ${kind}`] : [];
  });
}
