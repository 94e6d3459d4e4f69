/** Who brings the supervisor back when it falls: PM2, systemd, or nobody. A house is stopped and started with its keeper. */
import { readFileSync } from "node:fs";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Home } from "../../shared/home.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import { awaitReady, type Coming } from "./await-ready.ts";
import { endHouse, type HouseEnd } from "./end-house.ts";
import { launchSupervisor, listenForLastWords } from "./launch.ts";
import { endPm2, startUnderPm2, wasStartedUnderPm2 } from "./pm2.ts";

export type Keeper = "pm2" | "systemd" | "nobody";

/** Who keeps this house, or kept it until somebody killed PM2. */
export function findKeeper(home: Home): Keeper {
  const note = readSupervisorNote(home);
  if (note.is === "alive" && isSystemdService(note.note.pid)) return "systemd";
  return wasStartedUnderPm2(home) ? "pm2" : "nobody";
}

/** systemd tells a service its own pid; a shell that merely runs below some service carries another one. */
function isSystemdService(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`SYSTEMD_EXEC_PID=${pid}`);
  } catch {
    return false;
  }
}

export interface Begun {
  readonly coming: Coming;
  /** Why the supervisor did not want to live, when it did not. */
  readonly lastWords: string;
  readonly tookMs: Millis;
}

/** `home` must be prepared and nobody may run in it. */
export async function beginHouse(using: {
  readonly keeper: Exclude<Keeper, "systemd">;
  readonly home: Home;
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  readonly withinMs: Millis;
}): Promise<Begun> {
  const { home, clock, environment, withinMs } = using;
  const startedAt = clock.now();
  const begun = (coming: Coming, lastWords: string): Begun => ({
    coming,
    lastWords,
    tookMs: clock.now() - startedAt,
  });
  if (using.keeper === "nobody") {
    // One that was left behind would bring back a supervisor of its own.
    await endPm2(home, clock, environment);
    const launched = launchSupervisor(home, environment);
    return begun(await awaitReady({ home, clock, launched, withinMs }), launched.lastWords());
  }
  const lastWords = listenForLastWords(home);
  const said = await startUnderPm2(home, environment);
  if (said.is === "failed" || readSupervisorNote(home).is !== "alive") {
    // It ended before it was there. PM2 would go on trying; whoever typed `start` is told instead.
    await endPm2(home, clock, environment);
    const words = [lastWords(), said.is === "failed" ? said.text : ""].filter((text) => text !== "");
    return begun({ is: "exited", exitCode: 1 }, words.join("\n"));
  }
  // From here on a supervisor that falls is brought back.
  const launched = { exited: new Promise<never>(() => {}) };
  return begun(await awaitReady({ home, clock, launched, withinMs }), lastWords());
}

/** The house and its keeper, so that nobody brings it back. */
export async function endHouseAndKeeper(
  home: Home,
  clock: Clock,
  environment: NodeJS.ProcessEnv,
): Promise<HouseEnd> {
  const first = await endHouse(home, clock);
  if (first.is === "still-there") return first;
  const keeper = await endPm2(home, clock, environment);
  if (keeper.is === "still-there") return { is: "still-there", pids: [keeper.pid] };
  if (keeper.is === "was-not-there") return first;
  // PM2 may have brought a fallen supervisor back just before it was ended itself.
  const second = await endHouse(home, clock);
  return second.is === "was-not-running" ? first : second;
}
