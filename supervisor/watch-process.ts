import type { Clock, Millis } from "../shared/clock.ts";
import { isAlive, type ProcessNote } from "../shared/process-note.ts";

/**
 * The kernel tells us of our own children only; an adopted one has to be looked at. Seldom, because its closed
 * connection tells sooner: this is for one that ends without ever having had one.
 */
const LOOK_EVERY_MS: Millis = 3_000;
/** After its connection has closed it is probably on its way out: closely at first, then for as long as a stop may take. */
const LOOKS_SOON: readonly { readonly afterMs: Millis; readonly times: number }[] = [
  { afterMs: 10, times: 50 },
  { afterMs: 100, times: 50 },
];

export interface ProcessWatch {
  /** Its connection closed: look closely for a while. */
  lookSoon(): void;
  stop(): void;
}

/** Calls back once, when the process has gone. */
export function watchProcess(
  note: ProcessNote,
  using: { readonly clock: Clock; readonly onGone: () => void; readonly isAlive?: typeof isAlive },
): ProcessWatch {
  const { clock } = using;
  const lives = using.isAlive ?? isAlive;
  let isOver = false;
  let cancelSoon = () => {};
  const stop = () => {
    isOver = true;
    cancelEvery();
    cancelSoon();
  };
  const look = () => {
    if (isOver || lives(note)) return;
    stop();
    using.onGone();
  };
  const cancelEvery = clock.every(LOOK_EVERY_MS, look);
  const lookAgain = (rests: readonly Millis[]) => {
    look();
    const [rest, ...later] = rests;
    if (isOver || rest === undefined) return;
    cancelSoon = clock.after(rest, () => lookAgain(later));
  };
  return {
    lookSoon() {
      cancelSoon();
      lookAgain(LOOKS_SOON.flatMap(({ afterMs, times }) => Array<Millis>(times).fill(afterMs)));
    },
    stop,
  };
}
