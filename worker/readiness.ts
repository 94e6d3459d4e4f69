/** How far a worker is on its way to work: in the channel, and subscribed at Twitch. Either may come first. */
import type { Stage } from "../shared/ipc/supervisor-child.ts";

export interface Readiness {
  chatJoined(): void;
  topicsSettled(): void;
  has(what: "chat" | "eventsub"): boolean;
}

/** A stage is reached once: what is lost later shows in the counters, and the worker mends it itself. */
export function makeReadiness(reach: (stage: Stage) => void): Readiness {
  const done = { chat: false, eventsub: false };
  const check = (what: keyof typeof done) => {
    if (done[what]) return;
    done[what] = true;
    reach(what);
    if (done.chat && done.eventsub) reach("ready");
  };
  return {
    chatJoined: () => check("chat"),
    topicsSettled: () => check("eventsub"),
    has: (what) => done[what],
  };
}
