/** Kills one worker without warning and measures how long its channel is without it. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { ChildStatus } from "../../shared/ipc/control.ts";
import { sleep } from "../house/await-ready.ts";

export type WorkerFall =
  | { readonly is: "back"; readonly channel: string; readonly awayMs: Millis }
  | { readonly is: "not-back"; readonly channel: string }
  /** There was no such worker to kill. */
  | { readonly is: "not-there" };

const BACK_WITHIN_MS: Millis = 15_000;
/** How exact the measured time is. */
const LOOK_EVERY_MS: Millis = 20;

export async function killWorker(using: {
  readonly channel: string;
  readonly clock: Clock;
  readonly look: () => Promise<readonly ChildStatus[] | undefined>;
  readonly onKilled: (pid: number) => void;
}): Promise<WorkerFall> {
  const { channel, clock } = using;
  const find = async () => (await using.look())?.find((child) => child.childId === `worker:${channel}`);
  const pid = (await find())?.pid;
  if (pid === undefined) return { is: "not-there" };
  const killedAt = clock.now();
  process.kill(pid, "SIGKILL");
  using.onKilled(pid);
  while (clock.now() - killedAt < BACK_WITHIN_MS) {
    const now = await find();
    // Ready means: it has joined its channel's chat again.
    if (now?.state === "running" && now.pid !== pid)
      return { is: "back", channel, awayMs: clock.now() - killedAt };
    await sleep(clock, LOOK_EVERY_MS);
  }
  return { is: "not-back", channel };
}
