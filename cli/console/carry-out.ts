/** One line of the console: asks who has to be asked, and answers with text. Each dials anew, so that a supervisor that was restarted is no matter. */

import { renderChannels } from "../channels/channel-page.ts";
import { askHubStatus, askSupervisorStatus } from "../control-link.ts";
import {
  describeOrdered,
  EXIT_NOTHING_RUNS,
  EXIT_REFUSED,
  exitCodeOf,
  orderSupervisor,
} from "../order-supervisor.ts";
import { renderHubStatus } from "../status/hub-page.ts";
import { describeSilence } from "../status/silence.ts";
import { renderStatus } from "../status/status-page.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import type { Desk } from "../verb.ts";
import { CONSOLE_COMMANDS, type ConsoleLine } from "./parse-line.ts";

export interface ConsoleAnswer {
  readonly text: string;
  /** As the verbs': 0 done, 1 refused, 2 nothing runs. */
  readonly exitCode: number;
}

export type CarriedOut = Exclude<ConsoleLine, { is: "empty" | "quit" }>;

export async function carryOutLine(line: CarriedOut, desk: Desk): Promise<ConsoleAnswer> {
  const { home, clock, paint } = desk;
  const columns = desk.screen()?.size().columns ?? desk.columns;
  switch (line.is) {
    case "wrong":
      return { text: line.says, exitCode: EXIT_REFUSED };
    case "help":
      return well(CONSOLE_COMMANDS.map(({ word, says }) => `  ${word.padEnd(12)} ${says}`).join("\n"));
    case "status": {
      const asked = await askSupervisorStatus(home, clock);
      return asked.is === "answered"
        ? well(renderStatus(asked.status, paint, { only: line.only, columns }))
        : silent(describeSilence(readSupervisorNote(home), asked.problem));
    }
    case "hub-status": {
      const asked = await askHubStatus(home, clock);
      return asked.is === "answered"
        ? well(renderHubStatus(asked.status, paint, columns))
        : silent(`The hub does not answer (${asked.problem}).`);
    }
    case "order": {
      const ordered = await orderSupervisor(line.order, home, clock);
      const text =
        ordered.is === "channels"
          ? renderChannels(ordered.channels, paint, columns)
          : describeOrdered(ordered);
      return { text, exitCode: exitCodeOf(ordered) };
    }
  }
}

const well = (text: string): ConsoleAnswer => ({ text, exitCode: 0 });
const silent = (text: string): ConsoleAnswer => ({ text, exitCode: EXIT_NOTHING_RUNS });
