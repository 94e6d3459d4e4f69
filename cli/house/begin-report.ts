/** What `start` and `restart` say about a house that was begun, and what they exit with. */
import { formatSeconds } from "../duration.ts";
import { safeText } from "../safe-text.ts";
import { renderStatus } from "../status/status-page.ts";
import type { Desk } from "../verb.ts";
import { type Coming, describeMissing } from "./await-ready.ts";
import type { Begun } from "./keeper.ts";

export const READY_WITHIN_MS = 30_000;
const EXIT_NOT_READY = 1;

export function reportBegun({ coming, lastWords, tookMs }: Begun, desk: Desk): number {
  const view = { only: "all", columns: desk.columns } as const;
  switch (coming.is) {
    case "exited":
      // Its own sentence is the best there is: an error of the table with its hint, or a stack.
      for (const line of lastWords.split("\n")) desk.warn(safeText(line));
      desk.warn(`kissbot: the supervisor ended with exit code ${coming.exitCode}`);
      return coming.exitCode === 0 ? EXIT_NOT_READY : coming.exitCode;
    case "ready":
      desk.say(`Ready in ${formatSeconds(tookMs)}.\n`);
      desk.say(renderStatus(coming.status, desk.paint, view));
      return 0;
    case "not-ready":
      desk.warn(
        `kissbot: started, but not ready after ${formatSeconds(tookMs)}. ${describeNotReady(coming)}`,
      );
      desk.warn(
        isGivenUp(coming)
          ? "It tries again when that is mended: ./kissbot.sh doctor says how, ./kissbot.sh restart begins anew, ./kissbot.sh stop ends it.\n"
          : "It goes on trying: ./kissbot.sh status shows how far it is, ./kissbot.sh logs why, ./kissbot.sh stop ends it.\n",
      );
      if (coming.status) desk.say(renderStatus(coming.status, desk.paint, view));
      return EXIT_NOT_READY;
  }
}

const isGivenUp = ({ status }: Extract<Coming, { is: "not-ready" }>): boolean =>
  status?.children.some(({ state }) => state === "given-up") ?? false;

const describeNotReady = ({ status }: Extract<Coming, { is: "not-ready" }>): string =>
  status
    ? `Not ready: ${describeMissing(status.children)}`
    : "The supervisor does not answer on its control socket.";
