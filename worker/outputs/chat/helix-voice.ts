/** Speaks through the hub, which posts it to Helix once: every text has an answer, which is its receipt. */
import type { Millis } from "../../../shared/clock.ts";
import type { SayEnd } from "../../../shared/ipc/hub-worker.ts";
import type { Asked, HubDesk } from "../../hub-desk.ts";
import type { Voice, VoiceListener } from "./voice.ts";

/** The hub waits ten seconds for Twitch, and perhaps as long for a token before. */
const ANSWER_WITHIN_MS: Millis = 25_000;

export function makeHelixVoice(
  hub: Pick<HubDesk, "ask" | "isOpen">,
  listener: Pick<VoiceListener, "echoed" | "refused" | "unanswered">,
): Voice {
  const settle = (nonce: string, asked: Asked<{ about: "say"; key: string; text: string }>) => {
    switch (asked.is) {
      case "away":
        return asked.wasAsked ? listener.unanswered(nonce) : listener.refused("no-connection", nonce);
      case "refused":
        return listener.refused(asked.code, nonce);
      case "answered":
        return settleAnswered(nonce, asked.reply.end);
    }
  };
  const settleAnswered = (nonce: string, end: SayEnd) => {
    switch (end.is) {
      case "sent":
        return listener.echoed(nonce);
      case "dropped":
        return listener.refused(end.because, nonce);
      case "unknown":
        return listener.unanswered(nonce);
    }
  };
  return {
    isOneAtATime: true,
    // The answer's own deadline comes first: then it is known whether the hub was asked.
    answersWithinMs: ANSWER_WITHIN_MS + 1_000,
    say(text, nonce, key) {
      if (!hub.isOpen()) return "closed";
      void hub.ask({ about: "say", key, text }, ANSWER_WITHIN_MS).then((asked) => settle(nonce, asked));
      return "written";
    },
  };
}

/** For chat that is heard over IRC: what that connection tells of its own voice is of no interest then. */
export const speakingBy = (voice: Voice, listener: VoiceListener): VoiceListener => ({
  ...listener,
  opened: () => listener.opened(voice),
  echoed: () => {},
  refused: () => {},
});
