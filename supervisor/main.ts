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
import type { SupervisorStatus } from "../shared/ipc/control.ts";
import { openHouseKey } from "../shared/ipc/house-key.ts";
import { describeProblems, getConfig, loadConfig } from "../shared/load-config.ts";
import { openLogFile } from "../shared/log.ts";
import { describeLosses } from "../shared/loss-report.ts";
import { findPssKb } from "../shared/proc.ts";
import { makeProcessNote, removeProcessNote, takeLock } from "../shared/process-note.ts";
import { clearReadinessMarks, clearStrayMarks } from "../shared/readiness-marks.ts";
import { openSystemLog } from "../shared/system-log.ts";
import { startSystemMonitor } from "../shared/system-monitor.ts";
import { startUsageWatch } from "../shared/usage-watch.ts";
import { findLivingChildren } from "./child-notes.ts";
import { startCrew } from "./crew.ts";
import { endStrays } from "./end-strays.ts";
import { openFrontDesk } from "./front-desk.ts";
import { startLogKeeper } from "./log-keeper.ts";
import { describeLogChanges, toRotationPolicy } from "./log-policy.ts";
import { startMemoryWatch } from "./memory-watch.ts";
import { findMonitorAddress, startMonitor } from "./monitor/start-monitor.ts";
import { makeOrders } from "./orders.ts";
import { spawnChild } from "./spawn.ts";
import { toSupervisorStatus } from "./status.ts";
import { joinPm2 } from "./under-pm2.ts";
import { awakeChannels, wantedChildren } from "./wanted-children.ts";

/** What better-sqlite3 and node-ipc ask for. */
const NODE_MIN = { major: 22, minor: 13 };
const LOCK_NAME = "supervisor.json";
/** A thousand children, each of which may come twice while it reconnects, the cli, dashboards and curious operators. */
const CONNECTIONS_MAX = 2_100;

async function main(): Promise<void> {
  const clock = systemClock;
  const startedAt = clock.now();
  refuseOldNode();
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
  const pm2 = joinPm2(() => log.warn("PM2 is gone: nobody would bring a fallen supervisor back"));
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
      status: () => memory.refresh().then(() => status()),
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
    spawn: spawnChild,
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
  const systemLog = openSystemLog({
    folder: home.logs,
    level: config.log.level,
    bindings: { child: "supervisor" },
  });
  const usage = startUsageWatch(clock);
  const system = startSystemMonitor({
    clock,
    usage: usage.reader(),
    pssKb: () => findPssKb("self"),
    log: systemLog.log,
    onAlert: (alert, detail) => log.warn({ alert, detail }, "the supervisor costs too much"),
  });
  const status = (pssKb = memory.pssKb): SupervisorStatus =>
    toSupervisorStatus({
      asleep: book.all().filter((wish) => !wish.isEnabled || wish.isStopped),
      members: crew.members(),
      now: clock.now(),
      wallNow: clock.wall(),
      startedAt,
      pid: process.pid,
      pssKb,
      troubles: [
        ...pm2.troubles(),
        ...system.alerts(),
        ...monitor.troubles(),
        ...describeLosses([logFile.loss(), systemLog.loss()]),
      ],
    });
  const monitor = startMonitor({
    at: findMonitorAddress(config),
    status: () => status(memory.lastPssKb),
    ownUsage: usage.reader().take,
    clock,
    log,
  });
  const logKeeper = startLogKeeper({
    home,
    clock,
    log,
    policy: (channel) => toRotationPolicy(config, channel),
    tell: crew.tell,
    reopenOwn() {
      logFile.reopen();
      systemLog.reopen();
    },
  });
  const orders = makeOrders({
    book,
    crew,
    async reload() {
      const loaded = loadConfig(home.configFile);
      if (loaded.is === "missing") return { is: "wrong", because: `there is no ${home.configFile}` };
      if (loaded.is === "wrong") {
        return { is: "wrong", because: describeProblems(home.configFile, loaded.problems).join("\n") };
      }
      const before = config;
      config = loaded.config;
      log.level = config.log.level;
      book.seed(config.twitch.channels);
      logKeeper.lookNow();
      const moved = await monitor.moveTo(findMonitorAddress(config));
      return { is: "read", lines: [...describeLogChanges(before, config), ...moved] };
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
      logKeeper.stop();
      await monitor.stop();
      system.stop();
      usage.stop();
      systemLog.close();
      db.close();
      logFile.close();
      removeProcessNote(lockFile);
      process.exit(pm2.exitCodeAsked());
    });
    return stopping;
  };
  process.on("SIGTERM", () => void stop("SIGTERM"));
  process.on("SIGINT", () => {
    if (!pm2.isKept()) return stop("SIGINT");
    // PM2 wants another one in our place, because we have grown too large: it adopts the children.
    if (stopping) return;
    log.warn("PM2 replaces the supervisor; its children wait for the next one");
    process.exit(0);
  });
  // The terminal it runs in by `start --foreground` was closed.
  process.on("SIGHUP", () => void stop("SIGHUP"));
  pm2.tellReady();
}

/** Children run on the Node we run on: an old one would let them fall one after the other. */
function refuseOldNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > NODE_MIN.major || (major === NODE_MIN.major && minor >= NODE_MIN.minor)) return;
  throw new KissError(
    "node-too-old",
    `it is ${process.version}, ${NODE_MIN.major}.${NODE_MIN.minor} is needed`,
  );
}

main().catch((thrown: unknown) => {
  const problem = toError(thrown);
  const hint = problem instanceof KissError ? `\n${problem.hint}` : `\n${problem.stack ?? ""}`;
  process.stderr.write(`kissbot: ${problem.message}${hint}\n`);
  process.exit(problem instanceof KissError ? problem.exitCode : 1);
});
