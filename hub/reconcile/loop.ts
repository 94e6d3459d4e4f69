/**
 * Level, not edge: each pass asks what Twitch has, compares it with what is wanted, and repairs. Whatever happens
 * only says "look now"; a lost nudge costs at most the rest between passes. Nothing here remembers having
 * subscribed.
 */
import { type Backoff, restMs } from "../../shared/backoff.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { Applied, EventSubDesk } from "./desk.ts";
import { planRepairs, type Repair, type Seen, type Wanted } from "./plan.ts";

export type Nudge = "want-changed" | "session-opened" | "revoked" | "rest-over" | "look-again";

export interface Refusal {
  readonly code: Extract<Applied, { is: "hopeless" }>["code"];
  readonly problem: string;
}

export interface ReconcilePicture {
  /** What Twitch listed last, for the session that is open now. */
  readonly seen: readonly Seen[];
  readonly refusals: ReadonlyMap<string, Refusal>;
  readonly lastPassAgoMs: Millis | undefined;
}

export interface ReconcileLoop {
  /** Something may have changed. Cheap and repeatable. */
  nudge(because: Nudge): void;
  picture(): ReconcilePicture;
  stop(): void;
}

const PASS_EVERY_MS: Millis = 60_000;
const PASS_JITTER_MS: Millis = 5_000;
/** 8 a second leaves a third of Helix's 800 points a minute to everybody else; the first few of a pass go at once. */
const REPAIRS_PER_SECOND_MAX = 8;
const REPAIRS_AT_ONCE_MAX = 20;
const AGAIN: Backoff = { first: 1_000, longest: 60_000, jitter: 0.5 };
/** So often the same want may be doubtful in a row before that counts as a refusal: about a minute with the rests between. */
const DOUBTS_MAX = 6;
/** What was refused for good is asked again this much later, should somebody have mended it meanwhile. */
const REFUSED_FOR_MS: Millis = 10 * 60_000;

export const wantedKey = (one: Wanted) => `${one.channelId} ${one.topic}`;

