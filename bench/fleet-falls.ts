/** How soon a fleet is whole again after one of its processes was killed. */
import { sleep } from "../cli/house/await-ready.ts";
import { isGoneWithin } from "../cli/house/end-house.ts";
import { launchSupervisor } from "../cli/house/launch.ts";
import { type Millis, systemClock } from "../shared/clock.ts";
import type { SupervisorStatus } from "../shared/ipc/control.ts";
import { makeProcessNote } from "../shared/process-note.ts";
import { isWorker } from "./house-weight.ts";
import type { RunningHouse } from "./run-house.ts";

export interface Adoption {
  readonly adopted: number;
  /** From the old supervisor's SIGKILL, when a new one is launched at once, to every child being ready under it. */
  readonly tookMs: Millis;
}

const LOOK_EVERY_MS: Millis = 20;
const BACK_WITHIN_MS: Millis = 30_000;
const GONE_WITHIN_MS: Millis = 5_000;

/** SIGKILL to a new process being ready, as `status` tells it. Each worker at most once, spread over the fleet. */
export async function measureRestarts(house: RunningHouse, killsMax: number): Promise<readonly Millis[]> {
  const clock = systemClock;
  const workers = (await house.look()).children.filter(isWorker);
  const kills = Math.min(killsMax, workers.length);
  const took: Millis[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const victim = workers[Math.floor((kill * workers.length) / kills)];
    if (victim?.pid === undefined) throw new Error(`${victim?.childId ?? "a worker"} has no process to kill`);
    const killedAt = clock.now();
    process.kill(victim.pid, "SIGKILL");
    await until(house, ({ children }) =>
      children.some(
        ({ childId, pid, state }) => childId === victim.childId && state === "running" && pid !== victim.pid,
      ),
    );
    took.push(clock.now() - killedAt);
  }
  return took;
}

export async function measureAdoption(house: RunningHouse): Promise<Adoption> {
  const clock = systemClock;
  const before = await house.look();
  const pidsBefore = new Map(before.children.map(({ childId, pid }) => [childId, pid]));
  const note = makeProcessNote(before.pid, new Date(clock.wall()));
  const killedAt = clock.now();
  process.kill(before.pid, "SIGKILL");
  if (!(await isGoneWithin(note, clock, GONE_WITHIN_MS)))
    throw new Error("the supervisor survived a SIGKILL");
  launchSupervisor(house.home, process.env);
  const after = await until(
    house,
    ({ pid, children }) => pid !== before.pid && children.every(({ state }) => state === "running"),
  );
  const tookMs = clock.now() - killedAt;
  const adopted = after.children.filter(
    (child) => isWorker(child) && child.pid === pidsBefore.get(child.childId),
  );
  return { adopted: adopted.length, tookMs };
}

async function until(
  house: Pick<RunningHouse, "tryLook">,
  holds: (status: SupervisorStatus) => boolean,
): Promise<SupervisorStatus> {
  const clock = systemClock;
  const deadline = clock.now() + BACK_WITHIN_MS;
  while (clock.now() < deadline) {
    const status = await house.tryLook();
    if (status && holds(status)) return status;
    await sleep(clock, LOOK_EVERY_MS);
  }
  throw new Error(`what was awaited did not come within ${BACK_WITHIN_MS} ms`);
}
