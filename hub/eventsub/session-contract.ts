/** What a session tells, what it shows, and what can be done with it. */
import type { Millis } from "../../shared/clock.ts";
import type { SessionEnd } from "./close-codes.ts";
import type { Notification, Revocation } from "./parse-frame.ts";
import type { Mode } from "./session-mode.ts";

export interface SessionListeners {
  /** Subscriptions must be created, or a shard bound, now: within 10 s, or Twitch closes with 4003. */
  readonly onLive: (sessionId: string) => void;
  /** Twitch moved the session, with all that is on it, to a new connection. */
  readonly onMoved: (sessionId: string, before: string) => void;
  readonly onLost: (end: SessionEnd) => void;
  /** There is no connection now, and the next is tried later; also when there was none before. */
  readonly onRest?: () => void;
  readonly onNotification: (notification: Notification) => void;
  readonly onRevocation: (revocation: Revocation) => void;
}

export interface SessionState {
  readonly mode: Mode["is"];
  readonly sessionId: string | undefined;
  readonly connectedForMs: Millis | undefined;
  readonly lastFrameAgoMs: Millis | undefined;
  readonly lastKeepaliveAgoMs: Millis | undefined;
  /** As Twitch said in its welcome. */
  readonly keepaliveSeconds: number | undefined;
  readonly reconnects: number;
  readonly lastEnd: (SessionEnd & { readonly agoMs: Millis }) | undefined;
  /** Frames that were not understood, broken, or older than Twitch's own rule allows. */
  readonly oddFrames: number;
}

export interface EventSubSession {
  /** Opens the session if it is `idle`; harmless otherwise. */
  begin(): void;
  state(): SessionState;
  /** The session subscriptions belong to; undefined while there is none. */
  sessionId(): string | undefined;
  stop(): void;
}
