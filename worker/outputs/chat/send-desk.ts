/** Runs the send queue against a real clock, the permits and the connection, and gives every text its end. */
import type { Clock, Millis } from "../../../shared/clock.ts";
import type { Logger } from "../../../shared/log.ts";
import type { ChatLog } from "../../chat-log.ts";
import type { Delivery, Lane } from "../../output.ts";
import { type Said, stepDistinctText } from "./distinct-text.ts";
import { makeReceipts } from "./receipts.ts";
import type { SendPermits } from "./send-permits.ts";
import { emptySendQueue, type SendEvent, type SendOrder, stepSendQueue } from "./step-send-queue.ts";
import type { Standing, Voice, VoiceListener } from "./voice.ts";

export interface SendDesk {
  send(wish: Wish): Promise<Delivery>;
  readonly listener: VoiceListener;
  /** What still waits is dropped as "stopping". */
  stop(): void;
}

export interface Wish {
  readonly text: string;
  readonly lane: Lane;
  readonly deadlineAt: Millis;
  /** Called when the words have left this process, before anybody knows whether they arrived. */
  readonly onWritten: () => void;
}

/** Twitch takes one message a second from viewers; the rest is room for the way there. */
export const VIEWER_PACE_MS: Millis = 1_200;
/** Slow mode is counted at Twitch's end, too. */
const SLOW_MODE_MARGIN_MS: Millis = 200;

export function makeSendDesk(using: {
  readonly permits: SendPermits;
  readonly chatLog: Pick<ChatLog, "said">;
  readonly clock: Clock;
  readonly log: Logger;
}): SendDesk {
  const { permits, clock, log } = using;
  const receipts = makeReceipts(clock);
  const open = new Map<number, { readonly wish: Wish; readonly resolve: (end: Delivery) => void }>();
  let queue = emptySendQueue;
  let voice: Voice | undefined;
  let standing: Standing = "viewer";
  let slowModeMs: Millis = 0;
  let recent: readonly Said[] = [];
  let nextTicket = 1;
  let cancelWake = () => {};

  const tell = (event: SendEvent) => {
    const step = stepSendQueue(queue, event, clock.now());
    queue = step.queue;
    cancelWake();
    for (const order of step.orders) follow(order);
  };
  const follow = (order: SendOrder) => {
    switch (order.do) {
      case "ask-permit":
        void permits.ask(standing).then((waitMs) => tell({ kind: "permitted", waitMs }));
        return;
      case "send":
        return write(order.ticket);
      case "expire":
        return end(order.ticket, { is: "expired" });
      case "drop":
        return end(order.ticket, { is: "dropped", because: order.because });
      case "wake-me":
        cancelWake = clock.after(order.at - clock.now(), () => tell({ kind: "tick" }));
    }
  };
  const end = (ticket: number, delivery: Delivery) => {
    open.get(ticket)?.resolve(delivery);
    open.delete(ticket);
  };
  const write = (ticket: number) => {
    const wish = open.get(ticket)?.wish;
    if (!wish) return;
    const text = distinct(wish.text);
    const nonce = String(ticket);
    if (voice?.say(text, nonce) !== "written") {
      return end(ticket, { is: "dropped", because: "no-connection" });
    }
    wish.onWritten();
    using.chatLog.said(text);
    permits.used();
    void receipts.expect(nonce, clock.now()).then((delivery) => end(ticket, delivery));
  };
  const distinct = (text: string) => {
    if (standing === "moderator" || standing === "broadcaster") return text;
    const step = stepDistinctText(recent, text, clock.now());
    recent = step.recent;
    return step.text;
  };
  const changePace = () => {
    const pace =
      slowModeMs === 0 ? VIEWER_PACE_MS : Math.max(VIEWER_PACE_MS, slowModeMs + SLOW_MODE_MARGIN_MS);
    tell({ kind: "pace-changed", paceMs: standing === "viewer" ? pace : 0 });
  };
  changePace();

  return {
    send(wish) {
      const ticket = nextTicket++;
      return new Promise((resolve) => {
        open.set(ticket, { wish, resolve });
        tell({ kind: "offered", item: { ticket, lane: wish.lane, deadlineAt: wish.deadlineAt } });
      });
    },
    listener: {
      opened(opened) {
        // It may take the place of one that still stood: what was said there gets no answer here.
        receipts.connectionLost();
        voice = opened;
        tell({ kind: "voice-opened" });
      },
      closed() {
        voice = undefined;
        receipts.connectionLost();
        tell({ kind: "voice-closed" });
      },
      standing(now) {
        if (now === standing) return;
        log.info({ from: standing, to: now }, "the bot's standing in the channel changed");
        standing = now;
        changePace();
      },
      slowMode(betweenMs) {
        slowModeMs = betweenMs;
        changePace();
      },
      echoed: receipts.accept,
      refused(code) {
        log.warn({ code }, "Twitch refused a message");
        receipts.refuse(code);
      },
    },
    stop: () => tell({ kind: "stopped" }),
  };
}
