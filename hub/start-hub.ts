/**
 * The hub put together: everything that must exist once per Twitch application. It opens its door first and its
 * connection second: workers may come at any time.
 */
import { randomUUID } from "node:crypto";
import { startAuditTrail } from "../db/audit-trail.ts";
import { makeDesiredSubscriptions } from "../db/desired-subscriptions.ts";
import { makeHubState } from "../db/hub-state.ts";
import { openDatabase } from "../db/open.ts";
import type { Clock } from "../shared/clock.ts";
import type { Home } from "../shared/home.ts";
import { type ChannelId, channelIdOf, type Login } from "../shared/ids.ts";
import type { HouseKey } from "../shared/ipc/house-key.ts";
import type { HubPapers } from "../shared/ipc/papers.ts";
import type { SocketServer } from "../shared/ipc/socket-server.ts";
import { toLoginLost } from "../shared/ipc/supervisor-child.ts";
import { openHubFrontDesk } from "./front-desk.ts";
import { hearEventSub } from "./hear-eventsub.ts";
import { makeStandingAtTwitch } from "./moderated-channels.ts";
import { openAccount } from "./open-account.ts";
import { openCrowd } from "./open-crowd.ts";
import { openDelivery } from "./open-delivery.ts";
import { openEventSub } from "./open-eventsub.ts";
import { openGames } from "./open-games.ts";
import { LOOK_EVERY_MS, openGapFill } from "./open-gap-fill.ts";
import { openGateway } from "./open-gateway.ts";
import { openHubLife } from "./open-hub-life.ts";
import type { HubLogs } from "./open-hub-logs.ts";
import { openOperatorDesk } from "./open-operator-desk.ts";
import { openTellers } from "./open-tellers.ts";
import { openPermits } from "./permits/open-permits.ts";
import { openProbe } from "./proof/open-probe.ts";
import { describeLostBroadcaster } from "./tokens/broadcasters.ts";
import { hearsChatByEventSub, wantedSubscriptions } from "./wanted-subscriptions.ts";
import { makeWelcome } from "./welcome-worker.ts";
import { makeQuestionDesk } from "./worker-questions.ts";

/** A thousand workers, each of which may come twice while it reconnects, the operator and dashboards. */
const CONNECTIONS_MAX = 2_100;

export interface Hub {
  /** Resolves when workers may come and what was wanted before is wanted again. Rejects when its door can't be opened. */
  readonly opened: Promise<void>;
  /** Resolves when nothing is left of it. */
  stop(because: string): Promise<void>;
}

