/** One order to the supervisor and what came of it, said the same way by every verb: 0 done, 1 refused, 2 nothing runs. */
import type { Clock, Millis } from "../shared/clock.ts";
import type { Home } from "../shared/home.ts";
import type { ChannelWish, SupervisorOrder } from "../shared/ipc/control.ts";
import { renderChannels } from "./channels/channel-page.ts";
import { dialSupervisor } from "./control-link.ts";
import { safeText } from "./safe-text.ts";
import { describeSilence } from "./status/silence.ts";
import { readSupervisorNote } from "./supervisor-note.ts";
import type { Desk } from "./verb.ts";

export type Ordered =
  | { readonly is: "done"; readonly lines: readonly string[]; readonly pid?: number | undefined }
  | { readonly is: "channels"; readonly channels: readonly ChannelWish[] }
  | { readonly is: "refused"; readonly because: string }
  | { readonly is: "nothing-runs"; readonly because: string };

/** An order is answered when it has been carried out; a channel that will not go is killed before this. */
const CARRIED_OUT_WITHIN_MS: Millis = 30_000;
/** Every worker of the house, paced by Twitch's limits. */
const ALL_CARRIED_OUT_WITHIN_MS: Millis = 600_000;

export const EXIT_REFUSED = 1;
export const EXIT_NOTHING_RUNS = 2;

export async function orderSupervisor(order: SupervisorOrder, home: Home, clock: Clock): Promise<Ordered> {
  const dialled = await dialSupervisor(home, clock);
  if (dialled.is === "away") {
    return { is: "nothing-runs", because: describeSilence(readSupervisorNote(home), dialled.problem) };
  }
  const asked = await dialled.control.ask(
    order,
    order.do.endsWith("-all") ? ALL_CARRIED_OUT_WITHIN_MS : CARRIED_OUT_WITHIN_MS,
  );
  dialled.control.close();
  if (asked.is === "away") {
    return {
      is: "nothing-runs",
      because: `The supervisor took the order "${order.do}" and did not answer it: ${asked.problem}. ./kissbot.sh status shows what became of it.`,
    };
  }
  const { answer } = asked;
  switch (answer.kind) {
    case "done":
      return { is: "done", lines: answer.lines, pid: answer.pid };
    case "channels":
      return { is: "channels", channels: answer.channels };
    case "refused":
      return { is: "refused", because: answer.because };
    case "status":
    case "stopped":
      return { is: "refused", because: `it answered "${answer.kind}" to "${order.do}"` };
  }
}

/** Says it and answers with the exit code. */
export function reportOrdered(
  ordered: Ordered,
  isJson: boolean,
  { say, warn, paint, columns }: Pick<Desk, "say" | "warn" | "paint" | "columns">,
): number {
  if (isJson) say(JSON.stringify(ordered, null, 2));
  else if (ordered.is === "refused" || ordered.is === "nothing-runs")
    warn(`kissbot: ${describeOrdered(ordered)}`);
  else if (ordered.is === "channels") say(renderChannels(ordered.channels, paint, columns));
  else say(describeOrdered(ordered));
  return exitCodeOf(ordered);
}

/** Pure: for eyes, without the table. */
export function describeOrdered(ordered: Exclude<Ordered, { is: "channels" }>): string {
  switch (ordered.is) {
    case "done":
      return ordered.lines.length === 0 ? "Done." : ordered.lines.map(safeText).join("\n");
    case "refused":
      return safeText(ordered.because);
    case "nothing-runs":
      return ordered.because;
  }
}

export function exitCodeOf({ is }: Ordered): number {
  switch (is) {
    case "done":
    case "channels":
      return 0;
    case "refused":
      return EXIT_REFUSED;
    case "nothing-runs":
      return EXIT_NOTHING_RUNS;
  }
}
