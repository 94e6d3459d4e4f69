/**
 * The application's one EventSub session, and the rule that it never dies quietly.
 *
 * Modes, changed through one door (`setMode`):
 * - `idle`: nobody wants events yet. Twitch closes a session that stays unused for 10 s, so none is opened.
 * - `resting`: no connection; the next dial is set for an instant. Rests grow, also when the other side accepts
 *   and closes at once, and start short again only after a session that proved itself.
 * - `welcoming`: dialled; a welcome must come within WELCOME_WITHIN_MS.
 * - `live`: welcomed. A frame must come within the negotiated keepalive and its grace.
 * - `moving`: live, and Twitch asked us to move: a second socket is being welcomed while the first still delivers.
 *   One attempt; when it fails we stay on the first until that ends, and then dial anew.
 * - `stopped`.
 */
import { type Backoff, restMs } from "../../shared/backoff.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import { type Notification, parseFrame, type Revocation } from "./parse-frame.ts";
import type { Dial, EventSubSocket } from "./socket.ts";

export interface SessionListeners {
  /** Subscriptions must be created now: within 10 s, or Twitch closes with 4003. */
  readonly onLive: (sessionId: string) => void;
  readonly onLost: (because: string) => void;
  readonly onNotification: (notification: Notification) => void;
  readonly onRevocation: (revocation: Revocation) => void;
}

export interface SessionState {
  readonly mode: Mode["is"];
  readonly sessionId: string | undefined;
  readonly connectedForMs: Millis | undefined;
  readonly lastFrameAgoMs: Millis | undefined;
  readonly reconnects: number;
}

export interface EventSubSession {
  /** Opens the session if it is `idle`; harmless otherwise. */
  begin(): void;
  state(): SessionState;
  /** The session subscriptions belong to; undefined while there is none. */
  sessionId(): string | undefined;
  stop(): void;
}

interface Live {
  readonly socket: EventSubSocket;
  readonly sessionId: string;
  readonly since: Millis;
  readonly silenceMaxMs: Millis;
}

type Mode =
  | { readonly is: "idle" }
  | { readonly is: "resting" }
  /** `wasLive`: since when the session lived that this connection was to carry on. */
  | { readonly is: "welcoming"; readonly socket: EventSubSocket; readonly wasLiveSince?: Millis }
  | ({ readonly is: "live" } & Live)
  | ({ readonly is: "moving"; readonly next: EventSubSocket } & Live)
  | { readonly is: "stopped" };

const WELCOME_WITHIN_MS: Millis = 10_000;
/** Asked for at dialling; Twitch allows 10 to 600. Shorter finds a dead connection sooner. */
export const KEEPALIVE_SECONDS = 10;
const KEEPALIVE_GRACE_MS: Millis = 3_000;
const REST: Backoff = { first: 500, longest: 60_000, jitter: 0.5 };
/** A session that lived this long was a good one. */
const PROVED_MS: Millis = 30_000;

