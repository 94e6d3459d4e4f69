/** The hub: everything that must exist once per Twitch application. It opens its door first and its connection second: workers may come at any time. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { makeDesiredSubscriptions } from "../db/desired-subscriptions.ts";
import { makeHubState } from "../db/hub-state.ts";
import { openDatabase } from "../db/open.ts";
import { makeTokenStore } from "../db/token-store.ts";
import { makeUserDirectory } from "../db/user-directory.ts";
import { systemClock } from "../shared/clock.ts";
import { KissError, toError } from "../shared/errors.ts";
import { findHome } from "../shared/home.ts";
import type { ChannelId, Login } from "../shared/ids.ts";
import { startChildLife } from "../shared/ipc/child-life.ts";
import type { HouseKey } from "../shared/ipc/house-key.ts";
import { HubPapers, readPapers } from "../shared/ipc/papers.ts";
import type { SocketServer } from "../shared/ipc/socket-server.ts";
import { openLogFile } from "../shared/log.ts";
import { makeLossReport } from "../shared/loss-report.ts";
import { findPssKb } from "../shared/proc.ts";
import { openSystemLog } from "../shared/system-log.ts";
import { startSystemMonitor } from "../shared/system-monitor.ts";
import { topicRow } from "../shared/twitch/topics.ts";
import { startUsageWatch } from "../shared/usage-watch.ts";
import { makeDirectory } from "./directory.ts";
import { openHubFrontDesk } from "./front-desk.ts";
import { openEventSub } from "./open-eventsub.ts";
import { LOOK_EVERY_MS, openGapFill } from "./open-gap-fill.ts";
import { openGateway } from "./open-gateway.ts";
import { openJournal } from "./open-journal.ts";
import { openOperatorDesk } from "./open-operator-desk.ts";
import { makeEventFeed, toPassingEvent } from "./operator/event-feed.ts";
import { makeLastEvents } from "./operator/last-events.ts";
import { openPermits } from "./permits/open-permits.ts";
import { isOnlyForProbe, noProbe, type Probe, startProbe } from "./proof/probe.ts";
import { makeRouter } from "./router.ts";
import { makeChatTeller } from "./tell-chat.ts";
import { makeGrantTeller, toMissingGrants } from "./tell-grants.ts";
import { makeWaitTeller } from "./tell-waits.ts";
import { startTokenOwner } from "./tokens/token-owner.ts";
import { openHelix } from "./twitch/helix.ts";
import { makeIdTwitch } from "./twitch/id-twitch.ts";
import { settledChannels, wantedSubscriptions } from "./wanted-subscriptions.ts";
import { makeWelcome } from "./welcome-worker.ts";
import { makeQuestionDesk } from "./worker-questions.ts";

/** A thousand workers, each of which may come twice while it reconnects, the operator and dashboards. */
const CONNECTIONS_MAX = 2_100;

