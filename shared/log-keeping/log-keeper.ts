/**
 * Keeps logs/ within bounds: looks, asks `planRotation`, renames and deletes, and tells whoever writes a file that was
 * renamed to open it anew. Until they have, they write on into the renamed one: no line is lost. A child that cannot be
 * told now opens its files anew when it next finds its supervisor (shared/ipc/child-life.ts).
 */
import {
  closeSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { Clock, Millis } from "../clock.ts";
import { toError } from "../errors.ts";
import { channelLogFolder, type Home } from "../home.ts";
import { type ChildId, hubChildId, Login, workerChildId } from "../ids.ts";
import type { SupervisorToChild } from "../ipc/supervisor-child.ts";
import type { Logger } from "../log.ts";
import { CHANNEL_CRASH_LOGS, CHANNEL_LOGS, HOUSE_CRASH_LOGS, HOUSE_LOGS, logFileName } from "../log-files.ts";
import {
  type CrashLog,
  dayOf,
  isAnyDue,
  type LiveLog,
  nextMidnight,
  type OtherFile,
  planRotation,
  type RotationOrder,
  type RotationPolicy,
} from "./plan-rotation.ts";

export interface LogKeeper {
  /** The policy has changed: what it asks for is done when this returns. */
  lookNow(): void;
  stop(): void;
}

/** At most this long a file grows past its limit. */
const LOOK_EVERY_MS: Millis = 5_000;

export function startLogKeeper(using: {
  readonly home: Home;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asked at each look: the configuration may change. Without a channel it is for the house's own logs. */
  readonly policy: (channel: Login | undefined) => RotationPolicy;
  readonly tell: (childId: ChildId, message: SupervisorToChild) => unknown;
  /** The supervisor's own files. */
  readonly reopenOwn: () => void;
}): LogKeeper {
  const { home, clock, log } = using;
  const troubled = new Set<string>();
  /** The day and the policy each folder was last gone through with. */
  const doneWith = new Map<string, string>();
  let cancel = () => {};

  /** One folder that cannot be kept holds up no other, and is not complained about at every look. */
  const complain = (folder: string, problem: unknown) => {
    if (!troubled.has(folder)) log.warn({ folder, err: toError(problem) }, "logs could not be rotated");
    troubled.add(folder);
  };
  /** Answers whether a file that is being written was touched. */
  const keep = (folder: string, { names, crashNames }: LogNames, policy: RotationPolicy): boolean => {
    try {
      const live = findLive(folder, names);
      const crash = findCrash(folder, crashNames);
      const now = clock.wall();
      // Ten thousand files put aside are not worth a look every few seconds: they only grow old by the day.
      const done = `${dayOf(now)} ${JSON.stringify(policy)}`;
      if (done === doneWith.get(folder) && !isAnyDue({ live, crash }, now, policy)) return false;
      const orders = planRotation({ live, crash, others: findOthers(folder, names) }, now, policy);
      for (const order of orders) carryOut(folder, order);
      // What is put aside now is written to for a moment longer: the next look may find it too old.
      if (orders.some((order) => order.do === "put-aside")) doneWith.delete(folder);
      else doneWith.set(folder, done);
      troubled.delete(folder);
      return orders.some((order) => names.includes(order.name));
    } catch (problem) {
      complain(folder, problem);
      // Some may have been renamed before.
      return true;
    }
  };
  const keepAll = () => {
    // The hub has files beside the supervisor's: whichever of them was touched, both look.
    if (keep(home.logs, HOUSE_NAMES, using.policy(undefined))) {
      using.reopenOwn();
      using.tell(hubChildId, { kind: "reopen-logs" });
    }
    for (const channel of loggedChannels()) {
      const isTouched = keep(channelLogFolder(home, channel), CHANNEL_NAMES, using.policy(channel));
      if (isTouched) using.tell(workerChildId(channel), { kind: "reopen-logs" });
    }
  };
  /** Those that left files once, too: what they left grows old like everything else. */
  const loggedChannels = (): readonly Login[] => {
    const broadcast = join(home.logs, "broadcast");
    try {
      if (!statSync(broadcast, { throwIfNoEntry: false })) return [];
      return readdirSync(broadcast).filter((name): name is Login => v.is(Login, name));
    } catch (problem) {
      complain(broadcast, problem);
      return [];
    }
  };
  const look = () => {
    keepAll();
    const now = clock.wall();
    cancel = clock.after(Math.min(LOOK_EVERY_MS, nextMidnight(now) - now), look);
  };
  look();
  return { lookNow: keepAll, stop: () => cancel() };
}

interface LogNames {
  readonly names: readonly string[];
  readonly crashNames: readonly string[];
}
const HOUSE_NAMES: LogNames = { names: HOUSE_LOGS.map(logFileName), crashNames: HOUSE_CRASH_LOGS };
const CHANNEL_NAMES: LogNames = { names: CHANNEL_LOGS.map(logFileName), crashNames: CHANNEL_CRASH_LOGS };

function findLive(folder: string, names: readonly string[]): readonly LiveLog[] {
  return names.flatMap((name) => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    if (!found) return [];
    const { size, birthtimeMs, mtimeMs } = found;
    // Not every file system knows when a file was made; then a quiet one is found out by its last line.
    return [{ name, bytes: size, begunAt: birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs }];
  });
}

function findOthers(folder: string, names: readonly string[]): readonly OtherFile[] {
  return readdirSync(folder)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      name,
      writtenAt: () => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    }));
}

function findCrash(folder: string, names: readonly string[]): readonly CrashLog[] {
  return names.flatMap((name) => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    return found ? [{ name, bytes: found.size, writtenAt: found.mtimeMs }] : [];
  });
}

function carryOut(folder: string, order: RotationOrder): void {
  const file = join(folder, order.name);
  switch (order.do) {
    case "put-aside":
      return renameSync(file, join(folder, order.as));
    case "cut":
      writeFileSync(join(folder, order.as), readEnd(file, order.bytes), { mode: 0o600, flag: "wx" });
      return truncateSync(file);
    case "empty":
      return truncateSync(file);
    case "delete":
      return rmSync(file, { force: true });
  }
}

function readEnd(file: string, bytesMax: number): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const { size } = statSync(file);
    const end = Buffer.alloc(Math.min(size, bytesMax));
    return end.subarray(0, readSync(descriptor, end, 0, end.length, size - end.length));
  } finally {
    closeSync(descriptor);
  }
}
