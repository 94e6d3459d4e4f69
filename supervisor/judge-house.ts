/** Is all well, and if not, what is not: the first line of `kissbot.sh status`. Pure. */
import { channelOfWorker } from "../shared/ids.ts";
import type { ChildStatus, SupervisorStatus } from "../shared/ipc/control.ts";

type Judged = Pick<SupervisorStatus, "health" | "sentence">;

/** How many complaints a sentence can carry before nobody reads it. */
const NAMED_MAX = 3;
const MS_PER_S = 1_000;
/** Chat is read on without these, and nobody would miss them until it mattered. As the error of each begins. */
const HALF_AT_WORK = [
  ["eventsub-away: ", "hears no events from Twitch"],
  ["bot-mute: ", "is mute"],
] as const;

/** `damage`: of the database. The house goes on with it, and must not go on for long. */
export function judge(children: readonly ChildStatus[], damage: string | undefined): Judged {
  const judged = judgeChildren(children);
  if (damage === undefined) return judged;
  const sentence = `${damage.charAt(0).toUpperCase()}${damage.slice(1)}.`;
  return judged.health === "healthy"
    ? { health: "degraded", sentence }
    : { health: judged.health, sentence: `${sentence} ${judged.sentence}` };
}

function judgeChildren(children: readonly ChildStatus[]): Judged {
  const unwell = [...children].sort(operatorFirst).flatMap((child) => {
    const what = complaint(child);
    return what ? [`${child.childId} ${what}`] : [];
  });
  const workers = children.filter(isWorker).length;
  if (unwell.length === 0) {
    return {
      health: "healthy",
      sentence: `All is well: the hub and ${workers} ${workers === 1 ? "channel" : "channels"} run.`,
    };
  }
  const named = unwell.slice(0, NAMED_MAX).join("; ");
  const more = unwell.length > NAMED_MAX ? `; and ${unwell.length - NAMED_MAX} more` : "";
  const works = children.filter(isAtWork).length;
  // Where only a person can go on nothing is broken, and nothing comes of looking for what is.
  const isDown = works === 0 && workers > 0 && !children.some(waitsForOperator);
  return {
    health: isDown ? "down" : "degraded",
    sentence: `${works} of ${workers} channels work. ${named}${more}.`,
  };
}

const waitOf = (child: ChildStatus, forWhom: "operator" | "any") =>
  child.waits?.find((wait) => forWhom === "any" || wait.for === forWhom);

export const waitsForOperator = (child: ChildStatus): boolean => waitOf(child, "operator") !== undefined;

const operatorFirst = (a: ChildStatus, b: ChildStatus): number =>
  Number(waitsForOperator(b)) - Number(waitsForOperator(a));

const isWorker = ({ childId }: ChildStatus): boolean => channelOfWorker(childId) !== undefined;

/** A channel whose viewers are heard and answered. */
const isAtWork = (child: ChildStatus) =>
  isWorker(child) && child.state === "running" && child.counters?.chatLink !== "closed";

/** What is not well with this child, in a few words; undefined when all is. */
function complaint(child: ChildStatus): string | undefined {
  const forOperator = waitOf(child, "operator");
  if (forOperator) return `waits for you: ${forOperator.detail}`;
  const waits = waitOf(child, "any");
  // What keeps the hub stands at the hub.
  if (child.state === "starting" && waits?.for === "hub") return "waits for the hub";
  const because = waits ? `: ${waits.detail}` : "";
  switch (child.state) {
    case "running":
      if (child.counters?.chatLink === "closed") return `has lost its chat connection${because}`;
      if (child.counters?.hubLink === "closed") return "has lost the hub";
      return describeHalfAtWork(child);
    case "starting":
      return `${child.stage === "starting" ? "is starting" : `is starting (reached: ${child.stage})`}${because}`;
    case "given-up":
      return `was given up until its configuration changes${last(child)}`;
    case "resting":
      return `keeps falling and rests for ${Math.ceil((child.restsForMs ?? 0) / MS_PER_S)} s${last(child)}`;
    case "stopping":
      return "is stopping";
    case "stopped":
      return "is stopped";
  }
}

function describeHalfAtWork({ errors = [] }: ChildStatus): string | undefined {
  const [complained] = HALF_AT_WORK.flatMap(([code, what]) => {
    const error = errors.find(({ text, isOver }) => !isOver && text.startsWith(code));
    return error ? [`${what}: ${error.text.slice(code.length)}`] : [];
  });
  return complained;
}

const last = ({ lastError }: ChildStatus): string => (lastError === undefined ? "" : ` (${lastError})`);
