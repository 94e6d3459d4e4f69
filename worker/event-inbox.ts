/**
 * Which of the hub's numbered events are new, in hand or finished. Numbers mean something only within the hub's
 * epoch. "Finished" is said up to a number, so an event that is done early waits for those that came before it.
 */
export interface EventInbox {
  readonly epoch: string | undefined;
  /** The highest number that came, or never will: lower ones are repetitions. */
  readonly seenUpTo: number;
  /** Everything up to here is dealt with. */
  readonly finishedUpTo: number | undefined;
  /** In order of arrival. */
  readonly inHand: readonly { readonly seq: number; readonly isDone: boolean }[];
}

export const emptyInbox: EventInbox = { epoch: undefined, seenUpTo: -1, finishedUpTo: undefined, inHand: [] };

/** Pure. A new epoch forgets the numbers of the old one; events still in hand from it finish without being said. */
export function openEpoch(inbox: EventInbox, epoch: string): EventInbox {
  return inbox.epoch === epoch ? inbox : { ...emptyInbox, epoch };
}

/** Pure. */
export function takeEvent(
  inbox: EventInbox,
  seq: number,
): { readonly inbox: EventInbox; readonly isNew: boolean } {
  if (seq <= inbox.seenUpTo) return { inbox, isNew: false };
  return {
    inbox: { ...inbox, seenUpTo: seq, inHand: [...inbox.inHand, { seq, isDone: false }] },
    isNew: true,
  };
}

/** Pure: numbers up to `toSeq` will never come. */
export function skipGap(inbox: EventInbox, toSeq: number): EventInbox {
  return { ...inbox, seenUpTo: Math.max(inbox.seenUpTo, toSeq) };
}

/** Pure. `acknowledge`: what may now be said to be finished. */
export function finishEvent(
  inbox: EventInbox,
  epoch: string | undefined,
  seq: number,
): { readonly inbox: EventInbox; readonly acknowledge: number | undefined } {
  if (epoch !== inbox.epoch) return { inbox, acknowledge: undefined };
  const marked = inbox.inHand.map((one) => (one.seq === seq ? { ...one, isDone: true } : one));
  const firstOpen = marked.findIndex((one) => !one.isDone);
  const done = firstOpen === -1 ? marked : marked.slice(0, firstOpen);
  const last = done.at(-1)?.seq;
  return {
    inbox: {
      ...inbox,
      inHand: marked.slice(done.length),
      finishedUpTo: last ?? inbox.finishedUpTo,
    },
    acknowledge: last,
  };
}
