/**
 * The account's budgets, for all workers: what Twitch counts per account is counted here. Holds a seat for each
 * worker that is there, a line for each kind of permit, and what the hub before this one has left behind.
 */
import type * as v from "valibot";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { WorkerToHub } from "../../shared/ipc/hub-worker.ts";
import {
  type GrantUse,
  PERMIT_KINDS,
  type PERMIT_MESSAGES_OF_HUB,
  PERMIT_MESSAGES_OF_WORKER,
  type PermitKind,
  type PermitWish,
  type Standing,
} from "../../shared/ipc/permit-words.ts";
import { makeAbsence } from "./absence.ts";
import { type JoinedState, makeJoinedChannels } from "./joined-channels.ts";
import { limitsOf, POST_ANSWERED_WITHIN_MS } from "./limits.ts";
import { makeOwnUses, type OwnUses } from "./own-uses.ts";
import type { MachineTime, PermitJournal } from "./permit-journal.ts";
import { type LineState, type LineTeller, makePermitLine, type PermitLine } from "./permit-line.ts";
import { LEFT_BY_LANE } from "./plan-grant.ts";
import { makeShareOut } from "./share-out.ts";
import { makeUseWindow } from "./use-window.ts";

type PermitWord = v.InferOutput<(typeof PERMIT_MESSAGES_OF_HUB)[number]>;
/** What a worker says about permits. */
export type PermitRequest = Extract<
  WorkerToHub,
  { kind: "permit-wish" | "permit-unwish" | "permits-used" | "chat-place" }
>;

const REQUESTS: ReadonlySet<string> = new Set(
  PERMIT_MESSAGES_OF_WORKER.map(({ entries }) => entries.kind.literal),
);
export const isPermitRequest = (message: WorkerToHub): message is PermitRequest => REQUESTS.has(message.kind);

/** A worker's end, as far as permits need it. */
export interface PermitLink {
  send(message: PermitWord): "sent" | "closed";
}

export interface Newcomer {
  readonly spawnId: string;
  readonly weight: number;
  /** Every grant of which it knows that may still count, of whatever hub. */
  readonly uses: readonly GrantUse[];
  /** No hub has welcomed this process before: what another did in this channel it can't know. */
  readonly isFresh: boolean;
}

export interface Permits {
  /** A worker has said hello; whether it is welcomed for other things does not matter here. */
  greet(channel: string, link: PermitLink, newcomer: Newcomer): void;
  hear(channel: string, link: PermitLink, message: PermitRequest): void;
  left(channel: string, link: PermitLink): void;
  /** Every channel that has, or should have, a worker. */
  keepOnly(channels: readonly string[]): void;
  /** What the hub does itself, as the account. */
  readonly own: OwnPermits;
  /**
   * The hub posts a message for this channel's worker; what is returned is called when Twitch has answered. Its permit
   * may be over before that.
   */
  posts(channel: string): () => void;
  /** What the bot was in this channel when a worker told it last. */
  lastStanding(channel: string): Standing | undefined;
  state(): PermitsState;
  stop(): void;
}
export interface OwnPermits {
  readonly joins: OwnUses;
  /** In the bot's own channel, where it is broadcaster, for nobody who waits. */
  readonly sends: OwnUses;
}
export interface PermitsState {
  readonly isVerified: boolean;
  readonly lines: Readonly<Record<PermitKind, LineState>>;
  readonly joined: JoinedState;
}

interface Seat {
  readonly link: PermitLink;
  readonly spawnId: string;
}

const ALIVE_EVERY_MS: Millis = 15_000;

