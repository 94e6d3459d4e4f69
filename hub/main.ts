/** The hub as a process: its papers, its home and its time, and how it ends. What it is made of stands in start-hub.ts. */
import { systemClock } from "../shared/clock.ts";
import { KissError, toError } from "../shared/errors.ts";
import { findHome } from "../shared/home.ts";
import { HubPapers, readPapers } from "../shared/ipc/papers.ts";
import { findPssKb } from "../shared/proc.ts";
import { openHubLogs } from "./open-hub-logs.ts";
import { startHub } from "./start-hub.ts";

async function main(): Promise<void> {
  process.umask(0o077);
  const papers = readPapers(HubPapers);
  const home = findHome(process.env);
  const hub = startHub({
    papers,
    home,
    logs: openHubLogs(home, papers),
    clock: systemClock,
    random: Math.random,
    pssKb: () => findPssKb("self"),
    onStopped: () => process.exit(0),
  });
  process.on("SIGTERM", () => void hub.stop("SIGTERM"));
  process.on("SIGINT", () => void hub.stop("SIGINT"));
  await hub.opened;
}

main().catch((thrown: unknown) => {
  const problem = toError(thrown);
  process.stderr.write(`hub: ${problem.stack ?? problem.message}\n`);
  process.exit(problem instanceof KissError ? problem.exitCode : 1);
});
