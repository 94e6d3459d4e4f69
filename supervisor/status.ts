import type { Millis } from "../shared/clock.ts";
import type { ChannelWish, ChildStatus, ErrorStatus, SupervisorStatus } from "../shared/ipc/control.ts";
import { type ChildError, describeError, isOver } from "./child-errors.ts";
import { judge } from "./judge-house.ts";
import type { Member } from "./post.ts";

interface Instant {
  readonly now: Millis;
  /** The same instant by the wall clock. */
  readonly wallNow: Millis;
}

/** Pure: what `kissbot.sh status` shows. `pssKb` is asked for each living pid. */
export function toSupervisorStatus(
  using: Instant & {
    readonly members: readonly Member[];
    readonly startedAt: Millis;
    readonly pid: number;
    readonly pssKb: (pid: number) => number | undefined;
    readonly asleep: readonly ChannelWish[];
    /** The supervisor's own, in words. They are told of and make nobody unwell. */
    readonly troubles: readonly string[];
    /** Of the database: what is wrong with it and what to do. */
    readonly damage: string | undefined;
    readonly backups?: string;
  },
): SupervisorStatus {
  const children = using.members.map((member) => toChildStatus(member, using, using.pssKb));
  const { health, sentence } = judge(children, using.damage);
  return {
    health,
    sentence: [sentence, ...using.troubles.map((trouble) => `But: ${trouble}.`)].join(" "),
    pid: using.pid,
    uptimeMs: using.now - using.startedAt,
    pssKb: using.pssKb(using.pid),
    children,
    asleep: [...using.asleep],
    backups: using.backups,
  };
}

function toChildStatus(
  { child, usage, counters, perMinute, errors }: Member,
  at: Instant,
  pssKb: (pid: number) => number | undefined,
): ChildStatus {
  const { state } = child;
  const { now } = at;
  const pid = "pid" in state ? state.pid : undefined;
  const open = errors.find((error) => !isOver(error, now));
  // What a process told that is gone says nothing of the one to come.
  const told = pid === undefined ? undefined : { usage, counters, perMinute };
  return {
    childId: child.spec.id,
    state: state.is,
    stage: state.is === "running" ? "ready" : (state.is === "starting" && state.reached.at(-1)) || "starting",
    pid,
    uptimeMs: child.bornAt === undefined ? undefined : now - child.bornAt,
    restarts: child.restarts,
    usage: told?.usage,
    counters: told?.counters,
    perMinute: told?.perMinute,
    pssKb: pid === undefined ? undefined : pssKb(pid),
    waits: child.waits
      .filter(({ until }) => until === undefined || until > now)
      .map(({ until, ...wait }) => wait),
    restsForMs: state.is === "resting" ? Math.max(0, Math.round(state.until - now)) : undefined,
    lastError: open && describeError(open),
    errors: errors.map((error) => toErrorStatus(error, at)),
  };
}

const toErrorStatus = (error: ChildError, { now, wallNow }: Instant): ErrorStatus => ({
  text: describeError(error),
  at: new Date(wallNow - (now - error.at)).toISOString(),
  agoMs: now - error.at,
  isOver: isOver(error, now),
});
