/** Asks the hub when the bot's account may send; while the hub is away, keeps to this worker's share. */
import type { Clock, Millis } from "../../../shared/clock.ts";
import type { HubDesk } from "../../hub-desk.ts";
import { planAwayWait, UNTOLD_BUDGET } from "./away-budget.ts";
import type { RecentSends } from "./recent-sends.ts";
import type { Standing } from "./voice.ts";

export interface SendPermits {
  /** How long to wait. Never fails; while the hub is away and our share is used up, it takes until either changes. */
  ask(standing: Standing): Promise<Millis>;
  /** Counts a message as sent, whoever permitted it. */
  used(): void;
}

const PERMIT_WITHIN_MS: Millis = 2_000;
/** Among many workers a share is used up for minutes; the hub is back much sooner. */
const LOOK_AGAIN_MS: Millis = 500;

export function makeSendPermits(using: {
  readonly hub: Pick<HubDesk, "ask" | "welcome">;
  readonly sends: RecentSends;
  readonly clock: Clock;
}): SendPermits {
  const { hub, sends, clock } = using;
  const rest = (forMs: Millis) => new Promise<void>((resolve) => void clock.after(forMs, resolve));
  return {
    async ask(standing) {
      const wants = standing === "viewer" ? "send" : "send-as-moderator";
      for (;;) {
        const asked = await hub.ask({ about: "chat-permit", wants }, PERMIT_WITHIN_MS);
        if (asked.is === "answered") return asked.reply.waitMs;
        const budget = hub.welcome()?.awayBudget ?? UNTOLD_BUDGET;
        const waitMs = planAwayWait(sends.sentAt(), budget, clock.now());
        if (waitMs === 0) return 0;
        await rest(Math.min(waitMs, LOOK_AGAIN_MS));
      }
    },
    used: sends.note,
  };
}
