import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { makeServiceBook } from "../../db/house-services.ts";
import { openDatabase } from "../../db/open.ts";
import { checkoutFolder, type Home } from "../../shared/home.ts";
import { drakonProgram, serviceChildId } from "../../shared/house-services.ts";
import { getConfig } from "../../shared/load-config.ts";
import { askSupervisorStatus } from "../control-link.ts";
import { type DrakonHealth, describeDrakon, parseDrakonHealth } from "../drakon-page.ts";
import {
  EXIT_NOTHING_RUNS,
  EXIT_REFUSED,
  type Ordered,
  orderSupervisor,
  reportOrdered,
} from "../order-supervisor.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import { type Desk, defineVerb, EXIT_USAGE } from "../verb.ts";

const ACTIONS = ["status", "start", "stop", "build"] as const;
const HEALTH_WITHIN_MS = 2_000;
const HEALTH_BYTES_MAX = 10_000;

export default defineVerb({
  name: "drakon",
  summary: "the ranker for other programs: start, stop or status; it stays as you left it",
  arguments: [
    {
      name: "[action]",
      says: "status (default), start, stop, or build (takes cargo; the first start does it)",
    },
  ],
  actions: ACTIONS,
  flags: [{ flags: "--json", says: "the answer for scripts" }],
  options: v.object({ json: v.optional(v.boolean(), false) }),
  async run({ args, options }, desk) {
    const action = v.safeParse(v.picklist(ACTIONS), args[0] ?? "status");
    if (!action.success || args.length > 1) {
      desk.warn(`kissbot: drakon knows ${ACTIONS.join(", ")}, not "${args.join(" ")}"`);
      return EXIT_USAGE;
    }
    switch (action.output) {
      case "build":
        if (!build(desk)) return EXIT_REFUSED;
        desk.say("The ranker is built: ./kissbot.sh drakon start");
        return 0;
      case "status":
        return status(desk, options.json);
      case "start":
        return start(desk, options.json);
      case "stop":
        return reportOrdered(await order("stop-service", desk), options.json, desk);
    }
  },
});

/** Built on the first start, as the addon is. */
async function start(desk: Desk, isJson: boolean): Promise<number> {
  if (!existsSync(drakonProgram()) && !build(desk)) return EXIT_REFUSED;
  return reportOrdered(await order("start-service", desk), isJson, desk);
}

async function order(what: "start-service" | "stop-service", { home, clock }: Desk): Promise<Ordered> {
  if (readSupervisorNote(home).is === "alive")
    return orderSupervisor({ do: what, service: "drakon" }, home, clock);
  return noteWish(what === "start-service", home);
}

/** No house runs: the wish is written down, and the next start carries it out. */
function noteWish(isWanted: boolean, home: Home): Ordered {
  const db = openDatabase(home.database);
  try {
    makeServiceBook(db).setWanted("drakon", isWanted);
  } finally {
    db.close();
  }
  const line = isWanted ? "drakon runs from the next start of the house on" : "drakon stays stopped";
  return { is: "done", lines: [line] };
}

async function status({ home, clock, say }: Desk, isJson: boolean): Promise<number> {
  const { port } = getConfig(home.configFile).ranker;
  const [asked, health] = await Promise.all([askSupervisorStatus(home, clock), askHealth(port)]);
  const child =
    asked.is === "answered"
      ? asked.status.children.find(({ childId }) => childId === serviceChildId("drakon"))
      : undefined;
  const seen = {
    isHouseUp: asked.is === "answered",
    isBuilt: existsSync(drakonProgram()),
    port,
    child,
    health,
  };
  say(isJson ? JSON.stringify(seen, null, 2) : describeDrakon(seen).join("\n"));
  if (child?.state === "running" && health) return 0;
  return child ? EXIT_REFUSED : EXIT_NOTHING_RUNS;
}

async function askHealth(port: number): Promise<DrakonHealth | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health`, {
      redirect: "error",
      signal: AbortSignal.timeout(HEALTH_WITHIN_MS),
    });
    const text = await response.text();
    return text.length > HEALTH_BYTES_MAX ? undefined : parseDrakonHealth(text);
  } catch {
    return undefined;
  }
}

/** What cargo says goes to the terminal, past the answer for scripts. */
function build({ warn }: Desk): boolean {
  warn("kissbot: building the ranker: cargo compiles it (about half a minute)");
  const built = spawnSync("cargo", ["build", "--release", "--locked", "-p", "kissbot-drakon"], {
    cwd: join(checkoutFolder, "engine"),
    env: { ...process.env, CARGO_TARGET_DIR: join(checkoutFolder, "engine", "target") },
    stdio: ["ignore", process.stderr, process.stderr],
  });
  if (built.error)
    warn(`kissbot: cargo could not be started (${built.error.message}); rustup.rs says how to get it`);
  else if (built.status !== 0) warn("kissbot: cargo could not build the ranker: it says above why");
  return built.status === 0;
}
