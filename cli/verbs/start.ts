import * as v from "valibot";
import { KissError } from "../../shared/errors.ts";
import { prepareHome } from "../../shared/home.ts";
import { getConfig } from "../../shared/load-config.ts";
import { formatSeconds } from "../duration.ts";
import { awaitReady, type Coming, describeMissing } from "../house/await-ready.ts";
import { type Launched, launchSupervisor } from "../house/launch.ts";
import { safeText } from "../safe-text.ts";
import { renderStatus } from "../status/status-page.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import { type Desk, defineVerb } from "../verb.ts";

const READY_WITHIN_MS = 30_000;
const EXIT_NOT_READY = 1;

export default defineVerb({
  name: "start",
  summary: "starts the bot in the background with config/config.yaml and waits until it is ready",
  options: v.object({}),
  async run(_call, desk) {
    const { home, clock } = desk;
    const config = getConfig(home.configFile);
    const known = readSupervisorNote(home);
    if (known.is === "alive") {
      throw new KissError("already-running", `process ${known.note.pid}, since ${known.note.since}`);
    }
    prepareHome(home);
    const channels = config.twitch.channels.length;
    desk.say(`Starting the hub and ${channels} ${channels === 1 ? "channel" : "channels"} …`);
    const startedAt = clock.now();
    const launched = launchSupervisor(home, desk.environment);
    const coming = await awaitReady({ home, clock, launched, withinMs: READY_WITHIN_MS });
    return report(coming, launched, clock.now() - startedAt, desk);
  },
});

function report(coming: Coming, launched: Launched, tookMs: number, desk: Desk): number {
  switch (coming.is) {
    case "exited":
      // Its own sentence is the best there is: an error of the table with its hint, or a stack.
      for (const line of launched.lastWords().split("\n")) desk.warn(safeText(line));
      desk.warn(`kissbot: the supervisor ended with exit code ${coming.exitCode}`);
      return coming.exitCode === 0 ? EXIT_NOT_READY : coming.exitCode;
    case "ready":
      desk.say(`Ready in ${formatSeconds(tookMs)}.\n`);
      desk.say(renderStatus(coming.status, desk.paint, desk.columns));
      return 0;
    case "not-ready":
      desk.warn(
        `kissbot: started, but not ready after ${formatSeconds(tookMs)}. ${describeNotReady(coming)}`,
      );
      desk.warn(
        "It goes on trying: ./kissbot.sh status shows how far it is, ./kissbot.sh logs why, ./kissbot.sh stop ends it.\n",
      );
      if (coming.status) desk.say(renderStatus(coming.status, desk.paint, desk.columns));
      return EXIT_NOT_READY;
  }
}

const describeNotReady = ({ status }: Extract<Coming, { is: "not-ready" }>): string =>
  status
    ? `Not ready: ${describeMissing(status.children)}`
    : "The supervisor does not answer on its control socket.";
