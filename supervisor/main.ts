/** The supervisor: what should run, does run. It knows entry paths and child specs; no Twitch, no features. */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeChannelBook } from "../db/channels.ts";
import { openDatabase } from "../db/open.ts";
import { systemClock } from "../shared/clock.ts";
import { KissError, toError } from "../shared/errors.ts";
import { findHome, prepareHome } from "../shared/home.ts";
import { channelOfWorker, hubChildId } from "../shared/ids.ts";
import { openHouseKey } from "../shared/ipc/house-key.ts";
import { describeProblems, getConfig, loadConfig } from "../shared/load-config.ts";
import { openLogFile } from "../shared/log.ts";
import { findPssKb } from "../shared/proc.ts";
import { makeProcessNote, removeProcessNote, takeLock } from "../shared/process-note.ts";
import { clearReadinessMarks, clearStrayMarks } from "../shared/readiness-marks.ts";
import { findLivingChildren } from "./child-notes.ts";
import { startCrew } from "./crew.ts";
import { endStrays } from "./end-strays.ts";
import { openFrontDesk } from "./front-desk.ts";
import { startMemoryWatch } from "./memory-watch.ts";
import { makeOrders } from "./orders.ts";
import { toSupervisorStatus } from "./status.ts";
import { awakeChannels, wantedChildren } from "./wanted-children.ts";

const LOCK_NAME = "supervisor.json";
/** A thousand children, each of which may come twice while it reconnects, the cli, dashboards and curious operators. */
const CONNECTIONS_MAX = 2_100;

async function main(): Promise<void> {
  const clock = systemClock;
  const startedAt = clock.now();
  process.umask(0o077);
  const home = findHome(process.env);
  let config = getConfig(home.configFile);
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
  log.info({ pid: process.pid }, "supervisor starts");
  const db = openDatabase(home.database);
  const book = makeChannelBook(db);
  book.seed(config.twitch.channels);
  const houseKey = openHouseKey(home.houseKeyFile);
  const wanted = () => wantedChildren(config, houseKey, awakeChannels(book.all()));

  const found = findLivingChildren(home.pids, LOCK_NAME);
  const places = new Set(wanted().map((spec) => spec.id));
  void endStrays(
    found.filter((note) => !places.has(note.childId)),
    { pids: home.pids, clock, log },
  );
  if (found.length === 0) clearStrayMarks(home.pids);
  else
    log.info(
      { children: found.map((note) => note.childId) },
      "children of an earlier supervisor are adopted",
    );

  const tellChannels = () =>
    crew.tell(hubChildId, { kind: "channels", channels: [...awakeChannels(book.all())] });
  // The desk opens first: a child looks for it as soon as it lives.
  const desk = await openFrontDesk({
    socket: home.supervisorSocket,
    connectionsMax: CONNECTIONS_MAX,
    houseKey,
    clock,
    log,
    duties: {
      childSaidHello(childId, spawnId, link) {
        const isKnown = crew.attach(childId, spawnId, link);
        if (isKnown && childId === hubChildId) tellChannels();
        return isKnown;
      },
      childSaid: (childId, spawnId, message) => crew.hear(childId, spawnId, message),
      status: () =>
        toSupervisorStatus({
          asleep: book.all().filter((wish) => !wish.isEnabled || wish.isStopped),
          members: crew.members(),
          now: clock.now(),
          startedAt,
          pid: process.pid,
          pssKb: memory.pssKb,
        }),
      channels: book.all,
      execute: (order) => orders(order),
      stop: () => stop("operator"),
    },
  });
  const crew = startCrew({
    found,
    specs: wanted(),
    home,
    houseKey,
    clock,
    random: Math.random,
    newSpawnId: randomUUID,
    log,
    onExit: (childId) => {
      const channel = channelOfWorker(childId);
      if (channel !== undefined) clearReadinessMarks(home.pids, channel);
    },
  });
  const memory = startMemoryWatch({
    members: crew.members,
    readPssKb: findPssKb,
    clock,
    onTooLarge(childId, pssKb) {
      log.warn({ who: childId, pssKb }, "a child has outgrown its memory ceiling and is replaced");
      crew.restartInTurn([childId]);
    },
  });
  const orders = makeOrders({
    book,
    crew,
    reload() {
      const loaded = loadConfig(home.configFile);
      if (loaded.is === "missing") return { is: "wrong", because: `there is no ${home.configFile}` };
      if (loaded.is === "wrong") {
        return { is: "wrong", because: describeProblems(home.configFile, loaded.problems).join("\n") };
      }
      config = loaded.config;
      book.seed(config.twitch.channels);
      return { is: "read" };
    },
    reshape() {
      const reshaped = crew.shape(wanted());
      tellChannels();
      return reshaped;
    },
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
      memory.stop();
      db.close();
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
