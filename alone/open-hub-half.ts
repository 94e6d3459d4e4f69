/**
 * What a worker otherwise has its hub for, within its own process: the bot's token with its one owner, permits, Helix
 * who a channel is, and what EventSub did not bring. The worker talks with it as with a hub. There is no socket and no
 * connection to EventSub: only what was missed comes through here.
 */
import { randomUUID } from "node:crypto";
import { startAuditTrail } from "../db/audit-trail.ts";
import { openDatabase } from "../db/open.ts";
import type { FoundUser } from "../hub/directory.ts";
import { openAccount } from "../hub/open-account.ts";
import { openCrowd } from "../hub/open-crowd.ts";
import { openGames } from "../hub/open-games.ts";
import { openGateway } from "../hub/open-gateway.ts";
import { openHubLogs } from "../hub/open-hub-logs.ts";
import { openPermits } from "../hub/permits/open-permits.ts";
import { talkWithWorker } from "../hub/talk-with-worker.ts";
import { makeWelcome } from "../hub/welcome-worker.ts";
import { makeQuestionDesk } from "../hub/worker-questions.ts";
import type { Clock } from "../shared/clock.ts";
import type { Home } from "../shared/home.ts";
import type { Login } from "../shared/ids.ts";
import type { HouseKey } from "../shared/ipc/house-key.ts";
import type { LoneEvents } from "../shared/ipc/lone-control.ts";
import { makeMemoryWire } from "../shared/ipc/memory-wire.ts";
import type { HubPapers } from "../shared/ipc/papers.ts";
import type { dialSocket } from "../shared/ipc/socket-client.ts";
import type { MissedEvents } from "../worker/direct/direct-desk.ts";
import { openMissedEvents } from "./open-missed-events.ts";

export interface HubHalf {
  /** In place of the hub's socket. */
  readonly dial: typeof dialSocket;
  find(channel: Login): Promise<FoundUser>;
  readonly missed: MissedEvents;
  events(): LoneEvents;
  /** Its logs were put aside. */
  reopenLogs(): void;
  close(): Promise<void>;
}

export interface HubHalfTrouble {
  begins(code: string, detail: string): void;
  ends(code: string): void;
}

/** Nobody writes wishes down: a house after this has its own. */
const noWishes = { desired: { replace() {} }, onWish() {} };

export function openHubHalf(using: {
  readonly home: Home;
  readonly papers: HubPapers;
  readonly channel: Login;
  readonly onReauthNeeded: (problem: string) => void;
  readonly onReauthOver: () => void;
  readonly onBroadcasterLost: (login: Login, problem: string) => void;
  readonly onBroadcasterBack: (login: Login) => void;
  readonly onTrouble: HubHalfTrouble;
  readonly clock: Clock;
  readonly random: () => number;
}): HubHalf {
  const { home, papers, channel, clock } = using;
  const logs = openHubLogs(home, papers);
  const { log } = logs;
  const db = openDatabase(home.database);
  const epoch = randomUUID();
  const audit = startAuditTrail({
    db,
    source: "hub",
    clock,
    log,
    onTrouble: {
      begins: (problem) => using.onTrouble.begins("audit-away", problem),
      ends: () => using.onTrouble.ends("audit-away"),
    },
  });
  const account = openAccount({
    ...using,
    homeFolder: home.folder,
    db,
    audit,
    log,
    onReauthOver() {
      using.onReauthOver();
      missed.router.findLink(channel)?.send({ kind: "reauth-over" });
    },
  });
  const permits = openPermits({
    isVerified: papers.isVerifiedBot,
    epoch,
    channels: [channel],
    journals: home.permitJournals,
    clock,
    onTrouble: using.onTrouble,
  });
  const gateway = openGateway({ ...using, account, speaksAsApp: () => false });
  const games = openGames({ ...using, papers: papers.games, ranker: papers.ranker, account, log });
  const loginOf = account.directory.findLogin;
  const crowd = openCrowd({ ...using, papers: papers.crowd, games, db, loginOf, log });
  const missed = openMissedEvents({
    ...using,
    database: home.database,
    db,
    account,
    lookEveryMs: papers.eventsub.pollEveryMs,
    onHeard: gateway.channels.heard,
    log,
  });
  const welcome = makeWelcome({
    ...noWishes,
    ...account,
    router: missed.router,
    epoch,
    ask: makeQuestionDesk({ ...account, ...gateway, permits, crowd, games }),
    games,
    lastStanding: permits.lastStanding,
    log,
  });
  const desk = { houseKey: papers.houseKey as HouseKey, clock, log, duties: { welcome, permits } };
  log.info({ pid: process.pid, channel }, "a worker runs alone: this process owns the tokens");
  return {
    async dial() {
      const [ours, theirs] = makeMemoryWire();
      talkWithWorker(theirs, desk);
      return { is: "open", wire: ours };
    },
    find: account.directory.find,
    missed: missed.missed,
    events: missed.state,
    reopenLogs: logs.reopen,
    async close() {
      missed.stop();
      permits.stop();
      crowd.stop();
      await games.stop();
      await account.close();
      audit.stop();
      db.close();
      log.info({}, "the worker that ran alone has left");
      logs.close();
    },
  };
}
