/**
 * Keeps logs/ within bounds: looks, asks `planRotation`, renames and deletes, and tells whoever writes a file that was
 * renamed to open it anew. Until they have, they write on into the renamed one: no line is lost. A child that cannot be
 * told now opens its files anew when it next finds its supervisor (shared/ipc/child-life.ts).
 */
import { readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { Clock, Millis } from "../shared/clock.ts";
import { toError } from "../shared/errors.ts";
import { channelLogFolder, type Home } from "../shared/home.ts";
import { type ChildId, hubChildId, Login, workerChildId } from "../shared/ids.ts";
import type { SupervisorToChild } from "../shared/ipc/supervisor-child.ts";
import type { Logger } from "../shared/log.ts";
import { CHANNEL_LOGS, HOUSE_LOGS, logFileName } from "../shared/log-files.ts";
import {
  dayOf,
  isAnyDue,
  type LiveLog,
  nextMidnight,
  planRotation,
  type RotationOrder,
  type RotationPolicy,
} from "./plan-rotation.ts";

export interface LogKeeper {
  stop(): void;
}

/** At most this long a file grows past its limit. */
const LOOK_EVERY_MS: Millis = 5_000;

export function startLogKeeper(using: {
  readonly home: Home;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asked at each look: the configuration may change. */
  readonly policy: () => RotationPolicy;
  readonly tell: (childId: ChildId, message: SupervisorToChild) => unknown;
  /** The supervisor's own files. */
  readonly reopenOwn: () => void;
}): LogKeeper {
  const { home, clock, log } = using;
  const troubled = new Set<string>();
  /** The day and the policy each folder was last gone through with. */
  const doneWith = new Map<string, string>();
  let cancel = () => {};

  /** Answers whether a file that is being written was touched. */
  const keep = (folder: string, names: readonly string[]): boolean => {
    try {
      const live = findLive(folder, names);
      const now = clock.wall();
      const policy = using.policy();
      // Ten thousand files put aside are not worth a look every few seconds: they only grow old by the day.
      const done = `${dayOf(now)} ${JSON.stringify(policy)}`;
      if (done === doneWith.get(folder) && !isAnyDue(live, now, policy)) return false;
      const others = readdirSync(folder).filter((name) => !names.includes(name));
      const orders = planRotation({ live, others }, now, policy);
      for (const order of orders) carryOut(folder, order);
      doneWith.set(folder, done);
      troubled.delete(folder);
      return orders.some((order) => names.includes(order.name));
    } catch (problem) {
      // One folder that cannot be kept holds up no other, and is not complained about at every look.
      if (!troubled.has(folder)) log.warn({ folder, err: toError(problem) }, "logs could not be rotated");
      troubled.add(folder);
      // Some may have been renamed before.
      return true;
    }
  };
  const keepAll = () => {
    // The hub has files beside the supervisor's: whichever of them was touched, both look.
    if (keep(home.logs, HOUSE_LOGS.map(logFileName))) {
      using.reopenOwn();
      using.tell(hubChildId, { kind: "reopen-logs" });
    }
    for (const channel of loggedChannels(home)) {
      const isTouched = keep(channelLogFolder(home, channel), CHANNEL_LOGS.map(logFileName));
      if (isTouched) using.tell(workerChildId(channel), { kind: "reopen-logs" });
    }
  };
  const look = () => {
    keepAll();
    const now = clock.wall();
    cancel = clock.after(Math.min(LOOK_EVERY_MS, nextMidnight(now) - now), look);
  };
  look();
  return { stop: () => cancel() };
}

function findLive(folder: string, names: readonly string[]): readonly LiveLog[] {
  return names.flatMap((name) => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    if (!found) return [];
    const { size, birthtimeMs, mtimeMs } = found;
    // Not every file system knows when a file was made; then a quiet one is found out by its last line.
    return [{ name, bytes: size, begunAt: birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs }];
  });
}

function carryOut(folder: string, order: RotationOrder): void {
  switch (order.do) {
    case "put-aside":
      return renameSync(join(folder, order.name), join(folder, order.as));
    case "delete":
      return rmSync(join(folder, order.name), { force: true });
  }
}

/** Those that left files once, too: what they left grows old like everything else. */
function loggedChannels(home: Home): readonly Login[] {
  const broadcast = join(home.logs, "broadcast");
  if (!statSync(broadcast, { throwIfNoEntry: false })) return [];
  return readdirSync(broadcast).filter((name): name is Login => v.is(Login, name));
}
