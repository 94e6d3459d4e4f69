/**
 * Looks at each child's memory in turn and says which has outgrown its ceiling. One look reads a file of the kernel's
 * that takes it a millisecond, so a hundred children are spread over the whole round.
 */
import type { Clock, Millis } from "../shared/clock.ts";
import type { ChildId } from "../shared/ids.ts";
import type { Member } from "./crew.ts";

const ROUND_MS: Millis = 30_000;
const STEP_MS: Millis = 1_000;
/** What `status` shows may be this old. */
const FRESH_MS: Millis = 5_000;

export interface MemoryWatch {
  pssKb(pid: number): number | undefined;
  /** As the last look found it, up to a round ago: for whoever asks again and again. */
  lastPssKb(pid: number): number | undefined;
  stop(): void;
}

export function startMemoryWatch(using: {
  readonly members: () => readonly Member[];
  readonly readPssKb: (pid: number) => number | undefined;
  readonly clock: Clock;
  readonly onTooLarge: (childId: ChildId, pssKb: number) => void;
}): MemoryWatch {
  const { clock } = using;
  const seen = new Map<number, { readonly pssKb: number | undefined; readonly at: Millis }>();
  let turn = 0;

  const read = (pid: number) => {
    const pssKb = using.readPssKb(pid);
    seen.set(pid, { pssKb, at: clock.now() });
    return pssKb;
  };
  const look = ({ child }: Member) => {
    const pssKb = child.state.is === "running" ? read(child.state.pid) : undefined;
    if (pssKb !== undefined && pssKb > child.spec.pssKbMax) using.onTooLarge(child.spec.id, pssKb);
  };
  const stop = clock.every(STEP_MS, () => {
    const members = using.members();
    const looks = Math.ceil((members.length * STEP_MS) / ROUND_MS);
    for (let count = 0; count < looks; count += 1) {
      turn = (turn + 1) % Math.max(1, members.length);
      const member = members[turn];
      if (member) look(member);
    }
    for (const [pid, { at }] of seen) if (clock.now() - at > 2 * ROUND_MS) seen.delete(pid);
  });
  return {
    pssKb(pid) {
      const known = seen.get(pid);
      return known && clock.now() - known.at <= FRESH_MS ? known.pssKb : read(pid);
    },
    lastPssKb: (pid) => (seen.get(pid) ?? { pssKb: read(pid) }).pssKb,
    stop,
  };
}
