import type { Clock, Millis } from "../shared/clock.ts";
import { isAlive, type ProcessNote } from "../shared/process-note.ts";

/** The kernel tells us of our own children only; an adopted one has to be looked at. */
const LOOK_EVERY_MS: Millis = 500;
/** After its connection has closed it is probably on its way out. */
const LOOK_SOON_MS: Millis = 10;
const LOOKS_SOON = 50;

export interface ProcessWatch {
  /** Its connection closed: look closely for a while. */
  lookSoon(): void;
  stop(): void;
}

/** Calls back once, when the process has gone. */
export function watchProcess(
  note: ProcessNote,
  using: { readonly clock: Clock; readonly onGone: () => void },
): ProcessWatch {
  const { clock } = using;
  let isOver = false;
  const stop = () => {
    isOver = true;
    cancel();
  };
  const look = () => {
    if (isOver || isAlive(note)) return;
    stop();
    using.onGone();
  };
  const cancel = clock.every(LOOK_EVERY_MS, look);
  const lookAgain = (times: number) => {
    look();
    if (!isOver && times > 0) clock.after(LOOK_SOON_MS, () => lookAgain(times - 1));
  };
  return { lookSoon: () => lookAgain(LOOKS_SOON), stop };
}
