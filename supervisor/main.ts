/** The supervisor: what should run, does run. It knows entry paths and child specs; no Twitch, no features. */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { startAuditTrail } from "../db/audit-trail.ts";
import { auditChannels } from "../db/audited-channels.ts";
import { makeChannelBook } from "../db/channels.ts";
import { makeServiceBook } from "../db/house-services.ts";
import { openDatabase } from "../db/open.ts";
import { makeSettingsBook } from "../db/settings.ts";
import { systemClock } from "../shared/clock.ts";
import { toWorkerSettings } from "../shared/config-papers.ts";
import { DAMAGE, tellsOfDamage } from "../shared/damage-report.ts";
import { KissError, toError } from "../shared/errors.ts";
import { type ChildId, channelOfWorker, hubChildId } from "../shared/ids.ts";
import type { SupervisorStatus } from "../shared/ipc/control.ts";
import { openHouseKey } from "../shared/ipc/house-key.ts";
import { findOwnKeyRing } from "../shared/key-source.ts";
import { openLogFile } from "../shared/log.ts";
import { startLogKeeper } from "../shared/log-keeping/log-keeper.ts";
import { describeLogChanges, toRotationPolicy } from "../shared/log-keeping/log-policy.ts";
import { describeLosses } from "../shared/loss-report.ts";
import { findPssKb } from "../shared/proc.ts";
import { removeProcessNote } from "../shared/process-note.ts";
import { clearReadinessMarks, clearStrayMarks } from "../shared/readiness-marks.ts";
import { openSystemLog } from "../shared/system-log.ts";
import { startSystemMonitor } from "../shared/system-monitor.ts";
import { toTokenRules } from "../shared/token-rules.ts";
import { startUsageWatch } from "../shared/usage-watch.ts";
import { postWebhook } from "./alerts/post-webhook.ts";
import { startAlerts } from "./alerts/start-alerts.ts";
import { startBackups } from "./backups/start-backups.ts";
import { openChannelSettings } from "./channel-settings.ts";
import { findLivingChildren } from "./child-notes.ts";
import { startCrew } from "./crew.ts";
import { drakonSpec, findMissingService } from "./drakon-spec.ts";
import { endStrays } from "./end-strays.ts";
import { openFrontDesk } from "./front-desk.ts";
import { guardDatabase } from "./guard-database.ts";
import { askHealth, startHealthWatch } from "./health-watch.ts";
import { makeLiveConfig } from "./live-config.ts";
import { startMemoryWatch } from "./memory-watch.ts";
import { findMonitorAddress, startMonitor } from "./monitor/start-monitor.ts";
import { makeOrders } from "./orders.ts";
import { spawnChild, spawnHelper } from "./spawn.ts";
import { toSupervisorStatus } from "./status.ts";
import { makeStopping } from "./stop-house.ts";
import { LOCK_NAME, takeHouse } from "./take-house.ts";
import { joinPm2 } from "./under-pm2.ts";
import { awakeChannels, wantedChildren } from "./wanted-children.ts";

/** A thousand children, each of which may come twice while it reconnects, the cli, dashboards and curious operators. */
const CONNECTIONS_MAX = 2_100;

/** Of a supervisor that ends before it has begun. */
let leaveHouse = () => {};

