/**
 * `status --watch`: asks again and again until it is told to stop. On a terminal one page that redraws itself, in the
 * screen programs such as less use, so that what stood there before comes back; elsewhere one block after another.
 */
import type { Clock, Millis } from "../../shared/clock.ts";

export const WATCH_EVERY_MS: Millis = 2_000;

/** Without a cursor, and without breaking lines: a window that was made narrower shows no rubble until the next look. */
const ENTER_SCREEN = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const LEAVE_SCREEN = "\u001b[?7h\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_TO_LINE_END = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

export interface Suspension {
  suspended(): void;
  resumed(): void;
}

/** Resolves when `stopping` is aborted, with the terminal as it was. */
export async function watchStatus(using: {
  readonly look: () => Promise<string>;
  readonly screen: { write(text: string): void } | undefined;
  readonly say: (text: string) => void;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
  /** Called when the operator puts this process aside (Ctrl-Z), and fetches it back. Answers with what ends that. */
  readonly onSuspend?: (call: Suspension) => () => void;
}): Promise<void> {
  const { screen, stopping } = using;
  let shown = "";
  const forget =
    screen &&
    using.onSuspend?.({
      suspended: () => screen.write(LEAVE_SCREEN),
      resumed: () => screen.write(ENTER_SCREEN + shown),
    });
  screen?.write(ENTER_SCREEN);
  try {
    for (let pages = 0; !stopping.aborted; pages += 1) {
      const page = await using.look();
      if (stopping.aborted) break;
      shown = toFrame(page);
      if (screen) screen.write(shown);
      else using.say(pages === 0 ? page : `\n${page}`);
      await restOrStop(using.clock, stopping);
    }
  } finally {
    forget?.();
    screen?.write(LEAVE_SCREEN);
  }
}

/** Pure: the page over the one before, without the flicker of an emptied screen. */
export const toFrame = (page: string): string =>
  `${HOME}${page
    .split("\n")
    .map((line) => `${line}${CLEAR_TO_LINE_END}`)
    .join("\r\n")}${CLEAR_BELOW}`;

function restOrStop(clock: Clock, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      stopping.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(WATCH_EVERY_MS, end);
    stopping.addEventListener("abort", end);
  });
}