export function startReconcileLoop(using: {
  readonly desk: EventSubDesk;
  readonly wanted: () => readonly Wanted[];
  readonly sessionId: () => string | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onRefused: (want: Wanted, refusal: Refusal) => void;
  /** After each pass that could look: some of what is wanted may be settled, though not all. */
  readonly onLooked: () => void;
  /** After each pass that got through: everything wanted is there, pending, or refused. */
  readonly onSettled: () => void;
}): ReconcileLoop {
  const { desk, clock, log } = using;
  /** How often in a row Twitch's answer to a want was doubtful. */
  const doubts = new Map<string, number>();
  const refusals = new Map<string, Refusal & { readonly until: Millis }>();
  let seen: readonly Seen[] = [];
  let lastPassAt: Millis | undefined;
  let isRunning = false;
  let isNudged = false;
  let isStopped = false;
  let failures = 0;
  let cancelRest = () => {};

  const restThenLook = (inMs: Millis, because: Nudge) => {
    cancelRest();
    if (!isStopped) cancelRest = clock.after(inMs, () => nudge(because));
  };
  const nudge = (because: Nudge) => {
    if (isStopped) return;
    isNudged = true;
    if (because === "want-changed" || because === "session-opened") {
      refusals.clear();
      doubts.clear();
    }
    if (!isRunning) void run();
  };
  const run = async () => {
    isRunning = true;
    while (isNudged && !isStopped) {
      isNudged = false;
      const passed = await pass().catch((problem: unknown) => toError(problem).message);
      if (isStopped) break;
      if (passed === "no-session") {
        // Nothing to repair on; the next session's opening nudges.
        cancelRest();
      } else if (passed === "settled") {
        failures = 0;
        restThenLook(PASS_EVERY_MS + PASS_JITTER_MS * using.random(), "rest-over");
        using.onSettled();
      } else {
        failures += 1;
        const forMs = restMs(AGAIN, failures, using.random());
        log.warn({ because: passed, forMs }, "reconciliation rests before it looks again");
        restThenLook(forMs, "look-again");
      }
    }
    isRunning = false;
  };

  /** "settled", "no-session", or why it has to be done again. */
  const pass = async (): Promise<string> => {
    const sessionId = using.sessionId();
    if (sessionId === undefined) return "no-session";
    const listed = await desk.list();
    if (listed.is === "away") return listed.problem;
    seen = listed.seen;
    lastPassAt = clock.now();
    const wanted = using.wanted().filter((one) => !isRefused(one));
    const repairs = keepSessionFirst(planRepairs(wanted, seen, sessionId));
    let problem: string | undefined;
    if (repairs.length > 0)
      log.info({ repairs: repairs.length, wanted: wanted.length, seen: seen.length }, "repairing");
    for (const [index, repair] of repairs.entries()) {
      // The session these repairs were planned for may have ended; its successor nudges.
      if (isStopped || using.sessionId() !== sessionId) return "the session changed";
      // One that fails keeps nobody else from being repaired.
      problem = note(repair, await apply(repair, sessionId)) ?? problem;
      if (index >= REPAIRS_AT_ONCE_MAX) await rest(1_000 / REPAIRS_PER_SECOND_MAX);
    }
    if (repairs.length === 0) {
      using.onLooked();
      return "settled";
    }
    // What was just repaired is proved by looking, not by remembering.
    const proof = await desk.list();
    if (proof.is === "away") return proof.problem;
    seen = proof.seen;
    lastPassAt = clock.now();
    using.onLooked();
    return problem ?? "settled";
  };
  const apply = (repair: Repair, sessionId: string) =>
    repair.do === "create" ? desk.create(repair.want, sessionId) : desk.delete(repair.have.twitchId);
  /** The problem, when another look soon is worth while. */
  const note = (repair: Repair, applied: Applied): string | undefined => {
    const key = repair.do === "create" ? wantedKey(repair.want) : undefined;
    if (key !== undefined && applied.is !== "doubtful") doubts.delete(key);
    if (applied.is === "done") return undefined;
    if (applied.is === "look-again" || repair.do === "delete") return applied.problem;
    if (applied.is === "doubtful") {
      const times = (doubts.get(wantedKey(repair.want)) ?? 0) + 1;
      doubts.set(wantedKey(repair.want), times);
      if (times < DOUBTS_MAX) return applied.problem;
    }
    refuse(repair.want, { code: applied.code, problem: applied.problem });
    return undefined;
  };
  const refuse = (want: Wanted, refusal: Refusal) => {
    log.warn({ want, ...refusal }, "Twitch refuses a subscription");
    doubts.delete(wantedKey(want));
    refusals.set(wantedKey(want), { ...refusal, until: clock.now() + REFUSED_FOR_MS });
    using.onRefused(want, refusal);
  };
  const isRefused = (one: Wanted) => (refusals.get(wantedKey(one))?.until ?? 0) > clock.now();
  const rest = (forMs: Millis) =>
    new Promise<void>((resolve) => {
      clock.after(forMs, resolve);
    });

  return {
    nudge,
    picture: () => ({
      seen: seen.filter((one) => one.sessionId === using.sessionId()),
      refusals,
      lastPassAgoMs: lastPassAt === undefined ? undefined : clock.now() - lastPassAt,
    }),
    stop() {
      isStopped = true;
      cancelRest();
    },
  };
}

/**
 * Pure: one create before all else. Twitch closes a session that carries nothing after 10 s, and a long row of paced
 * deletes would take longer.
 */
export function keepSessionFirst(repairs: readonly Repair[]): readonly Repair[] {
  const at = repairs.findIndex((one) => one.do === "create");
  const first = repairs[at];
  return first === undefined ? repairs : [first, ...repairs.toSpliced(at, 1)];
}
