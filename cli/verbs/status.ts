import * as v from "valibot";
import type { Clock } from "../../shared/clock.ts";
import type { Home } from "../../shared/home.ts";
import { askLoneStatus, askSupervisorStatus } from "../control-link.ts";
import { lookAtGames } from "../games/describe-games.ts";
import { healthExitCode } from "../status/health.ts";
import { renderLoneStatus } from "../status/lone-page.ts";
import { describeSilence } from "../status/silence.ts";
import { renderStatus, type StatusView } from "../status/status-page.ts";
import { listenForSuspension } from "../status/suspension.ts";
import { watchStatus } from "../status/watch-status.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import { type Desk, defineVerb } from "../verb.ts";

/** The line the cursor stands in below the page. */
const ROWS_KEPT_FREE = 1;

export default defineVerb({
  name: "status",
  summary: "is all well? One row per process; exit code 0 healthy, 1 degraded, 2 down",
  flags: [
    { flags: "--only <which>", says: "bad: only rows of what is not as it should be" },
    { flags: "-w, --watch", says: "again every 2 s, until Ctrl-C" },
    { flags: "--json", says: "everything, for scripts; with --watch one line each time" },
  ],
  options: v.object({
    only: v.optional(v.picklist(["all", "bad"], "all or bad"), "all"),
    watch: v.optional(v.boolean(), false),
    json: v.optional(v.boolean(), false),
  }),
  async run({ options: { only, watch, json } }, desk) {
    if (!watch) {
      const look = await lookOnce(desk, json ? { is: "json", indent: 2 } : page(desk, { only }));
      desk.say(look.text);
      return look.exitCode;
    }
    const { clock, say } = desk;
    const screen = json ? undefined : desk.screen();
    await watchStatus({
      clock,
      say,
      screen,
      stopping: desk.stopSignal(),
      onSuspend: listenForSuspension,
      look: async () => {
        const size = screen?.size();
        const fitting = size && { columns: size.columns, rows: size.rows - ROWS_KEPT_FREE };
        const { text } = await lookOnce(
          desk,
          json ? { is: "json", indent: 0 } : page(desk, { only, ...fitting }),
        );
        return text;
      },
    });
    return 0;
  },
});

type Form =
  | { readonly is: "json"; readonly indent: number }
  | { readonly is: "page"; readonly view: StatusView };

const page = (desk: Desk, view: Partial<StatusView>): Form => ({
  is: "page",
  view: { only: "all", columns: desk.columns, ...view },
});

async function lookOnce(
  { home, clock, paint }: Desk,
  form: Form,
): Promise<{ readonly text: string; readonly exitCode: number }> {
  const asked = await askSupervisorStatus(home, clock);
  if (asked.is === "answered") {
    const { status } = asked;
    const games = await lookAtGames(home.gameIndex);
    const text =
      form.is === "json"
        ? JSON.stringify({ ...status, games }, null, form.indent)
        : renderStatus(status, paint, { ...form.view, games });
    return { text, exitCode: healthExitCode[status.health] };
  }
  const note = readSupervisorNote(home);
  const sentence = describeSilence(note, asked.problem);
  const alone = note.is === "lone-worker" ? await lookAtLoneWorker(home, clock) : undefined;
  const text =
    form.is === "json"
      ? JSON.stringify({ health: "down", sentence, ...(alone && { alone: alone.json }) }, null, form.indent)
      : [paint("red", sentence), ...(alone ? ["", alone.page] : [])].join("\n");
  return { text, exitCode: healthExitCode.down };
}

async function lookAtLoneWorker(
  home: Home,
  clock: Clock,
): Promise<{ readonly page: string; readonly json: object }> {
  const asked = await askLoneStatus(home, clock);
  if (asked.is === "answered") return { page: renderLoneStatus(asked.status), json: asked.status };
  const problem = `The worker does not answer: ${asked.problem}`;
  return { page: problem, json: { problem } };
}
