/** EventSub's sockets in a test's hand: what was dialled, and what each is told. */

import { KEEPALIVE_SECONDS } from "../../hub/eventsub/session.ts";
import type { Dial, SocketListeners } from "../../hub/eventsub/socket.ts";
import type { Millis } from "../../shared/clock.ts";
import type { FakeClock } from "./fake-clock.ts";

export interface DialledSocket {
  readonly url: string;
  readonly isDiscarded: () => boolean;
  welcome(sessionId: string): void;
  reconnect(url: string): void;
  notify(messageId: string, type: string, event: object): void;
  keepalive(): void;
  end(code: number): void;
}

const ALIVE_EVERY_MS: Millis = 5_000;
const GOOD_ORDER = 1000;
const STAMP = "2030-01-01T00:00:00Z";
const frame = (type: string, payload: object, id = type) =>
  JSON.stringify({
    metadata: { message_id: id, message_type: type, message_timestamp: STAMP },
    payload,
  });

export function makeFakeDial() {
  const sockets: DialledSocket[] = [];
  const dial: Dial = (url, listen: SocketListeners) => {
    let isDiscarded = false;
    let isWelcomed = false;
    const session = (type: string, more: object) => {
      isWelcomed = true;
      listen.onFrame(frame(type, { session: more }));
    };
    sockets.push({
      url,
      isDiscarded: () => isDiscarded,
      welcome: (id) => session("session_welcome", { id, keepalive_timeout_seconds: KEEPALIVE_SECONDS }),
      reconnect: (to) => session("session_reconnect", { id: "x", reconnect_url: to }),
      notify: (messageId, type, event) =>
        listen.onFrame(
          frame(
            "notification",
            { subscription: { id: "s", type, status: "enabled", condition: {} }, event },
            messageId,
          ),
        ),
      keepalive() {
        if (isWelcomed) listen.onFrame(frame("session_keepalive", {}));
      },
      end: (code) => listen.onEnd(code, ""),
    });
    return {
      discard() {
        isDiscarded = true;
      },
      // The other side answers at once.
      sayGoodbye: () => listen.onEnd(GOOD_ORDER, ""),
    };
  };
  return {
    dial,
    sockets,
    /** Time passes on good connections. */
    async live(clock: FakeClock, ms: Millis) {
      for (let left = ms; left > 0; left -= ALIVE_EVERY_MS) {
        await clock.advance(Math.min(left, ALIVE_EVERY_MS));
        for (const one of sockets) if (!one.isDiscarded()) one.keepalive();
      }
    },
    /** Those that are neither discarded nor, by the test, ended. */
    open: () => sockets.filter((one) => !one.isDiscarded()),
    last() {
      const found = sockets.at(-1);
      if (!found) throw new Error("nothing was dialled");
      return found;
    },
  };
}
