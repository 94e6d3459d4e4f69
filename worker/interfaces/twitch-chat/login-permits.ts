/** When the bot's account may log in and join: the hub counts for all workers. */
import type { Millis } from "../../../shared/clock.ts";
import type { HubDesk } from "../../hub-desk.ts";

/** How long to wait. 0 while the hub is away: then the jitter of the rests must do. */
export type AskLoginPermit = (wants: "auth" | "join") => Promise<Millis>;

const PERMIT_WITHIN_MS: Millis = 5_000;

export function makeLoginPermits(hub: Pick<HubDesk, "ask">): AskLoginPermit {
  return async (wants) => {
    const asked = await hub.ask({ about: "chat-permit", wants }, PERMIT_WITHIN_MS);
    return asked.is === "answered" ? asked.reply.waitMs : 0;
  };
}