export function makeEventSubSession(using: {
  readonly url: string;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly listeners: SessionListeners;
}): EventSubSession {
  const { clock, log, listeners } = using;
  const baseUrl = new URL(using.url);
  baseUrl.searchParams.set("keepalive_timeout_seconds", String(KEEPALIVE_SECONDS));

  let mode: Mode = { is: "idle" };
  let cancelDeadline = () => {};
  let cancelMove = () => {};
  let lastFrameAt: Millis | undefined;
  let failures = 0;
  let sessions = 0;

  const setMode = (to: Mode, because: string) => {
    if (mode.is !== to.is) log.info({ from: mode.is, to: to.is, because }, "eventsub session");
    mode = to;
  };
  const deadline = (inMs: Millis, call: () => void) => {
    cancelDeadline();
    cancelDeadline = clock.after(inMs, call);
  };

  const rest = (because: string) => {
    if (mode.is === "stopped") return;
    const liveSince = liveSinceOf(mode);
    if (liveSince !== undefined && clock.now() - liveSince >= PROVED_MS) failures = 0;
    if (mode.is === "moving") mode.next.discard();
    if ("socket" in mode) mode.socket.discard();
    cancelMove();
    failures += 1;
    const forMs = restMs(REST, failures, using.random());
    log.warn({ because, forMs, failures }, "eventsub session rests");
    setMode({ is: "resting" }, because);
    deadline(forMs, dialAnew);
    if (liveSince !== undefined) listeners.onLost(because);
  };

  const dialAnew = () => {
    const socket = using.dial(baseUrl.href, {
      onFrame: (text) => hearFirst(text),
      onEnd: (code, problem) => hearEnd(socket, `closed with ${code} ${problem}`.trim()),
    });
    setMode({ is: "welcoming", socket }, "dialled");
    deadline(WELCOME_WITHIN_MS, () => rest("no welcome in time"));

    const hearFirst = (text: string) => {
      if ((mode.is === "live" || mode.is === "moving") && mode.socket === socket) return hear(text);
      const welcome = readWelcome(text);
      if (!welcome) return rest("the first frame was no welcome");
      becomeLive(socket, welcome, "welcome");
    };
  };

  const becomeLive = (socket: EventSubSocket, welcome: Welcome, because: string) => {
    sessions += 1;
    lastFrameAt = clock.now();
    const silenceMaxMs = welcome.keepaliveSeconds * 1_000 + KEEPALIVE_GRACE_MS;
    setMode({ is: "live", socket, sessionId: welcome.sessionId, since: clock.now(), silenceMaxMs }, because);
    watchSilence(silenceMaxMs);
    listeners.onLive(welcome.sessionId);
  };
  const watchSilence = (silenceMaxMs: Millis) => deadline(silenceMaxMs, () => rest("no keepalive in time"));

  const hear = (text: string): void => {
    if (mode.is !== "live" && mode.is !== "moving") return;
    lastFrameAt = clock.now();
    watchSilence(mode.silenceMaxMs);
    const frame = parseFrame(text);
    switch (frame.kind) {
      case "welcome":
      case "keepalive":
        return;
      case "notification":
        return listeners.onNotification(frame);
      case "revocation":
        return listeners.onRevocation(frame);
      case "reconnect":
        return move(frame.url);
      case "unknown":
        log.warn({ problem: frame.problem }, "a frame was not understood");
    }
  };

  /** The old socket delivers until the new one is welcomed; the URL is used once and unmodified. */
  const move = (url: string | undefined): void => {
    if (mode.is !== "live") return;
    if (url === undefined || !URL.canParse(url)) return log.warn("session_reconnect without a usable URL");
    const old = mode;
    const giveUp = (because: string) => {
      if (mode.is === "welcoming" && mode.socket === next) return rest(because);
      if (mode.is !== "moving" || mode.next !== next) return;
      cancelMove();
      next.discard();
      log.warn({ because }, "the move failed, staying on the old connection while it lasts");
      setMode({ ...old, is: "live" }, because);
    };
    let isWelcomed = false;
    const next = using.dial(url, {
      onFrame(text) {
        if (isWelcomed) return hear(text);
        const welcome = readWelcome(text);
        if (!welcome) return giveUp("the first frame was no welcome");
        isWelcomed = true;
        cancelMove();
        old.socket.discard();
        becomeLive(next, welcome, "moved");
      },
      onEnd(code, problem) {
        const because = `closed with ${code} ${problem}`.trim();
        if (isWelcomed) hearEnd(next, because);
        else giveUp(because);
      },
    });
    setMode({ ...old, is: "moving", next }, "session_reconnect");
    cancelMove = clock.after(WELCOME_WITHIN_MS, () => giveUp("no welcome in time"));
  };

  const hearEnd = (socket: EventSubSocket, because: string) => {
    if (mode.is !== "moving" || mode.socket !== socket) return rest(because);
    // The old connection ended before the new one was welcomed: that one may still carry everything over.
    cancelDeadline();
    setMode({ is: "welcoming", socket: mode.next, wasLiveSince: mode.since }, `old connection ${because}`);
  };

  return {
    begin() {
      if (mode.is === "idle") dialAnew();
    },
    state: () => ({
      mode: mode.is,
      sessionId: sessionIdOf(mode),
      connectedForMs: mode.is === "live" || mode.is === "moving" ? clock.now() - mode.since : undefined,
      lastFrameAgoMs: lastFrameAt === undefined ? undefined : clock.now() - lastFrameAt,
      reconnects: Math.max(0, sessions - 1),
    }),
    sessionId: () => sessionIdOf(mode),
    stop() {
      if (mode.is === "moving") mode.next.discard();
      if ("socket" in mode) mode.socket.discard();
      setMode({ is: "stopped" }, "asked");
      cancelDeadline();
      cancelMove();
    },
  };
}

/** Also while a lost session is about to be carried on by the next connection. */
function liveSinceOf(mode: Mode): Millis | undefined {
  if (mode.is === "live" || mode.is === "moving") return mode.since;
  return mode.is === "welcoming" ? mode.wasLiveSince : undefined;
}

const sessionIdOf = (mode: Mode) => (mode.is === "live" || mode.is === "moving" ? mode.sessionId : undefined);

interface Welcome {
  readonly sessionId: string;
  readonly keepaliveSeconds: number;
}

function readWelcome(text: string): Welcome | undefined {
  const frame = parseFrame(text);
  if (frame.kind !== "welcome") return undefined;
  return { sessionId: frame.sessionId, keepaliveSeconds: frame.keepaliveSeconds ?? KEEPALIVE_SECONDS };
}
