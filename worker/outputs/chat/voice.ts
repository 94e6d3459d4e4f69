/** What chat output needs of a chat connection, and what that connection tells it. */
import type { Millis } from "../../../shared/clock.ts";
import type { Standing } from "../../../shared/ipc/permit-words.ts";

/** A joined channel one can speak in. `key`: names the answer, see OutputRoom. */
export interface Voice {
  /** "closed" rather than a throw: the connection may just have gone. */
  say(text: string, nonce: string, key: string): "written" | "closed";
  /** Each text has an answer of its own, and the next is said when that has come: so they keep their order. */
  readonly isOneAtATime?: true;
  /** How long an answer may take; left out: as for a connection to chat. */
  readonly answersWithinMs?: Millis;
}

export type { Standing };

/** Called by the connection as it happens. */
export interface VoiceListener {
  opened(voice: Voice): void;
  closed(): void;
  standing(standing: Standing): void;
  slowMode(betweenMs: Millis): void;
  /** Twitch showed a text of ours to the channel: the one with this nonce, or, if it names none, the oldest. */
  echoed(nonce: string | undefined): void;
  /** Twitch said no to the text with this nonce, or, if it names none, to our oldest that has no echo. */
  refused(code: string, nonce?: string): void;
  /** The text with this nonce left us, and what became of it will not be told. */
  unanswered(nonce: string): void;
}
