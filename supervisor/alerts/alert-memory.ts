/** The incidents that were told of, on disk: a supervisor's successor does not tell of them again. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import * as v from "valibot";
import { type AlertMemory, AlertMemory as Memory, nothingOpen } from "./plan-alerts.ts";

const OWNER_ONLY = 0o600;

/** What can't be read is forgotten: then an incident is told of twice, which is better than never. */
export function readAlertMemory(file: string): AlertMemory {
  try {
    return v.parse(v.pipe(v.string(), v.parseJson(), Memory), readFileSync(file, "utf8"));
  } catch {
    return nothingOpen;
  }
}

/** @throws when the disk takes nothing */
export function writeAlertMemory(file: string, memory: AlertMemory): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, JSON.stringify(memory), { mode: OWNER_ONLY });
  renameSync(fresh, file);
}
