import type { Millis } from "../shared/clock.ts";
import type { ChannelWish, ChildStatus, SupervisorStatus } from "../shared/ipc/control.ts";
import type { Member } from "./crew.ts";

/** Pure: what `kissbot.sh status` shows. `pssKb` is asked for each living pid. */
export function toSupervisorStatus(using: {
  readonly members: readonly Member[];
  readonly now: Millis;
  readonly startedAt: Millis;
  readonly pid: number;
  readonly pssKb: (pid: number) => number | undefined;
  readonly asleep: readonly ChannelWish[];
  /** The supervisor's own, in words. They are told of and make nobody unwell. */
  readonly troubles: readonly string[];
}): SupervisorStatus {
  const children = using.members.map((member) => toChildStatus(member, using.now, using.pssKb));
  const { health, sentence } = judge(children);
  return {
    health,
    sentence: [sentence, ...using.troubles.map((trouble) => `But: ${trouble}.`)].join(" "),
    pid: using.pid,
    uptimeMs: using.now - using.startedAt,
    pssKb: using.pssKb(using.pid),
    children,
    asleep: [...using.asleep],
  };
}

function toChildStatus(member: Member, now: Millis, pssKb: (pid: number) => number | undefined): ChildStatus {
  const { child, usage, counters, perMinute, lastError } = member;
  const { state } = child;
  const pid = "pid" in state ? state.pid : undefined;
  return {
    childId: child.spec.id,
    state: state.is,
    stage: state.is === "running" ? "ready" : state.is === "starting" ? state.stage : "starting",
    pid,
    uptimeMs: child.bornAt === undefined ? undefined : now - child.bornAt,
    restarts: child.restarts,
    usage,
    counters,
    perMinute,
    pssKb: pid === undefined ? undefined : pssKb(pid),
    lastError,
  };
}

/** What is not well with this child, in a few words; undefined when all is. */
function complaint(child: ChildStatus): string | undefined {
  switch (child.state) {
    case "running":
      if (child.counters?.chatLink === "closed") return "has lost its chat connection";
      if (child.counters?.hubLink === "closed") return "has lost the hub";
      return undefined;
    case "starting":
      return child.stage === "starting" ? "is starting" : `is starting (reached: ${child.stage})`;
    case "given-up":
      return "was given up: its configuration is wrong";
    case "resting":
      return "keeps falling and rests before the next try";
    case "stopping":
      return "is stopping";
    case "stopped":
      return "is stopped";
  }
}

/** A channel whose viewers are heard and answered. */
const isAtWork = (child: ChildStatus) =>
  child.childId !== "hub" && child.state === "running" && child.counters?.chatLink !== "closed";

/** How many names a sentence can carry before nobody reads it. */
const NAMED_MAX = 3;

function judge(children: readonly ChildStatus[]): Pick<SupervisorStatus, "health" | "sentence"> {
  const unwell = children.flatMap((child) => {
    const what = complaint(child);
    return what ? [`${child.childId} ${what}`] : [];
  });
  const workers = children.filter((child) => child.childId !== "hub").length;
  if (unwell.length === 0) {
    return {
      health: "healthy",
      sentence: `All is well: the hub and ${workers} ${workers === 1 ? "channel" : "channels"} run.`,
    };
  }
  const named = unwell.slice(0, NAMED_MAX).join("; ");
  const more = unwell.length > NAMED_MAX ? `; and ${unwell.length - NAMED_MAX} more` : "";
  const works = children.filter(isAtWork).length;
  return {
    health: works === 0 && workers > 0 ? "down" : "degraded",
    sentence: `${works} of ${workers} channels work. ${named}${more}.`,
  };
}
