/**
 * Level, not edge: each pass asks what Twitch has, compares it with what is wanted, and repairs. Whatever happens
 * only says "look now"; a lost nudge costs at most the rest between passes. Nothing here remembers having
 * subscribed.
 */
import { type Backoff, restMs } from "../../shared/backoff.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type { ChannelId } from "../../shared/ids.ts";
import type { Logger } from "../../shared/log.ts";
import type { CanCarry } from "../../shared/twitch/can-carry.ts";
import type { OwnUses } from "../permits/own-uses.ts";
import type { Refusal } from "./budget.ts";
import { makeCostBook } from "./cost-book.ts";
import type { EventSubDesk } from "./desk.ts";
import { makePace } from "./pace.ts";
import { type Counts, makePass, type PassEnd, type SubscribedTransport, type View } from "./pass.ts";
import { makeRefusalBook } from "./refusal-book.ts";
import { type Seen, type Totals, type Wanted, wantedKey } from "./subscription.ts";

/** What wakes the loop; each says "look now" and nothing more. */
export type Nudge = "want-changed" | "carriers-changed" | "revoked" | "reload" | "resync" | "rest-over";

export interface ReconcilePicture {
  /** What Twitch has on the connections that are open now. */
  readonly seen: readonly Seen[];
  /** Alive, and not on a connection of now: of dead sessions, of other installations. */
  readonly elsewhere: readonly Seen[];
  /** Whether this installation ever used that carrier. */
  readonly isOurs: (carrierId: string) => boolean;
  readonly refusals: ReadonlyMap<string, Refusal>;
  /** Why something is not there yet. */
  readonly doubts: ReadonlyMap<string, string>;
  readonly totals: Totals | undefined;
  readonly lastPassAgoMs: Millis | undefined;
  /** Undefined while all is as it should be. */
  readonly problem: string | undefined;
}

export interface ReconcileReport {
  readonly created: number;
  readonly deleted: number;
  readonly refused: number;
  readonly tookMs: Millis;
  /** Undefined: everything wanted is there, or was refused. */
  readonly problem: string | undefined;
}

export interface ReconcileLoop {
  /**
   * Something may have changed; with a channel, what was refused there may be asked again, and is said again when it
   * still is: its worker may be another. Cheap and repeatable.
   */
  nudge(because: Nudge, channelId?: ChannelId): void;
  /** Twitch says that it has ended this subscription, and why. */
  revoked(twitchId: string, said: string): void;
  /** A whole pass from now on, in which everything is asked again; resolves with what it did. */
  resync(): Promise<ReconcileReport>;
  picture(): ReconcilePicture;
  stop(): void;
}

export interface ReconcileParts {
  readonly desk: EventSubDesk;
  readonly transport: SubscribedTransport;
  readonly wanted: () => readonly Wanted[];
  readonly canCarry: (want: Wanted) => CanCarry;
  readonly createsPerSecond: number;
  readonly joins: OwnUses;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Said once for each reason, and again after each nudge for that channel. */
  readonly onRefused: (want: Wanted, refusal: Refusal) => void;
  /** Twitch says that this program is wrong. */
  readonly onBug: (problem: string) => void;
  /** Some of what is wanted may be settled, though not all. */
  readonly onLooked: () => void;
  /** After each pass that got through: everything wanted is there, pending, or refused. */
  readonly onSettled: () => void;
  /** After each pass that left out only what Twitch does not give now. `created`: in this pass. */
  readonly onTried: (created: number) => void;
}

const PASS_EVERY_MS: Millis = 60_000;
const PASS_JITTER_MS: Millis = 5_000;
const AGAIN: Backoff = { first: 1_000, longest: 60_000, jitter: 0.5 };
/** Room comes when a dead session is forgotten, which takes Twitch seconds to minutes. */
const AGAIN_FOR_ROOM: Backoff = { first: 30_000, longest: 60_000, jitter: 0.5 };

