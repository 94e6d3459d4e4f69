/** A worker: one channel's chat and events in, through the pipeline, answers out. It begins to live when the hub has told it whose channel it is. */
import { systemClock } from "../shared/clock.ts";
import { KissError } from "../shared/errors.ts";
import { channelLogFolder, findHome } from "../shared/home.ts";
import { startChildLife } from "../shared/ipc/child-life.ts";
import { readPapers, WorkerPapers } from "../shared/ipc/papers.ts";
import { type ChannelLogs, openChannelLogs } from "../shared/log.ts";
import { startWorker } from "./start-worker.ts";

/** Sockets get this long to take leave; whoever does not answer is left behind. */
const LEAVE_WITHIN_MS = 300;

let logs: ChannelLogs | undefined;
process.on("uncaughtException", (problem) => {
  logs?.instance.fatal({ err: problem }, "this ends the process");
  process.stderr.write(`${problem.stack ?? problem.message}\n`);
  process.exit(problem instanceof KissError ? problem.exitCode : 1);
});
main();

function main(): void {
  process.umask(0o077);
  const clock = systemClock;
  const random = Math.random;
  const papers = readPapers(WorkerPapers);
  const { childId, channel } = papers;
  const home = findHome(process.env);
  logs = openChannelLogs({
    folder: channelLogFolder(home, channel),
    level: papers.logLevel,
    bindings: { child: childId, channel },
    keepsChat: papers.keepsChat,
  });
  logs.instance.info({ pid: process.pid }, "worker starts");
  const { stop } = startWorker({
    papers,
    home,
    logs,
    openLife: (worker) =>
      startChildLife({ ...worker, path: home.supervisorSocket, papers, pid: process.pid, clock, random }),
    leave,
    clock,
    random,
  });
  process.on("SIGTERM", () => stop.now("SIGTERM"));
  process.on("SIGINT", () => stop.now("SIGINT"));
}

/** When nothing is left open the process ends by itself; nothing that hangs may keep it longer. */
function leave(): void {
  process.exitCode = 0;
  setTimeout(() => process.exit(0), LEAVE_WITHIN_MS).unref();
}
