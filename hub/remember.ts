import type { HubState } from "../db/hub-state.ts";
import { toError } from "../shared/errors.ts";
import type { Logger } from "../shared/log.ts";

/** A full disk makes the next hub forget it; this one goes on. */
export function remember(state: HubState, key: string, value: string, log: Logger): void {
  try {
    state.put(key, value);
  } catch (problem) {
    log.warn({ key, err: toError(problem) }, "something to remember could not be written down");
  }
}
