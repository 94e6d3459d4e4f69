import type { Login } from "../shared/ids.ts";
import { openDatabase } from "./open.ts";

/** Facts of one channel's modules that survive the process. Written by that channel's worker only. */
export interface ModuleMemory {
  /** True for the first caller with this key within CLAIMS_KEPT_DAYS, false afterwards. Durable against a killed process before it returns. */
  claim(module: string, key: string): boolean;
  isClaimed(module: string, key: string): boolean;
  /** What was claimed did not come about: the next one may claim it. */
  release(module: string, key: string): void;
  close(): void;
}

/** No happening is told of again after so long; every alert leaves a row. */
export const CLAIMS_KEPT_DAYS = 90;
const SECONDS_PER_DAY = 86_400;

export function openModuleMemory(databaseFile: string, channel: Login): ModuleMemory {
  const db = openDatabase(databaseFile, { source: "worker" });
  db.prepare("DELETE FROM module_claims WHERE channel = ? AND claimed_at < unixepoch() - ?").run(
    channel,
    CLAIMS_KEPT_DAYS * SECONDS_PER_DAY,
  );
  const insert = db.prepare(
    "INSERT INTO module_claims (channel, module, key, claimed_at) VALUES (?, ?, ?, unixepoch()) ON CONFLICT DO NOTHING",
  );
  const select = db.prepare("SELECT 1 FROM module_claims WHERE channel = ? AND module = ? AND key = ?");
  const remove = db.prepare("DELETE FROM module_claims WHERE channel = ? AND module = ? AND key = ?");
  return {
    isClaimed: (module, key) => select.get(channel, module, key) !== undefined,
    release: (module, key) => void remove.run(channel, module, key),
    claim: (module, key) => insert.run(channel, module, key).changes === 1,
    close: () => db.close(),
  };
}
