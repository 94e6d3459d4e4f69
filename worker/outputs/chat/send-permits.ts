/** Asks the hub when the bot's account may send; while the hub is away, keeps to this worker's share. */
import type { Clock, Millis } from "../../../shared/clock.ts";
import type { HubDesk } from "../../hub-desk.ts";
import { BUDGET_WINDOW_MS, planAwayWait } from "./away-budget.ts";
import type { Standing } from "./voice.ts";

export interface SendPermits {
  /** How long to wait. Never fails. */
  ask(standing: Standing): Promise<Millis>;
  /** Counts a message as sent, whoever permitted it. */
  used(): void;
}

const PERMIT_WITHIN_MS: Millis = 2_000;

export function makeSendPermits(using: {
  readonly hub: Pick<HubDesk, "ask" | "welcome">;
  readonly clock: Clock;
}): SendPermits {
  const { hub, clock } = using;
  let sentAt: readonly Millis[] = [];
  return {
    async ask(standing) {
      const wants = standing === "viewer" ? "send" : "send-as-moderator";
      const asked = await hub.ask({ about: "chat-permit", wants }, PERMIT_WITHIN_MS);
      if (asked.is === "answered") return asked.reply.waitMs;
      const share = hub.welcome()?.awayBudget;
      const budget = standing === "viewer" ? share?.normal : share?.asModerator;
      return planAwayWait(sentAt, budget ?? 0, clock.now());
    },
    used() {
      const now = clock.now();
      sentAt = [...sentAt.filter((at) => now - at < BUDGET_WINDOW_MS), now];
    },
  };
}
