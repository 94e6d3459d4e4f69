/** Set up before every test file: whatever a file opened and left open (timer, socket, server, process) fails it. */
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
  expect(leaks(), "left open by this file").toEqual([]);
});

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
