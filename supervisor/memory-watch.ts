/**
 * Says which child has outgrown its ceiling, and how large each one is. A look reads a file of the kernel's that takes
 * it a millisecond, so nobody is looked at without a reason: either what a child tells of itself (RSS, never less than
 * the PSS its ceiling is about) is above its ceiling, or somebody asks for all figures again and again. Then a hundred
 * children are spread over the whole round.
 */
import type { Clock, Millis } from "../shared/clock.ts";
import type { ChildId } from "../shared/ids.ts";
import type { Member } from "./post.ts";

const ROUND_MS: Millis = 30_000;
const STEP_MS: Millis = 5_000;
/** What `status` shows may be this old. */
const FRESH_MS: Millis = 5_000;
/** Whoever has not asked for so long does not ask again and again. */
const ASKED_LATELY_MS: Millis = 2 * ROUND_MS;

/** In one turn of the loop, so that a hundred children who are looked at hold up no beat. */
const READS_IN_A_TURN = 8;

export interface MemoryWatch {
  /** Resolves when what `pssKb` answers for every child is fresh. */
  refresh(): Promise<void>;
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
  let askedAt = Number.NEGATIVE_INFINITY;
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
    const isAsked = clock.now() - askedAt <= ASKED_LATELY_MS;
    const members = using.members().filter((member) => isAsked || mayBeTooLarge(member));
    const looks = Math.ceil((members.length * STEP_MS) / ROUND_MS);
    for (let count = 0; count < looks; count += 1) {
      turn = (turn + 1) % members.length;
      const member = members[turn];
      if (member) look(member);
    }
    for (const [pid, { at }] of seen) if (clock.now() - at > 2 * ROUND_MS) seen.delete(pid);
  });
  const findFresh = (pid: number) => {
    const known = seen.get(pid);
    return known && clock.now() - known.at <= FRESH_MS ? known : undefined;
  };
  return {
    async refresh() {
      const pids = using
        .members()
        .flatMap(({ child: { state } }) => ("pid" in state ? (state.pid ?? []) : []));
      const stale = pids.filter((pid) => !findFresh(pid));
      for (const [at, pid] of stale.entries()) {
        if (at % READS_IN_A_TURN === READS_IN_A_TURN - 1) await new Promise(setImmediate);
        read(pid);
      }
    },
    pssKb: (pid) => (findFresh(pid) ?? { pssKb: read(pid) }).pssKb,
    lastPssKb(pid) {
      askedAt = clock.now();
      return (seen.get(pid) ?? { pssKb: read(pid) }).pssKb;
    },
    stop,
  };
}

/** Pure. One that has told nothing yet is not known to be small. */
const mayBeTooLarge = ({ child, usage }: Member): boolean =>
  usage === undefined || usage.rssKb > child.spec.pssKbMax;