export function startReconcileLoop(using: ReconcileParts): ReconcileLoop {
  const { clock, log, transport } = using;
  const book = makeRefusalBook(clock);
  const view: View = { seen: [], totals: undefined, listedAt: undefined, unaffordable: new Map() };
  const told = new Map<string, { readonly channelId: ChannelId; readonly words: string }>();
  let problem: string | undefined;
  let isRunning = false;
  let isNudged = false;
  let isStopped = false;
  let isCalledOff = false;
  let passes = 0;
  let failures = 0;
  let wake = () => {};
  let waiting: { readonly fromPass: number; readonly resolve: (report: ReconcileReport) => void }[] = [];

  const tell = (want: Wanted, refusal: Refusal) => {
    const words = `${refusal.code} ${refusal.problem}`;
    if (told.get(wantedKey(want))?.words === words) return;
    told.set(wantedKey(want), { channelId: want.channelId, words });
    using.onRefused(want, refusal);
  };
  const refusals = (): ReadonlyMap<string, Refusal> => new Map([...book.refusals(), ...view.unaffordable]);
  const looked = () => {
    for (const one of view.unaffordable.values()) tell(one.want, one);
    const now = refusals();
    for (const key of told.keys()) if (!now.has(key)) told.delete(key);
    using.onLooked();
  };
  /** Ends early when there is news. */
  const rest = (forMs: Millis) =>
    new Promise<void>((resolve) => {
      const finish = () => {
        cancel();
        wake = () => {};
        resolve();
      };
      const cancel = clock.after(forMs, finish);
      wake = finish;
    });
  const pass = makePass(
    {
      ...using,
      book,
      costs: makeCostBook(clock),
      pace: makePace({ ...using, room: using.desk.room }),
      rest,
      isCalledOff: () => isStopped || isCalledOff,
      onRefused: tell,
      onLooked: looked,
    },
    view,
  );

  const nudge: ReconcileLoop["nudge"] = (because, channelId) => {
    if (isStopped) return;
    if (channelId !== undefined) {
      book.forget(channelId);
      for (const [key, one] of told) if (one.channelId === channelId) told.delete(key);
    }
    if (because === "reload" || because === "resync") book.forget();
    isNudged = true;
    if (isRunning) wake();
    else void run();
  };
  const run = async () => {
    isRunning = true;
    while (!isStopped) {
      isNudged = false;
      const end = await runPass();
      if (!isStopped && !isNudged) await rest(restAfter(end));
    }
  };
  const runPass = async (): Promise<PassEnd> => {
    isCalledOff = false;
    // What is not there yet only waits its turn.
    if (problem === NO_CONNECTION && transport.carriers().current.length > 0) problem = undefined;
    passes += 1;
    const [number, startedAt] = [passes, clock.now()];
    const counts: Counts = { created: 0, deleted: 0 };
    const end = await pass(counts).catch((thrown: unknown): PassEnd => {
      log.error({ err: toError(thrown) }, "a pass threw");
      return { is: "again", because: toError(thrown).message, isSlow: false, hasTriedAll: false };
    });
    problem = problemOf(end);
    if (!isStopped && counts.created + counts.deleted > 0)
      log.info(
        { ...counts, problem, tookMs: Math.round(clock.now() - startedAt) },
        "subscriptions were repaired",
      );
    // What was called off is not what somebody waits for.
    if (isCalledOff || isStopped) return end;
    report(number, { ...counts, refused: refusals().size, tookMs: clock.now() - startedAt, problem });
    if (end.is === "settled") using.onSettled();
    else if (end.is === "again" && end.hasTriedAll) using.onTried(counts.created);
    return end;
  };
  const report = (number: number, made: ReconcileReport) => {
    const due = waiting.filter((one) => one.fromPass <= number);
    waiting = waiting.filter((one) => one.fromPass > number);
    for (const one of due) one.resolve(made);
  };
  const restAfter = (end: PassEnd): Millis => {
    if (end.is !== "again") {
      failures = 0;
      // Also without a connection: what was refused for a while may be asked again and open one.
      return PASS_EVERY_MS + PASS_JITTER_MS * using.random();
    }
    failures += 1;
    const forMs = restMs(end.isSlow ? AGAIN_FOR_ROOM : AGAIN, failures, using.random());
    log.warn({ because: end.because, forMs }, "reconciliation rests before it looks again");
    return forMs;
  };

  return {
    nudge,
    revoked(twitchId, said) {
      view.seen = view.seen.map((one) =>
        one.twitchId === twitchId ? { ...one, status: "failed", said } : one,
      );
      nudge("revoked");
    },
    resync() {
      if (isStopped) return Promise.resolve(unserved("the hub stops"));
      return new Promise((resolve) => {
        waiting.push({ fromPass: passes + 1, resolve });
        isCalledOff = true;
        nudge("resync");
      });
    },
    picture() {
      const places = transport.carriers();
      const here = new Set([...places.current, ...places.retiring].map(({ id }) => id));
      const isHere = (one: Seen) => here.has(places.nameOf(one.carrierId));
      return {
        seen: view.seen.filter(isHere),
        elsewhere: view.seen.filter((one) => !isHere(one) && one.status !== "failed"),
        isOurs: places.isOurs,
        refusals: refusals(),
        doubts: book.doubts(),
        totals: view.totals,
        lastPassAgoMs: view.listedAt === undefined ? undefined : clock.now() - view.listedAt,
        problem,
      };
    },
    stop() {
      isStopped = true;
      wake();
      for (const one of waiting) one.resolve(unserved("the hub stops"));
      waiting = [];
    },
  };
}

const NO_CONNECTION = "no connection to EventSub is open";

function problemOf(end: PassEnd): string | undefined {
  switch (end.is) {
    case "settled":
      return undefined;
    case "no-carrier":
      return NO_CONNECTION;
    case "again":
      return end.because;
  }
}

const unserved = (problem: string): ReconcileReport => ({
  created: 0,
  deleted: 0,
  refused: 0,
  tookMs: 0,
  problem,
});