export function startHub(using: {
  readonly papers: HubPapers;
  readonly home: Home;
  /** Closed at the end. */
  readonly logs: HubLogs;
  readonly clock: Clock;
  readonly random: () => number;
  /** What this process takes of the machine's memory. */
  readonly pssKb: () => number | undefined;
  /** Whoever asked it to: a signal, or its supervisor. */
  readonly onStopped: () => void;
}): Hub {
  const { papers, home, logs, clock, random, pssKb } = using;
  const { log } = logs;
  const common = { clock, random, log };
  const startedAt = clock.now();
  const epoch = randomUUID();
  log.info({ pid: process.pid }, "hub starts");

  const db = openDatabase(home.database, { source: "hub" });
  const audit = startAuditTrail({
    ...common,
    db,
    source: "hub",
    onTrouble: {
      begins: (problem) => life.condition.troubleBegins("audit-away", problem),
      ends: () => life.condition.troubleEnds("audit-away"),
    },
  });
  const desired = makeDesiredSubscriptions(db);
  /** Who has a worker now; the supervisor says it after each hello. Until then whoever proves who it is is served. */
  let channels: readonly Login[] = [...desired.all().keys()];
  const account = openAccount({
    ...common,
    papers,
    homeFolder: home.folder,
    db,
    audit,
    onReauthNeeded: (problem) => tellers.needsReauth(problem),
    onBroadcasterLost: (login, problem) =>
      life.condition.troubleBegins(toLoginLost(login), describeLostBroadcaster(login, problem)),
    onBroadcasterBack(login) {
      life.condition.troubleEnds(toLoginLost(login));
      const known = directory.known(login);
      // What their channel was refused is asked for again.
      if (known) onWish(channelIdOf(known.userId));
    },
    onReauthOver() {
      tellers.look();
      for (const channel of channels) router.findLink(channel)?.send({ kind: "reauth-over" });
      void directory.refresh(channels).then(() => onWish());
    },
  });
  const { tokens, directory } = account;
  const wanted = () => wantedSubscriptions(desired, directory);

  const delivery = openDelivery({
    ...common,
    database: home.database,
    life: () => life,
    onEvent(channelId, event) {
      if (!event.recovered) gapFill.heard(channelId, event.body);
      gateway.channels.heard(channelId, event.body);
    },
  });
  const { router, journal } = delivery;
  const knowWanted = () => {
    for (const one of wanted()) router.know(one.channel, one.channelId);
  };
  const onTrouble = {
    begins: (code: string, detail: string) => life.condition.troubleBegins(code, detail),
    ends: (code: string) => life.condition.troubleEnds(code),
  };
  const permits = openPermits({
    isVerified: papers.isVerifiedBot,
    epoch,
    channels,
    takesNoRoom: (channel) => eventSub.transport.kind === "conduit" && hearsChatByEventSub(desired, channel),
    journals: home.permitJournals,
    clock,
    onTrouble,
  });
  const hubLife = openHubLife({
    ...common,
    home,
    papers,
    logs,
    pssKb,
    eventsSeen: () => router.counts().received,
    onBeat: () => tellers.look(),
    onPleaseStop: (because) => void stop(because),
    onChannels(now) {
      channels = now;
      desired.keepOnly(now);
      router.keepOnly(now);
      permits.keepOnly(now);
      void directory.refresh(now).then(() => onWish());
    },
  });
  const { life } = hubLife;
  knowWanted();
  router.restore(journal.load());

  const eventSub = openEventSub({
    ...common,
    audit,
    papers,
    tokens,
    callers: account.callers,
    state: makeHubState(db),
    joins: permits.own.joins,
    wanted: () => [...wanted(), ...probe.wanted()],
    ...hearEventSub({ life, router, wanted, parts: () => ({ tellers, gapFill, probe }) }),
  });
  const tellers = openTellers({
    life,
    tokens,
    eventSub,
    router,
    wanted,
    createsPerSecond: papers.eventsub.createsPerSecond,
    clock,
  });
  const gateway = openGateway({ account, speaksAsApp: eventSub.speaksAsApp, onTrouble, clock });
  const lookEveryMs = papers.eventsub.pollEveryMs ?? LOOK_EVERY_MS;
  const gapFill = openGapFill({ ...common, db, account, wanted, router, lookEveryMs });
  const probe = openProbe({
    ...common,
    everyMs: papers.eventsub.probeEveryMs,
    account,
    sends: permits.own.sends,
  });
  const operator = openOperatorDesk({
    ...common,
    ...delivery,
    ...account,
    startedAt,
    lookEveryMs,
    eventSub,
    wanted,
    strangers: () => channels.filter((channel) => !directory.known(channel)),
    gapFill,
    probe,
    permits,
    onDrain: tellers.drained,
    usage: hubLife.usage,
    pssKb,
  });
  const onWish = (channelId?: ChannelId) => {
    knowWanted();
    gapFill.meet();
    eventSub.wish(channelId);
  };

  const games = openGames({
    ...common,
    home,
    papers: papers.games,
    ranker: papers.ranker,
    account,
    onTrouble,
  });
  const crowd = openCrowd({ ...common, home, db, papers: papers.crowd, games, loginOf: directory.findLogin });

  let desk: SocketServer | undefined;
  let isStopping = false;
  const stop = async (because: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ because }, "hub stops");
    crowd.stop();
    probe.stop();
    operator.drain.stop();
    eventSub.stopRepairs();
    permits.stop();
    await desk?.close();
    await games.stop();
    await account.close();
    // To the last moment: what comes without a connection nobody sends again, and what is in the journal is not lost.
    eventSub.stop();
    gapFill.stop();
    journal.close();
    hubLife.stop();
    audit.stop();
    db.close();
    logs.close();
    using.onStopped();
  };

  const ask = makeQuestionDesk({ tokens, ...gateway, permits, crowd, games });
  const welcome = makeWelcome({
    epoch,
    directory,
    router,
    desired,
    onWish,
    tokens,
    ask,
    games,
    lastStanding: permits.lastStanding,
    standingAtTwitch: makeStandingAtTwitch({ caller: account.callers.bot, tokens, desired, clock }),
    log,
  });
  const open = async () => {
    desk = await openHubFrontDesk({
      socket: home.hubSocket,
      connectionsMax: CONNECTIONS_MAX,
      houseKey: papers.houseKey as HouseKey,
      clock,
      log,
      duties: { permits, welcome, operator },
    });
    await directory.refresh(channels);
    gapFill.lookEarly();
    // What was wanted before a restart is wanted now, before any worker has come back.
    if (wanted().length > 0) onWish();
  };
  return { opened: open(), stop };
}
