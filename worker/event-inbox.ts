/**
 * Which of the hub's events are new, in hand or finished. The hub's numbers mean something only within its epoch; a
 * hub that was restarted numbers anew and brings again what it did not hear of in time, and that is known by its id.
 * "Finished" is said up to a number, so an event that is done early waits for those that came before it.
 */
export interface EventInbox {
  epoch(): string | undefined;
  /** Everything up to here is dealt with; undefined: nothing yet in this epoch. */
  finishedUpTo(): number | undefined;
  /** A hub is there. One of another epoch begins its numbers anew. */
  openEpoch(epoch: string): void;
  /** An event has come. */
  take(seq: number, id: string): Taken;
  /** Numbers up to `toSeq` will never come. What may now be said to be dealt with. */
  skipTo(toSeq: number): number | undefined;
  /** The event with this id is dealt with, in whichever epoch it came. What may now be said to be dealt with. */
  finish(id: string): number | undefined;
}

export type Taken =
  | { readonly is: "new" }
  /** It is in hand, or finished. */
  | { readonly is: "repeated"; readonly acknowledge: number | undefined };

/** One event, however often and under whatever numbers it came. */
interface Work {
  isDone: boolean;
}
const DONE: Work = { isDone: true };

/** `rememberMax`: ids of finished events. */
export function makeEventInbox(rememberMax: number): EventInbox {
  let epoch: string | undefined;
  /** The highest number that came, or never will: lower ones are repetitions. */
  let seenUpTo = 0;
  let finishedUpTo: number | undefined;
  /** This epoch's numbers that are not yet said to be dealt with, in order. */
  let open: { readonly seq: number; readonly work: Work }[] = [];
  const inHand = new Map<string, Work>();
  /** Oldest first. */
  const finished = new Set<string>();

  const settle = (): number | undefined => {
    const firstOpen = open.findIndex(({ work }) => !work.isDone);
    const done = firstOpen === -1 ? open : open.slice(0, firstOpen);
    if (done.length === 0) return undefined;
    open = open.slice(done.length);
    finishedUpTo = done.at(-1)?.seq;
    return finishedUpTo;
  };
  const remember = (id: string) => {
    finished.add(id);
    if (finished.size <= rememberMax) return;
    const [oldest] = finished;
    if (oldest !== undefined) finished.delete(oldest);
  };

  return {
    epoch: () => epoch,
    finishedUpTo: () => finishedUpTo,
    openEpoch(of) {
      if (of === epoch) return;
      epoch = of;
      seenUpTo = 0;
      finishedUpTo = undefined;
      open = [];
    },
    take(seq, id) {
      if (seq <= seenUpTo) return { is: "repeated", acknowledge: undefined };
      seenUpTo = seq;
      const known = finished.has(id) ? DONE : inHand.get(id);
      const work = known ?? { isDone: false };
      open.push({ seq, work });
      if (known) return { is: "repeated", acknowledge: settle() };
      inHand.set(id, work);
      return { is: "new" };
    },
    skipTo(toSeq) {
      if (toSeq <= seenUpTo) return undefined;
      seenUpTo = toSeq;
      open.push({ seq: toSeq, work: DONE });
      return settle();
    },
    finish(id) {
      const work = inHand.get(id);
      if (!work) return undefined;
      work.isDone = true;
      inHand.delete(id);
      remember(id);
      return settle();
    },
  };
}