async function main(): Promise<void> {
  const clock = systemClock;
  const startedAt = clock.now();
  process.umask(0o077);
  const { home, lockFile, oldNames, config: firstConfig } = takeHouse(process.env, clock.wall());
  leaveHouse = () => removeProcessNote(lockFile);
  const logFile = openLogFile({
    file: join(home.logs, "supervisor.log"),
    level: firstConfig.log.level,
    bindings: { child: "supervisor" },
  });
  const { log } = logFile;
  log.info({ pid: process.pid }, "supervisor starts");
  for (const line of oldNames) log.warn({ line }, "the configuration uses an old name");
  const pm2 = joinPm2(() => log.warn("PM2 is gone: nobody would bring a fallen supervisor back"));
  const config = makeLiveConfig({
    file: home.configFile,
    first: firstConfig,
    async apply(now, changes) {
      log.level = now.log.level;
      book.seed(now.twitch.channels);
      logKeeper.lookNow();
      backups.lookNow();
      audit.write("config-reloaded", { changes: changes.join("; ") });
      return monitor.moveTo(findMonitorAddress(now));
    },
  });
  const found = findLivingChildren(home.pids, LOCK_NAME);
  const database = await guardDatabase({
    home,
    config: () => config.now(),
    isInUse: found.length > 0,
    clock,
    logFile,
  });
  const db = openDatabase(home.database, { source: "supervisor" });
  const audit = startAuditTrail({
    db,
    source: "supervisor",
    clock,
    log,
    keepDays: () => config.now().audit.keep_days,
  });
  const book = auditChannels(makeChannelBook(db), audit);
  book.seed(firstConfig.twitch.channels);
  const houseKey = openHouseKey(home.houseKeyFile);
  const tokenRules = toTokenRules(home.folder, process.env);
  const settings = openChannelSettings(makeSettingsBook(db, "supervisor"), log);
  const services = makeServiceBook(db);
  const wanted = () =>
    wantedChildren(
      settings.over(config.now()),
      houseKey,
      awakeChannels(book.all()),
      tokenRules,
      services.wanted().map(() => drakonSpec(config.now(), houseKey, home)),
    );

  const places = new Set(wanted().map((spec) => spec.id));
  audit.write("house-started", { pid: process.pid, adopted: found.length });
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
  const tellSettings = (childId: ChildId) => {
    const channel = channelOfWorker(childId);
    if (channel === undefined) return;
    crew.tell(childId, { kind: "settings", ...toWorkerSettings(settings.over(config.now()), channel) });
  };
  const reshape = () => {
    const reshaped = crew.shape(wanted());
    for (const childId of reshaped.told) tellSettings(childId);
    tellChannels();
    health.look();
    return reshaped;
  };
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
        if (isKnown) settings.look();
        if (isKnown) tellSettings(childId);
        return isKnown;
      },
      childSaid(childId, spawnId, message) {
        if (message.kind === "settings-changed" && settings.look()) reshape();
        if (message.kind === "condition" && message.troubles.some(({ code }) => code === DAMAGE))
          database.suspect(`${childId} met damage`);
        crew.hear(childId, spawnId, message);
      },
      status: () => memory.refresh().then(() => status()),
      channels: book.all,
      execute: (order) => orders(order),
      stop: () => stopping.stop("operator"),
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
    audit,
    onExit: (childId, lastWords = "") => {
      if (tellsOfDamage(lastWords)) database.suspect(`${childId}: ${lastWords}`);
      const channel = channelOfWorker(childId);
      if (channel !== undefined) clearReadinessMarks(home.pids, channel);
    },
  });
  const health = startHealthWatch({
    members: crew.members,
    onWell: (childId, spawnId) => crew.hear(childId, spawnId, { kind: "stage", stage: "ready" }),
    ask: askHealth,
    clock,
  });
  health.look();
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
    level: firstConfig.log.level,
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
        ...alerts.troubles(),
        ...backups.troubles(),
        ...audit.troubles(),
        ...describeLosses([logFile.loss(), systemLog.loss()]),
      ],
      damage: database.damage(),
      backups: backups.sentence(),
    });
  const monitor = startMonitor({
    at: findMonitorAddress(firstConfig),
    status: () => status(memory.lastPssKb),
    ownUsage: usage.reader().take,
    backups: () => backups.times(),
    clock,
    log,
  });
  const alerts = startAlerts({
    file: home.alertMemory,
    settings: () => config.now().alerts,
    members: crew.members,
    house: () => ({ hasLooked: database.hasLooked(), damage: database.damage() }),
    post: postWebhook,
    clock,
    random: Math.random,
    log,
  });
  const backups = startBackups({
    home,
    config: () => config.now().backup,
    keyRingFile: findOwnKeyRing(home.folder, process.env),
    spawn: spawnHelper,
    onDamage: (because) => database.suspect(because),
    clock,
    log,
  });
  database.begin();
  const logKeeper = startLogKeeper({
    home,
    clock,
    log,
    policy: (channel) => toRotationPolicy(settings.over(config.now()), channel),
    tell: crew.tell,
    reopenOwn() {
      logFile.reopen();
      systemLog.reopen();
    },
  });
  const orders = makeOrders({
    book,
    services,
    findMissing: findMissingService,
    crew,
    reload: config.reload,
    lookAtSettings() {
      const before = settings.over(config.now());
      if (!settings.look()) return [];
      logKeeper.lookNow();
      return describeLogChanges(before, settings.over(config.now()));
    },
    reshape,
    log,
  });

  const stopping = makeStopping({
    crew,
    audit,
    log,
    pm2,
    endHelpers: () => Promise.all([backups.stop(), database.stop()]),
    async close() {
      await desk.close();
      rmSync(home.houseKeyFile, { force: true });
      for (const watch of [memory, health, alerts, logKeeper]) watch.stop();
      await monitor.stop();
      for (const watch of [system, usage]) watch.stop();
      systemLog.close();
      audit.stop();
      db.close();
      logFile.close();
      removeProcessNote(lockFile);
    },
  });
  stopping.hearSignals();
  pm2.tellReady();
}

main().catch((thrown: unknown) => {
  const problem = toError(thrown);
  const hint = problem instanceof KissError ? `\n${problem.hint}` : `\n${problem.stack ?? ""}`;
  process.stderr.write(`kissbot: ${problem.message}${hint}\n`);
  leaveHouse();
  process.exit(problem instanceof KissError ? problem.exitCode : 1);
});
