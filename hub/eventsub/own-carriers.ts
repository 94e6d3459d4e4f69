/**
 * Which sessions were ours, over restarts: several installations may share a client id and a bot, and none may take
 * away what another subscribed to. A session is noted before it is used, so whatever is on it is known as ours.
 */
import type { HubState } from "../../db/hub-state.ts";
import type { Logger } from "../../shared/log.ts";
import { remember } from "../remember.ts";

export interface OwnCarriers {
  note(carrierId: string): void;
  isOurs(carrierId: string): boolean;
}

const KEY = "eventsub-sessions";
/** Twitch lists a dead session's subscriptions for minutes; so many sessions are days. */
const REMEMBERED_MAX = 200;

export function makeOwnCarriers(store: HubState, log: Logger): OwnCarriers {
  let ids: readonly string[] = (store.find(KEY) ?? "").split(" ").filter((id) => id !== "");
  let known = new Set(ids);
  return {
    note(carrierId) {
      if (known.has(carrierId)) return;
      ids = [...ids, carrierId].slice(-REMEMBERED_MAX);
      known = new Set(ids);
      remember(store, KEY, ids.join(" "), log);
    },
    isOurs: (carrierId) => known.has(carrierId),
  };
}
