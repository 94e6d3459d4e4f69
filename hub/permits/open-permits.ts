/** The account's budgets on this machine, with what another hub has written down. */
import { readFileSync } from "node:fs";
import type { Clock } from "../../shared/clock.ts";
import { type MachineTime, openPermitJournal } from "./permit-journal.ts";
import { makePermits, type Permits } from "./permits.ts";

const NS_PER_MS = 1e6;

/** `/proc` names each start of the machine; the monotonic clock begins with it and is the same for all processes. */
function thisMachine(): MachineTime {
  return {
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    upMs: () => Number(process.hrtime.bigint()) / NS_PER_MS,
  };
}

export function openPermits(using: {
  readonly isVerified: boolean;
  readonly epoch: string;
  readonly channels: readonly string[];
  readonly takesNoRoom?: (channel: string) => boolean;
  readonly journals: readonly [string, string];
  readonly clock: Clock;
  /** What is granted can't be written down: a hub that was killed now would leave one that does not know. */
  readonly onTrouble: {
    begins(code: "permits-unwritten", detail: string): void;
    ends(code: "permits-unwritten"): void;
  };
}): Permits {
  const machine = thisMachine();
  const journal = openPermitJournal({
    files: using.journals,
    machine,
    onTrouble(problem) {
      if (problem === undefined) using.onTrouble.ends("permits-unwritten");
      else using.onTrouble.begins("permits-unwritten", problem);
    },
  });
  return makePermits({ ...using, journal, machine });
}
