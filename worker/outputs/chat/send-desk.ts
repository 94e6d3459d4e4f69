/** Runs the send queue against a real clock, the permits and the connection, and gives every text its end. */
import type { Clock, Millis } from "../../../shared/clock.ts";
import type { Logger } from "../../../shared/log.ts";
import type { ChatLog } from "../../chat-log.ts";
import type { Delivery, Lane } from "../../output.ts";
import type { PermitDesk, Wanted } from "../../permits/permit-desk.ts";
import type { Taken } from "../../permits/purse.ts";
import { type Said, stepDistinctText } from "./distinct-text.ts";
import { type End, makeReceipts } from "./receipts.ts";
import { emptySendQueue, type SendEvent, type SendOrder, stepSendQueue } from "./step-send-queue.ts";
import type { Standing, Voice, VoiceListener } from "./voice.ts";

export interface SendDesk {
  send(wish: Wish): Promise<Delivery>;
  readonly listener: VoiceListener;
  /** What still waits is dropped as "stopping". */
  stop(): void;
  /** Resolves when everything that was said has its answer. */
  answered(): Promise<void>;
}

/** `delivery`: its key, which begins with its signal's id. */
export type LateEnd = End & { readonly delivery: string; readonly afterMs: Millis };

export interface Wish {
  readonly text: string;
  readonly lane: Lane;
  /** See OutputRoom. */
  readonly key: string;
  readonly deadlineAt: Millis;
  /** Called when the words have left this process, before anybody knows whether they arrived. */
  readonly onWritten: () => void;
}

/** Twitch takes one message a second from viewers. */
export const VIEWER_PACE_MS: Millis = 1_000;

export function makeSendDesk(using: {
  readonly permits: Pick<PermitDesk, "take" | "wish" | "listen" | "place">;
  readonly chatLog: Pick<ChatLog, "said">;
  /** What became of a delivery whose account says "unknown". */
  readonly accountLate: (late: LateEnd) => void;
  readonly clock: Clock;
  readonly log: Logger;
}): SendDesk {
  const { permits, clock, log } = using;
  const receipts = makeReceipts(clock);
  const open = new Map<number, { readonly wish: Wish; readonly resolve: (end: Delivery) => void }>();
  let queue = emptySendQueue;
  let voice: Voice | undefined;
  let standing: Standing = "viewer";
  /** undefined until Twitch has said so. */
  let knownStanding: Standing | undefined;
  let slowModeMs: Millis = 0;
  let recent: readonly Said[] = [];
  /** The permit that this step uses or gives back. */
  let inHand: Taken | undefined;
  /** What the hub was asked for, or shall be. */
  let wanted: Wanted | undefined;
  let nextTicket = 1;
  let cancelWake = () => {};

  const asViewer = () => standing === "viewer";
  const tell = (event: SendEvent) => {
    const wantedBefore = wanted;
    for (let next: SendEvent | undefined = event; next; next = takePermit()) {
      if (next.kind === "permitted" || next.kind === "refused") wanted = undefined;
      const step = stepSendQueue(queue, next, clock.now());
      queue = step.queue;
      cancelWake();
      for (const order of step.orders) follow(order);
    }
    if (wanted !== wantedBefore) permits.wish("send", wanted);
  };
  /** One that is in hand already needs no question. */
  const takePermit = (): SendEvent | undefined => {
    if (queue.turn.is === "none") return undefined;
    inHand = permits.take("send", asViewer());
    return inHand && { kind: "permitted" };
  };
  const follow = (order: SendOrder) => {
    switch (order.do) {
      case "ask-permit":
        wanted = { lane: order.lane, deadlineAt: order.deadlineAt, asViewer: asViewer() };
        return;
      case "unask":
        wanted = undefined;
        return;
      case "give-back":
        return inHand?.giveBack();
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
  const leaveUnsaid = () => {
    inHand?.giveBack();
    queueMicrotask(() => tell({ kind: "answered" }));
  };
  const write = (ticket: number) => {
    const wish = open.get(ticket)?.wish;
    if (!wish) return leaveUnsaid();
    const text = distinct(wish.text);
    const nonce = String(ticket);
    const taken = inHand;
    const speaker = voice;
    if (speaker?.say(text, nonce, wish.key) !== "written") {
      end(ticket, { is: "dropped", because: "no-connection" });
      return leaveUnsaid();
    }
    // What goes out one at a time may take a while: Twitch has counted it when it has answered.
    if (!speaker.isOneAtATime) taken?.used();
    wish.onWritten();
    using.chatLog.said(text);
    const writtenAt = clock.now();
    const onLate = (became: End) =>
      using.accountLate({ delivery: wish.key, ...became, afterMs: Math.round(clock.now() - writtenAt) });
    const expected = { nonce, writtenAt, withinMs: speaker.answersWithinMs, onLate };
    void receipts.expect(expected).then((delivery) => {
      if (speaker.isOneAtATime) taken?.used();
      end(ticket, delivery);
      tell({ kind: "answered" });
    });
  };
  const distinct = (text: string) => {
    if (standing === "moderator" || standing === "broadcaster") return text;
    const step = stepDistinctText(recent, text, clock.now());
    recent = step.recent;
    return step.text;
  };
  const changePace = () => {
    const paceMs = standing === "viewer" ? Math.max(VIEWER_PACE_MS, slowModeMs) : 0;
    tell({ kind: "pace-changed", paceMs });
  };
  const tellPlace = () => permits.place({ isJoined: voice !== undefined, standing: knownStanding });
  permits.listen("send", {
    ready: () => tell({ kind: "tick" }),
    refused: ({ expectedMs }) => tell({ kind: "refused", until: clock.now() + expectedMs }),
  });
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
        if (!voice?.isOneAtATime) receipts.connectionLost();
        voice = opened;
        tellPlace();
        tell({ kind: "voice-opened", isOneAtATime: opened.isOneAtATime === true });
      },
      closed() {
        // Texts with an answer of their own get it all the same.
        if (!voice?.isOneAtATime) receipts.connectionLost();
        voice = undefined;
        tellPlace();
        tell({ kind: "voice-closed" });
      },
      standing(now) {
        if (now === knownStanding) return;
        log.info({ from: knownStanding, to: now }, "the bot's standing in the channel changed");
        knownStanding = now;
        standing = now;
        if (wanted) wanted = { ...wanted, asViewer: asViewer() };
        if (wanted) permits.wish("send", wanted);
        tellPlace();
        changePace();
      },
      slowMode(betweenMs) {
        slowModeMs = betweenMs;
        changePace();
      },
      echoed: receipts.accept,
      refused(code, nonce) {
        log.warn({ code }, "Twitch refused a message");
        receipts.refuse(code, nonce);
      },
      unanswered: receipts.lose,
    },
    stop: () => tell({ kind: "stopped" }),
    answered: receipts.settled,
  };
}
