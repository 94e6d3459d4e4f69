/**
 * One EventSub session, and the rule that it never dies quietly.
 *
 * Modes, changed through one door (`setMode`):
 * - `idle`: nobody wants events. Twitch closes a session that stays unused for 10 s, so none is opened.
 * - `resting`: no connection; the next dial is set for an instant. Rests grow, also when the other side accepts
 *   and closes at once, and start short again only after a session that proved itself.
 * - `welcoming`: dialled; a welcome must come within WELCOME_WITHIN_MS.
 * - `live`: welcomed. A frame that makes sense must come within the negotiated keepalive and its grace.
 * - `moving`: live, and Twitch asked us to move: a second socket is being welcomed while the first still delivers.
 *   One attempt; when it fails we stay on the first until that ends, and then dial anew.
 * - `stopped`.
 */
import { restMs } from "../../shared/backoff.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import { RESTS, type SessionEnd, toSessionEnd } from "./close-codes.ts";
import { LAST_LOOK_MS, makeLeftConnections } from "./left-connections.ts";
import { type Frame, type Notification, parseFrame } from "./parse-frame.ts";
import type { EventSubSession, SessionListeners } from "./session-contract.ts";
import { discardSockets, liveOf, type Mode, sessionIdOf } from "./session-mode.ts";
import type { Dial, EventSubSocket } from "./socket.ts";
import { MESSAGE_AGE_MAX_MS, makeTwitchTime } from "./twitch-time.ts";

const WELCOME_WITHIN_MS: Millis = 10_000;
/** Asked for at dialling; Twitch allows 10 to 600. Shorter finds a dead connection sooner. */
export const KEEPALIVE_SECONDS = 10;
export const KEEPALIVE_GRACE_MS: Millis = 3_000;
/** A session that lived this long was a good one. */
const PROVED_MS: Millis = 30_000;

