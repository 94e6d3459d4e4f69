/**
 * EventSub over one to three WebSockets with the bot's token. Subscriptions belong to a session and end with it, so
 * a renewal opens the next session beside the old one and lets the subscriptions move over one by one.
 */

import type { Clock, Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { SessionEnd } from "./close-codes.ts";
import { LAST_LOOK_MS } from "./left-connections.ts";
import { makeOverlap, WAITED_FOR_MS } from "./overlap.ts";
import type { OwnCarriers } from "./own-carriers.ts";
import type { Notification } from "./parse-frame.ts";
import { makeEventSubSession } from "./session.ts";
import type { EventSubSession } from "./session-contract.ts";
import type { Dial } from "./socket.ts";
import {
  type Carrier,
  type EventSubTransport,
  IDLE_AFTER_MS,
  LINGER_MS,
  OPENS_WITHIN_MS,
  type Renewed,
  type TransportListeners,
} from "./transport.ts";
import { makeTurningPoint } from "./turning-point.ts";

/** Source: dev.twitch.tv, Manage Event Subscriptions, limits per client id and user. */
export const CONNECTIONS_MAX = 3;
export const SUBSCRIPTIONS_PER_CONNECTION = 300;
/** A connection is given up only when so many would still fit on the others: wishes come and go. */
const SHRINK_MARGIN = 30;
/** Besides what the pace makes of it: Twitch's answers, and its limits, take their time too. */
const MOVES_LATE_MS: Millis = 5 * 60_000;
const MOVES_LATE_FACTOR = 2;

interface Slot {
  readonly number: number;
  readonly session: EventSubSession;
  /** What the session was called before Twitch moved it. */
  formerIds: readonly string[];
  isRetiring: boolean;
  isLeft: boolean;
}

export function makeWebSocketTransport(using: {
  readonly url: string;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly own: OwnCarriers;
  readonly createsPerSecond: number;
  /** Without a token nothing can be subscribed, and Twitch closes what carries nothing. */
  readonly mayDial: () => boolean;
  readonly listeners: TransportListeners;
}): EventSubTransport {
  const { clock, log, listeners, own } = using;
  const overlap = makeOverlap(clock);
  const turning = makeTurningPoint(clock);
  let slots: readonly Slot[] = [];
  let lastNumber = 0;
  let wanted = 0;
  let hasBegun = false;
  let isPaused = false;
  let renewal: Promise<Renewed> | undefined;
  let overlapsUntil: Millis = 0;
  let cancelIdle: (() => void) | undefined;
  const lingering = new Set<() => void>();

  const isServing = () => hasBegun && !isPaused && wanted > 0;
  const staying = () => slots.filter((slot) => !slot.isRetiring);

  const openSlot = (): Slot => {
    const number = ++lastNumber;
    const slot: Slot = {
      number,
      session: makeEventSubSession({
        ...using,
        log: log.child({ connection: number }),
        isWanted: () => isServing() && using.mayDial() && !slot.isRetiring && slots.includes(slot),
        listeners: {
          onLive(id) {
            own.note(id);
            slot.formerIds = [];
            listeners.onOpen();
            listeners.onCarriers();
            turning.changed();
          },
          onMoved(id, before) {
            own.note(id);
            if (id !== before) slot.formerIds = [...slot.formerIds, before];
          },
          onLost: (end) => lost(slot, end),
          onNotification: (notification) => hear(slot, notification),
          onRevocation: listeners.onRevocation,
          onRest: () => listeners.onRest?.(),
        },
      }),
      formerIds: [],
      isRetiring: false,
      isLeft: false,
    };
    slots = [...slots, slot];
    slot.session.begin();
    return slot;
  };
  const lost = (slot: Slot, end: SessionEnd) => {
    listeners.onLost(end);
    if (slot.isRetiring) closeSlot(slot);
    else turning.changed();
    // What was on it is to be made again, wherever there is room.
    listeners.onCarriers();
  };
  const closeSlot = (slot: Slot) => {
    slots = slots.filter((one) => one !== slot);
    slot.session.stop();
    endOverlap();
    turning.changed();
  };
  /** The new connection may be late with what the old one has told, by as much as this process or Twitch stands still. */
  const endOverlap = () => {
    const isOver = !slots.some((slot) => slot.isRetiring);
    if (isOver) overlapsUntil = Math.min(overlapsUntil, clock.now() + WAITED_FOR_MS);
  };
  const closeAll = () => {
    for (const slot of slots) slot.session.stop();
    slots = [];
    turning.changed();
  };
  const retire = (slot: Slot) => {
    slot.isRetiring = true;
    overlapsUntil = Number.POSITIVE_INFINITY;
    listeners.onCarriers();
  };
  /** Its subscriptions are elsewhere; what they sent before may still be on its way. */
  const leave = (slot: Slot) => {
    if (slot.isLeft) return;
    slot.isLeft = true;
    let cancel = clock.after(LINGER_MS, () => {
      cancel = clock.after(LAST_LOOK_MS, () => {
        lingering.delete(end);
        closeSlot(slot);
      });
    });
    const end = () => cancel();
    lingering.add(end);
  };
  const hear = (slot: Slot, notification: Notification) => {
    const mayOverlap = overlapsUntil > 0 && clock.now() < overlapsUntil;
    if (mayOverlap && !overlap.isFirst(slot.number, notification)) return;
    listeners.onNotification(notification);
  };

  const adjust = () => {
    if (!isServing()) return;
    // One that ended while nobody wanted anything.
    for (const slot of staying()) slot.session.begin();
    const target = Math.min(CONNECTIONS_MAX, Math.ceil(wanted / SUBSCRIPTIONS_PER_CONNECTION));
    while (staying().length < target && slots.length < CONNECTIONS_MAX) openSlot();
    const newest = staying().at(-1);
    const wouldDo = wanted <= (staying().length - 1) * SUBSCRIPTIONS_PER_CONNECTION - SHRINK_MARGIN;
    if (newest && wouldDo && !renewal) retire(newest);
  };

  /** Others than those of this connection may be made meanwhile: never more than all that are wanted. */
  const movesWithinMs = (): Millis =>
    MOVES_LATE_MS + (MOVES_LATE_FACTOR * wanted * 1_000) / using.createsPerSecond;
  /** Else why it did not work. */
  const renewOne = async (old: Slot): Promise<"moved" | "ended-early" | { readonly because: string }> => {
    const next = openSlot();
    const nextId = () => next.session.sessionId();
    const isOpen = await turning.until(() => nextId() !== undefined, OPENS_WITHIN_MS);
    const openedAs = nextId();
    if (!isOpen || openedAs === undefined) {
      closeSlot(next);
      return { because: "the new connection was not welcomed in time" };
    }
    retire(old);
    const isThere = () => slots.includes(next) && nextId() === openedAs;
    const isOver = await turning.until(() => !slots.includes(old) || !isThere(), movesWithinMs());
    if (isOver && isThere()) return old.isLeft ? "moved" : "ended-early";
    // The old one, if it is still there, carries on.
    if (!isThere()) closeSlot(next);
    if (slots.includes(old)) old.isRetiring = false;
    endOverlap();
    listeners.onCarriers();
    return {
      because: isOver ? "the new connection was lost again" : "the subscriptions did not move in time",
    };
  };
  const renewAll = async (): Promise<Renewed> => {
    const startedAt = clock.now();
    const olds = staying().filter((slot) => slot.session.sessionId() !== undefined);
    if (olds.length === 0) return { is: "refused", because: "no connection is open" };
    if (slots.length >= CONNECTIONS_MAX)
      return {
        is: "refused",
        because: `all ${CONNECTIONS_MAX} connections that Twitch allows are in use: none can be opened beside them`,
      };
    let endedEarly = 0;
    for (const old of olds) {
      const end = await renewOne(old);
      if (typeof end === "object") return { is: "refused", because: end.because };
      if (end === "ended-early") endedEarly += 1;
    }
    return { is: "renewed", connections: olds.length, endedEarly, tookMs: clock.now() - startedAt };
  };

  const toCarrier = (slot: Slot): Carrier[] => {
    const id = slot.session.sessionId();
    return id === undefined ? [] : [{ id, method: "websocket", capacity: SUBSCRIPTIONS_PER_CONNECTION }];
  };
  return {
    kind: "websocket",
    begin() {
      hasBegun = true;
      adjust();
    },
    need(count) {
      wanted = count;
      if (count > 0) {
        cancelIdle?.();
        cancelIdle = undefined;
        return adjust();
      }
      cancelIdle ??= clock.after(IDLE_AFTER_MS, closeAll);
    },
    carriers: () => ({
      current: staying().flatMap(toCarrier),
      retiring: slots.filter((slot) => slot.isRetiring).flatMap(toCarrier),
      limits: { carriers: CONNECTIONS_MAX, capacity: SUBSCRIPTIONS_PER_CONNECTION, areShared: true },
      nameOf: (id) => slots.find((slot) => slot.formerIds.includes(id))?.session.sessionId() ?? id,
      isOurs: own.isOurs,
    }),
    letGo(carrierId) {
      const slot = slots.find((one) => one.isRetiring && one.session.sessionId() === carrierId);
      if (slot) leave(slot);
    },
    inspect: () => Promise.resolve(),
    renew() {
      renewal ??= renewAll()
        .catch((problem: unknown): Renewed => ({ is: "refused", because: toError(problem).message }))
        .finally(() => {
          renewal = undefined;
          adjust();
        });
      return renewal;
    },
    pause() {
      isPaused = true;
      closeAll();
    },
    resume() {
      isPaused = false;
      adjust();
    },
    state: () => ({
      kind: "websocket",
      isPaused,
      connections: slots.map((slot, place) => ({
        ...slot.session.state(),
        slot: place,
        isRetiring: slot.isRetiring,
        isBound: slot.session.sessionId() !== undefined,
      })),
      conduitId: undefined,
      problem: undefined,
    }),
    stop() {
      hasBegun = false;
      cancelIdle?.();
      for (const cancel of lingering) cancel();
      turning.end();
      closeAll();
    },
  };
}