async function main(): Promise<void> {
  process.umask(0o077);
  const clock = systemClock;
  const random = Math.random;
  const startedAt = clock.now();
  const epoch = randomUUID();
  const papers = readPapers(HubPapers);
  const home = findHome(process.env);
  const logFile = openLogFile({
    file: join(home.logs, "hub.log"),
    level: papers.logLevel,
    bindings: { child: papers.childId },
  });
  const { log } = logFile;
  const systemLog = openSystemLog({
    folder: home.logs,
    level: papers.logLevel,
    bindings: { child: papers.childId },
  });
  log.info({ pid: process.pid }, "hub starts");

  const db = openDatabase(home.database);
  const desired = makeDesiredSubscriptions(db);
  /** Who has a worker now; the supervisor says it after each hello. Until then whoever proves who it is is served. */
  let channels: readonly Login[] = [...desired.all().keys()];

  const idTwitch = makeIdTwitch({
    baseUrl: papers.urls.id,
    clientId: papers.clientId,
    clientSecret: papers.clientSecret,
  });
  const tokens = startTokenOwner({
    login: papers.botLogin,
    clientId: papers.clientId,
    configured: { accessToken: papers.tokens.accessToken, refreshToken: papers.tokens.refreshToken },
    store: makeTokenStore(db),
    idTwitch,
    clock,
    random,
    log,
    onReauthNeeded: (problem) => tellWaits.needsReauth(problem),
  });
  const helix = openHelix({ baseUrl: papers.urls.helix, clientId: papers.clientId, tokens, clock });
  const directory = makeDirectory({ api: helix.api, store: makeUserDirectory(db), clock, log });
  const journal = openJournal({
    database: home.database,
    clock,
    log,
    onTrouble: {
      begins: (problem) => life.condition.troubleBegins("journal-away", problem),
      ends: () => life.condition.troubleEnds("journal-away"),
      unreadable: (problem) => life.trouble("journal-unreadable", problem),
    },
  });
  const feed = makeEventFeed();
  const lastEvents = makeLastEvents(clock);
  const router = makeRouter({
    clock,
    log,
    journal,
    onRouted(channel, channelId, event) {
      if (!event.recovered) gapFill.heard(channelId, event.body);
      gateway.channels.heard(channelId, event.body);
      lastEvents.note(event.body.topic);
      if (feed.isWatched()) feed.pass(toPassingEvent(channel, event));
    },
  });
  const permits = openPermits({
    isVerified: papers.isVerifiedBot,
    epoch,
    channels,
    journals: home.permitJournals,
    clock,
    onTrouble: {
      begins: (code, detail) => life.condition.troubleBegins(code, detail),
      ends: (code) => life.condition.troubleEnds(code),
    },
  });
  const wanted = () => wantedSubscriptions(desired, directory);
  const knowWanted = () => {
    for (const one of wanted()) router.know(one.channel, one.channelId);
  };

  const usage = startUsageWatch(clock);
  const beatUsage = usage.reader();
  const life = startChildLife({
    path: home.supervisorSocket,
    papers,
    pid: process.pid,
    clock,
    random,
    log,
    usage: beatUsage.take,
    counters: () => ({
      messagesSeen: 0,
      messagesAnswered: 0,
      messagesSent: 0,
      eventsSeen: router.counts().received,
      chatLink: "none",
      hubLink: "none",
    }),
    onBeat() {
      tellWaits.look();
      tellChat.look();
    },
    onPleaseStop: (because) => void stop(because),
    onChannels(now) {
      channels = now;
      desired.keepOnly(now);
      router.keepOnly(now);
      permits.keepOnly(now);
      void directory.refresh(now).then(() => onWish());
    },
    onReopenLogs() {
      logFile.reopen();
      systemLog.reopen();
    },
  });
  knowWanted();
  router.restore(journal.load());
  const reportLoss = makeLossReport({ clock, tell: (detail) => life.trouble("log-lost", detail) });
  for (const one of [logFile, systemLog]) one.onLoss(reportLoss);
  const system = startSystemMonitor({
    clock,
    usage: usage.reader(),
    pssKb: () => findPssKb("self"),
    log: systemLog.log,
    onAlert: life.condition.troubleBegins,
    onOver: life.condition.troubleEnds,
  });

  /** A connection was opened: until its subscriptions stand, something may be missed. */
  let isGapPossible = false;
  const eventSub = openEventSub({
    papers,
    state: makeHubState(db),
    tokens,
    idTwitch,
    points: helix.points,
    joins: permits.ownJoins,
    wanted: () => [...wanted(), ...probe.wanted()],
    clock,
    random,
    log,
    onOpen() {
      isGapPossible = true;
      life.condition.troubleEnds("eventsub-away");
      life.reach("eventsub");
      tellWaits.look();
      tellChat.look();
    },
    onRest() {
      tellWaits.look();
      tellChat.look();
    },
    onNotification(notification) {
      if (probe.hear(notification) || isOnlyForProbe(notification, probe.wanted(), wanted)) return;
      router.route(notification);
    },
    onRefused(want, { code, problem }) {
      const channel = wanted().find((one) => one.channelId === want.channelId)?.channel;
      const link = channel === undefined ? undefined : router.findLink(channel);
      link?.send({ kind: "topic-refused", topic: want.topic, code, detail: problem.slice(0, 500) });
      const isHeardInChat = topicRow(want.topic).isToldInChat;
      if (!isHeardInChat) life.trouble(code, `${channel ?? want.channelId} ${want.topic}: ${problem}`);
    },
    onLooked() {
      const picture = eventSub.reconcile.picture();
      tellGrants(toMissingGrants(wanted(), picture));
      tellChat.look();
      router.tellSettled(settledChannels(wanted(), picture));
    },
    onSettled() {
      if (isGapPossible) gapFill.afterOutage();
      isGapPossible = false;
      life.reach("ready");
      tellWaits.look();
    },
    onTrouble(code, detail) {
      tellChat.look();
      if (code === "eventsub-away") life.condition.troubleBegins(code, detail);
      else life.trouble(code, detail);
    },
  });
  const gateway = openGateway({ eventSub, points: helix.points, tokens, clock });
  const lookEveryMs = papers.eventsub.pollEveryMs ?? LOOK_EVERY_MS;
  const gapFill = openGapFill({
    db,
    helix: eventSub.helix,
    points: helix.points,
    directory,
    wanted,
    router,
    lookEveryMs,
    clock,
    random,
    log,
  });
  const { probeEveryMs } = papers.eventsub;
  const bot = () => tokens.state().token?.facts;
  const probe: Probe =
    probeEveryMs === undefined
      ? noProbe
      : startProbe({ everyMs: probeEveryMs, bot, helix: eventSub.helix, clock, random, log });
  const tellGrants = makeGrantTeller(router.findLink);
  const tellWaits = makeWaitTeller({
    condition: () => life.condition,
    isReauthNeeded: () => tokens.state().is === "needs-reauth",
    sight: () => ({
      wanted: wanted(),
      transport: eventSub.transport.state(),
      picture: eventSub.reconcile.picture(),
      createsPerSecond: papers.eventsub.createsPerSecond,
    }),
    findLink: router.findLink,
  });

  const tellChat = makeChatTeller({
    sight: () => ({
      wanted: wanted(),
      transport: eventSub.transport.state(),
      picture: eventSub.reconcile.picture(),
    }),
    findLink: router.findLink,
    clock,
  });

  const onWish = (channelId?: ChannelId) => {
    knowWanted();
    eventSub.wish(channelId);
  };

  const operator = openOperatorDesk({
    startedAt,
    lookEveryMs,
    eventSub,
    tokens,
    wanted,
    router,
    gapFill,
    probe,
    journal,
    permits,
    points: helix.points,
    feed,
    lastEvents,
    usage: beatUsage,
    clock,
    log,
  });

  let desk: SocketServer | undefined;
  let isStopping = false;
  const stop = async (because: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ because }, "hub stops");
    gapFill.stop();
    probe.stop();
    operator.drain.stop();
    await eventSub.stop();
    tokens.stop();
    usage.stop();
    system.stop();
    permits.stop();
    await desk?.close();
    journal.close();
    await helix.close();
    life.stop();
    db.close();
    logFile.close();
    systemLog.close();
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop("SIGTERM"));
  process.on("SIGINT", () => void stop("SIGINT"));

  const houseKey = papers.houseKey as HouseKey;
  desk = await openHubFrontDesk({
    socket: home.hubSocket,
    connectionsMax: CONNECTIONS_MAX,
    houseKey,
    clock,
    log,
    duties: {
      permits,
      welcome: makeWelcome({
        epoch,
        directory,
        router,
        desired,
        onWish,
        tokens,
        ask: makeQuestionDesk({ tokens, ...gateway }),
        lastStanding: permits.lastStanding,
        log,
      }),
      operator,
    },
  });
  await directory.refresh(channels);
  // What was wanted before a restart is wanted now, before any worker has come back.
  if (wanted().length > 0) onWish();
}

main().catch((thrown: unknown) => {
  const problem = toError(thrown);
  process.stderr.write(`hub: ${problem.stack ?? problem.message}\n`);
  process.exit(problem instanceof KissError ? problem.exitCode : 1);
});
