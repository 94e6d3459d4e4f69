/** The hub: everything that must exist once per Twitch application. It opens its door first and its connection second: workers may come at any time. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { makeDesiredSubscriptions } from "../db/desired-subscriptions.ts";
import { openDatabase } from "../db/open.ts";
import { makeTokenStore } from "../db/token-store.ts";
import { makeUserDirectory } from "../db/user-directory.ts";
import { systemClock } from "../shared/clock.ts";
import { KissError, toError } from "../shared/errors.ts";
import { findHome } from "../shared/home.ts";
import type { Login } from "../shared/ids.ts";
import { startChildLife } from "../shared/ipc/child-life.ts";
import type { HouseKey } from "../shared/ipc/house-key.ts";
import { HubPapers, readPapers } from "../shared/ipc/papers.ts";
import type { SocketServer } from "../shared/ipc/socket-server.ts";
import { openLogFile } from "../shared/log.ts";
import { findPssKb } from "../shared/proc.ts";
import { openSystemLog } from "../shared/system-log.ts";
import { startSystemMonitor } from "../shared/system-monitor.ts";
import { startUsageWatch } from "../shared/usage-watch.ts";
import { makeDirectory } from "./directory.ts";
import { makeEventSubSession } from "./eventsub/session.ts";
import { dialEventSub } from "./eventsub/socket.ts";
import { openHubFrontDesk } from "./front-desk.ts";
import { makePermits } from "./permits.ts";
import { makeEventSubDesk } from "./reconcile/desk.ts";
import { startReconcileLoop } from "./reconcile/loop.ts";
import { makeRouter } from "./router.ts";
import { toHubStatus } from "./status.ts";
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

  const tokens = startTokenOwner({
    login: papers.botLogin,
    clientId: papers.clientId,
    configured: { accessToken: papers.tokens.accessToken, refreshToken: papers.tokens.refreshToken },
    store: makeTokenStore(db),
    idTwitch: makeIdTwitch({
      baseUrl: papers.urls.id,
      clientId: papers.clientId,
      clientSecret: papers.clientSecret,
    }),
    clock,
    random,
    log,
    onReauthNeeded: (problem) => life.trouble("needs-reauth", problem),
  });
  const helix = openHelix({ baseUrl: papers.urls.helix, clientId: papers.clientId, tokens });
  const directory = makeDirectory({ api: helix.api, store: makeUserDirectory(db), log });
  const router = makeRouter({ clock, log });
  const permits = makePermits({ isVerified: papers.isVerifiedBot, clock });
  const wanted = () => wantedSubscriptions(desired, directory);

  const usage = startUsageWatch(clock);
  const life = startChildLife({
    path: home.supervisorSocket,
    papers,
    pid: process.pid,
    clock,
    random,
    log,
    usage: usage.take,
    counters: () => ({
      messagesSeen: 0,
      messagesAnswered: 0,
      messagesSent: 0,
      eventsSeen: router.counts().received,
      chatLink: "none",
      hubLink: "none",
    }),
    onPleaseStop: (because) => void stop(because),
    onChannels(now) {
      channels = now;
      desired.keepOnly(now);
      router.keepOnly(now);
      void directory.refresh(now).then(onWish);
    },
    onReopenLogs() {
      logFile.reopen();
      systemLog.reopen();
    },
  });
  void logFile.firstLoss.then(({ file, because }) => life.trouble("log-lost", `${file}: ${because}`));
  const system = startSystemMonitor({
    clock,
    usage: startUsageWatch(clock),
    pssKb: () => findPssKb("self"),
    log: systemLog.log,
    onAlert: life.trouble,
  });

  const reconcile = startReconcileLoop({
    desk: makeEventSubDesk({ api: helix.api, botId: () => tokens.state().token?.facts.userId }),
    wanted,
    sessionId: () => session.sessionId(),
    clock,
    random,
    log,
    onRefused(want, { code, problem }) {
      const channel = wanted().find((one) => one.channelId === want.channelId)?.channel;
      const link = channel === undefined ? undefined : router.findLink(channel);
      link?.send({ kind: "topic-refused", topic: want.topic, code, detail: problem.slice(0, 500) });
      life.trouble(code, `${channel ?? want.channelId} ${want.topic}: ${problem}`);
    },
    onLooked: () => router.tellSettled(settledChannels(wanted(), reconcile.picture())),
    onSettled: () => life.reach("ready"),
  });
  const session = makeEventSubSession({
    url: papers.urls.eventsub,
    dial: dialEventSub,
    clock,
    random,
    log,
    listeners: {
      onLive() {
        life.reach("eventsub");
        reconcile.nudge("session-opened");
      },
      onLost: (because) => life.trouble("twitch-away", `the EventSub connection was lost: ${because}`),
      onNotification: (notification) => router.route(notification),
      onRevocation(revocation) {
        log.warn({ revocation }, "Twitch revoked a subscription");
        reconcile.nudge("revoked");
      },
    },
  });

  const onWish = () => {
    if (wanted().length === 0) life.reach("ready");
    else session.begin();
    reconcile.nudge("want-changed");
  };

  let desk: SocketServer | undefined;
  let isStopping = false;
  const stop = async (because: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ because }, "hub stops");
    reconcile.stop();
    session.stop();
    tokens.stop();
    usage.stop();
    system.stop();
    await desk?.close();
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
      welcome: makeWelcome({
        epoch: randomUUID(),
        workers: () => channels.length,
        directory,
        router,
        desired,
        onWish,
        permits,
        tokens,
        ask: makeQuestionDesk({ tokens, api: helix.api, permits }),
        log,
      }),
      status: () =>
        toHubStatus({
          pid: process.pid,
          uptimeMs: clock.now() - startedAt,
          wallNow: clock.wall(),
          session: session.state(),
          token: tokens.state(),
          wanted: wanted(),
          picture: reconcile.picture(),
          router,
        }),
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