export function makeEventSubSession(using: {
  readonly url: string;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Whether anybody wants events: without, a connection that ended is not followed by another. */
  readonly isWanted: () => boolean;
  readonly listeners: SessionListeners;
}): EventSubSession {
  const { clock, log, listeners } = using;
  const baseUrl = new URL(using.url);
  baseUrl.searchParams.set("keepalive_timeout_seconds", String(KEEPALIVE_SECONDS));

  let mode: Mode = { is: "idle" };
  let cancelDeadline = () => {};
  let cancelMove = () => {};
  const twitchTime = makeTwitchTime(clock);
  const left = makeLeftConnections(clock);
  let lastFrameAt: Millis | undefined;
  let lastKeepaliveAt: Millis | undefined;
  let lastEnd: (SessionEnd & { readonly at: Millis }) | undefined;
  let failures = 0;
  let sessions = 0;
  let oddFrames = 0;

  const setMode = (to: Mode, because: string) => {
    if (mode.is !== to.is) log.info({ from: mode.is, to: to.is, because }, "eventsub session");
    mode = to;
  };
  const deadline = (inMs: Millis, call: () => void) => {
    cancelDeadline();
    cancelDeadline = clock.after(inMs, call);
  };

  const forgiveWhenProved = () => {
    const live = liveOf(mode);
    if (live && clock.now() - live.since >= PROVED_MS) failures = 0;
  };
  const rest = (end: SessionEnd) => {
    if (mode.is === "stopped") return;
    const live = liveOf(mode);
    forgiveWhenProved();
    discardSockets(mode);
    cancelDeadline();
    cancelMove();
    failures += 1;
    lastEnd = { ...end, at: clock.now() };
    const forMs = restMs(RESTS[end.policy?.dial ?? "rested"], failures, using.random());
    const words = { ...end, policy: undefined, operator: end.policy?.operator, failures };
    if (!using.isWanted()) {
      log.info(words, "eventsub session ended, and nobody wants another");
      setMode({ is: "idle" }, end.because);
    } else {
      log[end.policy?.whose === "bug" ? "error" : "warn"]({ ...words, forMs }, "eventsub session rests");
      setMode({ is: "resting" }, end.because);
      deadline(forMs, dialAnew);
      listeners.onRest?.();
    }
    if (live) listeners.onLost(end);
  };
  const endBecause = (because: string) => rest({ because });

  /** `hearFirst` says whether it was a welcome: all that follows is then the session's. */
  const dial = (
    url: string,
    hearFirst: (frame: Frame) => boolean,
    onEnd: (end: SessionEnd, wasWelcomed: boolean) => void,
  ): EventSubSocket => {
    let isWelcomed = false;
    const socket: EventSubSocket = using.dial(url, {
      onFrame(text) {
        if (left.has(socket)) hearLate(parseFrame(text));
        else if (isWelcomed) hear(text);
        else isWelcomed = hearFirst(parseFrame(text));
      },
      onEnd(code, problem) {
        if (!left.ended(socket)) onEnd(toSessionEnd(code, problem), isWelcomed);
      },
    });
    return socket;
  };
  const dialAnew = () => {
    if (!using.isWanted()) return setMode({ is: "idle" }, "nobody wants events");
    const hearFirst = (frame: Frame) => {
      if (frame.kind !== "welcome") {
        endBecause("the first frame was no welcome");
        return false;
      }
      becomeLive(socket, frame, "welcome");
      listeners.onLive(frame.sessionId);
      return true;
    };
    const socket = dial(baseUrl.href, hearFirst, (end) => hearEnd(socket, end));
    setMode({ is: "welcoming", socket }, "dialled");
    deadline(WELCOME_WITHIN_MS, () => endBecause("no welcome in time"));
  };

  const becomeLive = (socket: EventSubSocket, welcome: Welcome, because: string) => {
    const { sessionId, keepaliveSeconds = KEEPALIVE_SECONDS } = welcome;
    sessions += 1;
    // A connection that this one carries on has proved the session for both.
    forgiveWhenProved();
    lastFrameAt = clock.now();
    twitchTime.set(welcome.at);
    setMode({ is: "live", socket, sessionId, since: clock.now(), keepaliveSeconds }, because);
    watchSilence(keepaliveSeconds);
  };
  /** Set once, and again for the rest of the time when it finds that something came: frames come by the thousand. */
  const watchSilence = (keepaliveSeconds: number) => {
    const silenceMaxMs = keepaliveSeconds * 1_000 + KEEPALIVE_GRACE_MS;
    const leftMs = () => (lastFrameAt ?? 0) + silenceMaxMs - clock.now();
    const look = () => {
      if (leftMs() > LAST_LOOK_MS) deadline(leftMs() - LAST_LOOK_MS, look);
      else deadline(LAST_LOOK_MS, lookAgain);
    };
    const lookAgain = () => {
      if (leftMs() > 0) look();
      else endBecause("no keepalive in time");
    };
    deadline(silenceMaxMs - LAST_LOOK_MS, look);
  };

  const hear = (text: string): void => {
    if (mode.is !== "live" && mode.is !== "moving") return;
    const frame = parseFrame(text);
    // What makes no sense proves nothing: a connection that brings only that is as good as silent.
    if (frame.kind === "garbage") return odd(frame.problem);
    const now = clock.now();
    lastFrameAt = now;
    switch (frame.kind) {
      case "welcome":
        return hearSecondWelcome(mode.sessionId, frame);
      case "keepalive":
        twitchTime.set(frame.at);
        lastKeepaliveAt = clock.now();
        return;
      case "notification":
        return hearNotification(frame, now, left.inTurn);
      case "revocation":
        return listeners.onRevocation(frame);
      case "reconnect":
        twitchTime.set(frame.at);
        return move(frame.url);
      case "unknown":
        return odd(frame.problem);
    }
  };
  /** On a connection that we were moved away from. */
  const hearLate = (frame: Frame): void => {
    if (frame.kind === "notification") hearNotification(frame, clock.now(), (deliver) => deliver());
    if (frame.kind === "revocation") listeners.onRevocation(frame);
  };
  const odd = (problem: string) => {
    oddFrames += 1;
    log.warn({ problem, oddFrames }, "a frame was of no use");
  };
  const hearNotification = (notification: Notification, now: Millis, deliver: (call: () => void) => void) => {
    const ageMs = twitchTime.ageMs(notification.at, now);
    if (ageMs === undefined || ageMs <= MESSAGE_AGE_MAX_MS)
      return deliver(() => listeners.onNotification(notification));
    odd(`message ${notification.messageId} is ${Math.round(ageMs / 1_000)} s old`);
  };
  const hearSecondWelcome = (sessionId: string, welcome: Welcome) => {
    if (welcome.sessionId === sessionId) return odd("a second welcome to the same session");
    // Which of the two carries the subscriptions nobody can tell.
    endBecause("one connection was welcomed as two sessions");
  };

  /** The old socket delivers until the new one is welcomed; the URL is used once and unmodified. */
  const move = (url: string | undefined): void => {
    if (mode.is !== "live") return;
    if (url === undefined || !URL.canParse(url)) return odd("session_reconnect without a usable URL");
    const old = mode;
    const giveUp = (end: SessionEnd) => {
      if (mode.is === "welcoming" && mode.socket === next) return rest(end);
      if (mode.is !== "moving" || mode.next !== next) return;
      cancelMove();
      next.discard();
      log.warn({ because: end.because }, "the move failed, staying on the old connection while it lasts");
      setMode({ ...old, is: "live" }, end.because);
    };
    const hearFirst = (frame: Frame) => {
      if (frame.kind !== "welcome") {
        giveUp({ because: "the first frame was no welcome" });
        return false;
      }
      cancelMove();
      if (mode.is === "moving") left.leave(old.socket);
      becomeLive(next, frame, "moved");
      listeners.onMoved(frame.sessionId, old.sessionId);
      return true;
    };
    const next = dial(url, hearFirst, (end, wasWelcomed) => {
      if (wasWelcomed) hearEnd(next, end);
      else giveUp(end);
    });
    setMode({ ...old, is: "moving", next }, "session_reconnect");
    cancelMove = clock.after(WELCOME_WITHIN_MS, () => giveUp({ because: "no welcome in time" }));
  };

  const hearEnd = (socket: EventSubSocket, end: SessionEnd) => {
    if (mode.is !== "moving" || mode.socket !== socket) return rest(end);
    // The old connection ended before the new one was welcomed: that one may still carry everything over.
    cancelDeadline();
    setMode({ is: "welcoming", socket: mode.next, wasLive: mode }, `old connection: ${end.because}`);
  };

  const agoOf = (at: Millis | undefined) => (at === undefined ? undefined : clock.now() - at);
  return {
    begin() {
      if (mode.is === "idle") dialAnew();
    },
    state: () => ({
      mode: mode.is,
      sessionId: sessionIdOf(mode),
      connectedForMs: "since" in mode ? clock.now() - mode.since : undefined,
      lastFrameAgoMs: agoOf(lastFrameAt),
      lastKeepaliveAgoMs: agoOf(lastKeepaliveAt),
      keepaliveSeconds: "keepaliveSeconds" in mode ? mode.keepaliveSeconds : undefined,
      reconnects: Math.max(0, sessions - 1),
      lastEnd: lastEnd && { ...lastEnd, agoMs: clock.now() - lastEnd.at },
      oddFrames,
    }),
    sessionId: () => sessionIdOf(mode),
    stop() {
      discardSockets(mode);
      setMode({ is: "stopped" }, "asked");
      cancelDeadline();
      cancelMove();
      left.stop();
    },
  };
}

type Welcome = Extract<Frame, { kind: "welcome" }>;
