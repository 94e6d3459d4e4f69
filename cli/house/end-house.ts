/** Brings a house down and says truthfully how that went: ask, wait, signal, report. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Home } from "../../shared/home.ts";
import { findProcessNote, isAlive, type ProcessNote, removeProcessNote } from "../../shared/process-note.ts";
import { dialSupervisor } from "../control-link.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import { sleep } from "./await-ready.ts";

export type HouseEnd =
  | { readonly is: "was-not-running" }
  | { readonly is: "stopped"; readonly tookMs: Millis; readonly hadToKill: readonly string[] }
  /** It was told by every means we allow ourselves and is still there. */
  | { readonly is: "still-there"; readonly pids: readonly number[] };

/** Each child has its own deadline of a few seconds and is killed after it; this is longer than all of them. */
const STOPPED_WITHIN_MS: Millis = 20_000;
const GONE_WITHIN_MS: Millis = 5_000;
const LOOK_EVERY_MS: Millis = 20;

export async function endHouse(home: Home, clock: Clock): Promise<HouseEnd> {
  const startedAt = clock.now();
  const known = readSupervisorNote(home);
  const stopped = (hadToKill: readonly string[]): HouseEnd => ({
    is: "stopped",
    tookMs: clock.now() - startedAt,
    hadToKill,
  });

  const dialled = await dialSupervisor(home, clock);
  if (dialled.is === "open") {
    const asked = await dialled.control.ask({ do: "stop" }, STOPPED_WITHIN_MS);
    dialled.control.close();
    const isGone = known.is === "none" || (await isGoneWithin(known.note, clock, GONE_WITHIN_MS));
    if (asked.is === "answered" && asked.answer.kind === "stopped" && isGone)
      return stopped(asked.answer.hadToKill);
  }
  const note = known.is === "none" ? readSupervisorNote(home) : known;
  const isSupervisorAlive = note.is !== "none" && isAlive(note.note);
  if (isSupervisorAlive) {
    signal(note.note, "SIGTERM");
    const isGone = await isGoneWithin(note.note, clock, STOPPED_WITHIN_MS);
    return isGone ? stopped([]) : { is: "still-there", pids: [note.note.pid] };
  }
  const killed = await endLeftovers(home, clock);
  if (killed.stillThere.length > 0) return { is: "still-there", pids: killed.stillThere };
  // Nobody is left who would: a killed process takes no leave of its socket.
  for (const file of [home.supervisorSocket, home.hubSocket, home.loneSocket, home.houseKeyFile])
    rmSync(file, { force: true });
  return killed.ended === 0 ? { is: "was-not-running" } : stopped(killed.hadToKill);
}

/** Children whose supervisor was killed: they would go by themselves in a while, but `stop` means now. */
async function endLeftovers(home: Home, clock: Clock) {
  const notes = existsSync(home.pids)
    ? readdirSync(home.pids)
        .filter((name) => name.endsWith(".json"))
        .map((name) => ({ file: join(home.pids, name), note: findProcessNote(join(home.pids, name)) }))
    : [];
  const hadToKill: string[] = [];
  const stillThere: number[] = [];
  let ended = 0;
  await Promise.all(
    notes.map(async ({ file, note }) => {
      if (note && isAlive(note)) {
        ended += 1;
        signal(note, "SIGTERM");
        if (!(await isGoneWithin(note, clock, GONE_WITHIN_MS))) {
          hadToKill.push(basename(file, ".json"));
          signal(note, "SIGKILL");
          if (!(await isGoneWithin(note, clock, GONE_WITHIN_MS))) {
            stillThere.push(note.pid);
            return;
          }
        }
      }
      removeProcessNote(file);
    }),
  );
  return { ended, hadToKill, stillThere };
}

/** We are not its parent: the kernel tells us of its end only when we look. */
export async function isGoneWithin(note: ProcessNote, clock: Clock, withinMs: Millis): Promise<boolean> {
  const until = clock.now() + withinMs;
  while (isAlive(note)) {
    if (clock.now() >= until) return false;
    await sleep(clock, LOOK_EVERY_MS);
  }
  return true;
}

function signal(note: ProcessNote, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(note.pid, name);
  } catch {
    // It left by itself meanwhile.
  }
}
