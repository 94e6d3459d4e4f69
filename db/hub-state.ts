import type { Db } from "./open.ts";
import { makeWrite } from "./write.ts";

/** The few facts of its own that the hub must not forget. Written by the hub only. */
export interface HubState {
  find(key: string): string | undefined;
  /** On disk when it returns. */
  put(key: string, value: string): void;
}

export function makeHubState(db: Db): HubState {
  const select = db.prepare("SELECT value FROM hub_state WHERE key = ?").pluck();
  const upsert = db.prepare(
    `INSERT INTO hub_state (key, value, changed_at) VALUES (?, ?, unixepoch())
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at`,
  );
  return {
    find: (key) => select.get(key) as string | undefined,
    put: makeWrite(db, (key: string, value: string) => void upsert.run(key, value)),
  };
}
