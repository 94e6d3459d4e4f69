/** The supervisor: what should run, does run. It knows entry paths and child specs; no Twitch, no features. */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../shared/clock.ts";
import { KissError, toError } from "../shared/errors.ts";
import { findHome, prepareHome } from "../shared/home.ts";
import { openHouseKey } from "../shared/ipc/house-key.ts";
import { getConfig } from "../shared/load-config.ts";
import { openLogFile } from "../shared/log.ts";
import { findPssKb } from "../shared/proc.ts";
import { makeProcessNote, removeProcessNote, takeLock } from "../shared/process-note.ts";
import { startCrew } from "./crew.ts";
import { openFrontDesk } from "./front-desk.ts";
import { toSupervisorStatus } from "./status.ts";
import { sweepLeftovers } from "./sweep.ts";
import { wantedChildren } from "./wanted-children.ts";

const LOCK_NAME = "supervisor.json";
/** The cli, dashboards and curious operators, beside the children. */
const OPERATOR_CONNECTIONS_MAX = 64;

async function main(): Promise<void> {
  const clock = systemClock;
  const startedAt = clock.now();
  process.umask(0o077);
  const home = findHome(process.env);
  const config = getConfig(home.configFile);
  prepareHome(home);

  const lockFile = join(home.pids, LOCK_NAME);
  const lock = takeLock(lockFile, makeProcessNote(process.pid, new Date(clock.wall())));
  if (lock.is === "held")
    throw new KissError("already-running", `process ${lock.by.pid}, since ${lock.by.since}`);

  const logFile = openLogFile({
    file: join(home.logs, "supervisor.log"),
    level: config.log.level,
    bindings: { child: "supervisor" },
  });
  const { log } = logFile;
  log.info({ pid: process.pid, channels: config.twitch.channels.length }, "supervisor starts");
  await sweepLeftovers({ pids: home.pids, except: LOCK_NAME, clock, log });

  const houseKey = openHouseKey(home.houseKeyFile);
  const specs = wantedChildren(config, houseKey);
  // The desk opens first: a child looks for it as soon as it lives.
  const desk = await openFrontDesk({
    socket: home.supervisorSocket,
    connectionsMax: 2 * specs.length + OPERATOR_CONNECTIONS_MAX,
    houseKey,
    clock,
    log,
    duties: {
      childSaidHello: (childId, spawnId, link) => crew.attach(childId, spawnId, link),
      childSaid: (childId, spawnId, message) => crew.hear(childId, spawnId, message),
      status: () =>
        toSupervisorStatus({
          asleep: [],
          members: crew.members(),
          now: clock.now(),
          startedAt,
          pid: process.pid,
          pssKb: findPssKb,
        }),
      stop: () => stop("operator"),
    },
  });
  const crew = startCrew({
    specs,
    home,
    houseKey,
    clock,
    random: Math.random,
    newSpawnId: randomUUID,
    log,
  });

  let stopping: ReturnType<typeof crew.stopAll> | undefined;
  const stop = (because: string) => {
    if (stopping) return stopping;
    log.info({ because }, "supervisor stops");
    stopping = crew.stopAll();
    void stopping.then(async ({ hadToKill }) => {
      log.info({ hadToKill }, "all children have gone");
      // In a later turn: whoever asked to stop is answered before the door closes.
      await new Promise(setImmediate);
      await desk.close();
      rmSync(home.houseKeyFile, { force: true });
      logFile.close();
      removeProcessNote(lockFile);
      process.exit(0);
    });
    return stopping;
  };
  process.on("SIGTERM", () => void stop("SIGTERM"));
  process.on("SIGINT", () => void stop("SIGINT"));
}

main().catch((thrown: unknown) => {
  const problem = toError(thrown);
  const hint = problem instanceof KissError ? `\n${problem.hint}` : `\n${problem.stack ?? ""}`;
  process.stderr.write(`kissbot: ${problem.message}${hint}\n`);
  process.exit(problem instanceof KissError ? problem.exitCode : 1);
});