export function makePermits(using: {
  readonly isVerified: boolean;
  /** Names this hub's grants; another one for each process. */
  readonly epoch: string;
  readonly channels: readonly string[];
  /** See joined-channels.ts. */
  readonly takesNoRoom?: (channel: string) => boolean;
  readonly journal: PermitJournal;
  readonly machine: MachineTime;
  readonly clock: Clock;
}): Permits {
  const { clock, journal, machine } = using;
  const limits = limitsOf(using.isVerified);
  const seats = new Map<string, Seat>();
  const weights = new Map<string, number>();
  const joined = makeJoinedChannels(using.takesNoRoom);
  const windows = {
    auth: makeUseWindow(limits.auth.windowMs),
    join: makeUseWindow(limits.join.windowMs),
    send: makeUseWindow(limits.send.windowMs),
  };
  const toMachine = (at: Millis) => at - clock.now() + machine.upMs();
  let granted = 0;
  let isStopped = false;

  const say = (channel: string, message: PermitWord) => seats.get(channel)?.link.send(message) ?? "closed";
  const tellerOf = (wants: PermitKind): LineTeller => ({
    granted({ channel, number }, { name, count, asViewer, until }, waitedMs, goodForMs) {
      journal.write({ is: "granted", kind: wants, name, channel, count, asViewer, until: toMachine(until) });
      return say(channel, {
        kind: "permit",
        wants,
        number,
        grant: name,
        count,
        asViewer,
        waitedMs,
        goodForMs,
      });
    },
    queued: ({ channel, number }, expectedMs) =>
      void say(channel, { kind: "permit-queued", wants, number, expectedMs }),
    refused: ({ channel, number }, expectedMs) =>
      void say(channel, { kind: "permit-refused", wants, number, because: "crowded", expectedMs }),
    recall: (channel) => void say(channel, { kind: "permits-recalled" }),
  });
  const lineOf = (kind: PermitKind): PermitLine =>
    makePermitLine({
      kind,
      limit: limits[kind],
      window: windows[kind],
      nameGrant: () => `${using.epoch.slice(0, 8)}-${kind}-${granted++}`,
      clock,
      weights,
      tell: tellerOf(kind),
    });
  const lines: Readonly<Record<PermitKind, PermitLine>> = {
    auth: lineOf("auth"),
    join: lineOf("join"),
    send: lineOf("send"),
  };
  const lookAll = () => {
    for (const kind of PERMIT_KINDS) lines[kind].look();
  };
  const writeAlive = () => journal.write({ is: "alive", at: machine.upMs() });
  const absence = makeAbsence({
    limits,
    windows,
    journal,
    machine,
    clock,
    onOver(isAllKnown) {
      if (isAllKnown) writeAlive();
      lookAll();
    },
  });
  // At once: after a row of hubs that lived for seconds, the next must not believe that there was none for so long.
  if (!absence.isOpen()) writeAlive();
  absence.expect(using.channels);
  const shareOut = makeShareOut({
    limits,
    clock,
    channels: using.channels,
    tell: (channel, shares) => void say(channel, { kind: "away-shares", shares }),
  });
  const stopAlive = clock.every(ALIVE_EVERY_MS, () => {
    if (!absence.isOpen()) writeAlive();
  });

  const hearUses = (channel: string, uses: readonly GrantUse[]) => {
    for (const use of uses) {
      const { wants, grant, left, usedAgoMs } = use;
      lines[wants].tell(channel, use);
      const usedAt = usedAgoMs.map((ago) => toMachine(clock.now() - ago));
      journal.note({ is: "told", kind: wants, name: grant, channel, usedAt, left });
    }
    for (const kind of new Set(uses.map(({ wants }) => wants))) lines[kind].look();
  };
  const hearWish = (channel: string, wish: PermitWish) => {
    hearUses(channel, wish.uses);
    const { wants, number } = wish;
    const detail = wants === "join" ? joined.findObstacle(channel, clock.now()) : undefined;
    if (detail === undefined) return lines[wants].wish(channel, wish);
    say(channel, {
      kind: "permit-refused",
      wants,
      number,
      because: "too-many-channels",
      expectedMs: 0,
      detail,
    });
  };
  const leaveSeat = (channel: string) => {
    seats.delete(channel);
    weights.delete(channel);
    joined.left(channel);
    for (const kind of PERMIT_KINDS) lines[kind].left(channel);
    // Whoever remains has a larger part now.
    lookAll();
  };

  const ownUses = (
    kind: PermitKind,
    rules: { readonly asViewer: boolean; readonly leftFree: number },
  ): OwnUses =>
    makeOwnUses({
      ...rules,
      limit: limits[kind],
      window: windows[kind],
      nameGrant: () => `${using.epoch.slice(0, 8)}-own-${kind}-${granted++}`,
      write: ({ until, ...grant }) =>
        journal.write({ is: "granted", kind, ...grant, until: toMachine(until) }),
      clock,
    });

  return {
    own: {
      joins: ownUses("join", { asViewer: true, leftFree: 0 }),
      sends: ownUses("send", { asViewer: false, leftFree: LEFT_BY_LANE.model }),
    },
    greet(channel, link, newcomer) {
      if (isStopped) return;
      if (seats.has(channel)) leaveSeat(channel);
      seats.set(channel, { link, spawnId: newcomer.spawnId });
      weights.set(channel, newcomer.weight);
      // A channel has one worker, and the next is born when the one before it has died.
      if (newcomer.isFresh) for (const kind of PERMIT_KINDS) lines[kind].replaced(channel);
      hearUses(channel, newcomer.uses);
      absence.told(channel, newcomer.isFresh);
      if (newcomer.isFresh) lookAll();
      link.send({ kind: "permits-open", shares: shareOut.came(channel) });
    },
    hear(channel, link, message) {
      if (isStopped) return;
      // What it says of the past is true on whatever link it comes.
      if (message.kind === "permits-used") return hearUses(channel, message.uses);
      if (seats.get(channel)?.link !== link) return;
      if (message.kind === "permit-wish") return hearWish(channel, message);
      if (message.kind === "permit-unwish") return lines[message.wants].unwish(channel);
      joined.tell(channel, { isJoined: message.isJoined, standing: message.standing });
    },
    left(channel, link) {
      if (isStopped || seats.get(channel)?.link !== link) return;
      leaveSeat(channel);
      shareOut.left(channel);
    },
    keepOnly(channels) {
      absence.expect(channels);
      shareOut.among(channels);
    },
    posts(channel) {
      const now = clock.now();
      const arrived = windows.send.leave(channel, now + POST_ANSWERED_WITHIN_MS, now);
      return () => {
        arrived(clock.now());
        if (!isStopped) lines.send.look();
      };
    },
    lastStanding: joined.lastStanding,
    state: () => ({
      isVerified: using.isVerified,
      lines: { auth: lines.auth.state(), join: lines.join.state(), send: lines.send.state() },
      joined: joined.state(),
    }),
    stop() {
      isStopped = true;
      stopAlive();
      shareOut.stop();
      absence.stop();
      for (const kind of PERMIT_KINDS) lines[kind].stop();
      journal.write({ is: "left", at: machine.upMs(), workers: seats.size });
      journal.close();
    },
  };
}
