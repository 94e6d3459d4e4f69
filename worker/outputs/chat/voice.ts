/** What chat output needs of a chat connection, and what that connection tells it. */
import type { Millis } from "../../../shared/clock.ts";

/** A joined channel one can speak in. */
export interface Voice {
  /** "closed" rather than a throw: the connection may just have gone. */
  say(text: string, nonce: string): "written" | "closed";
}

/** What the bot is in the channel: whoever is more than a viewer may speak faster and repeat itself. */
export const STANDINGS = ["viewer", "vip", "moderator", "broadcaster"] as const;
export type Standing = (typeof STANDINGS)[number];

/** Called by the connection as it happens. */
export interface VoiceListener {
  opened(voice: Voice): void;
  closed(): void;
  standing(standing: Standing): void;
  slowMode(betweenMs: Millis): void;
  /** Twitch showed a text of ours to the channel: the one with this nonce, or, if it names none, the oldest. */
  echoed(nonce: string | undefined): void;
  /** Twitch said no to our oldest text that has no echo. */
  refused(code: string): void;
}
