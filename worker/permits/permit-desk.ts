/**
 * The worker's side of the talk about permits (shared/ipc/permit-words.ts), one for logins, joins and messages. Who
 * wants something first looks into the purse, then says a wish, and is called when it is worth another look. What
 * was used is told with the next wish, or when the purse is empty: no message of its own stands in anybody's way.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { HubToWorker, WorkerToHub } from "../../shared/ipc/hub-worker.ts";
import {
  type AwayShares,
  type GrantUse,
  type Lane,
  PERMIT_KINDS,
  type PermitKind,
  type Standing,
  USES_TOLD_MAX,
} from "../../shared/ipc/permit-words.ts";
import { makeHubAbsence } from "./hub-absence.ts";
import { makeOwnShare } from "./own-share.ts";
import { makePurse, type Taken } from "./purse.ts";

export interface Wanted {
  readonly lane: Lane;
  readonly asViewer: boolean;
  readonly deadlineAt: Millis;
}
export type Refusal = Extract<HubToWorker, { kind: "permit-refused" }>;

/** Called when something came of a wish. */
export interface WishListener {
  /** `take` may have one now. */
  ready(): void;
  refused(refusal: Refusal): void;
  queued?(expectedMs: Millis): void;
}

export interface PermitDesk {
  take(wants: PermitKind, asViewer: boolean): Taken | undefined;
  /** One of each kind; the newest counts. undefined withdraws it. */
  wish(wants: PermitKind, wanted: Wanted | undefined): void;
  listen(wants: PermitKind, listener: WishListener): void;
  place(place: { readonly isJoined: boolean; readonly standing: Standing | undefined }): void;
  readonly hubSide: PermitHubSide;
  /** What is left of grants is given back. */
  stop(): void;
}

/** What the hub desk tells and asks: it owns the link. */
export interface PermitHubSide {
  hello(): { readonly uses: GrantUse[]; readonly isFresh: boolean; readonly weight: number };
  hear(message: PermitNews): void;
  linkLost(): void;
  dialled(found: "nobody" | "perhaps-somebody", at: Millis): void;
}
type PermitNews = Extract<
  HubToWorker,
  {
    kind: "permits-open" | "away-shares" | "permit" | "permit-queued" | "permit-refused" | "permits-recalled";
  }
>;

/** While there is no hub: how often a wish is held against this worker's own share. */
const LOOK_AGAIN_MS: Millis = 500;

interface OpenWish {
  readonly wanted: Wanted;
  /** As it was said last. */
  number: number;
}

export function makePermitDesk(using: {
  readonly spawnId: string;
  readonly weight: number;
  readonly clock: Clock;
  readonly send: (message: WorkerToHub) => "sent" | "closed";
}): PermitDesk {
  const { clock, send } = using;
  const purse = makePurse(clock);
  const absence = makeHubAbsence(clock);
  const own = makeOwnShare({ purse, absence, clock, spawnId: using.spawnId });
  const wishes = new Map<PermitKind, OpenWish>();
  const listeners = new Map<PermitKind, WishListener>();
  let shares: AwayShares | undefined;
  let place: Parameters<PermitDesk["place"]>[0] = { isJoined: false, standing: undefined };
  let isOpen = false;
  let lastNumber = 0;
  let isTellDue = false;
  let cancelLook = () => {};
  let cancelEnd = () => {};
  /** By number: when each wish was written, for as long as a grant may answer it. */
  const askedAt = new Map<number, Millis>();

  const news = () => purse.takeNews().slice(-USES_TOLD_MAX);
  const writeWish = (wants: PermitKind, { lane, asViewer, deadlineAt }: Wanted, isAhead: boolean) => {
    const now = clock.now();
    lastNumber += 1;
    askedAt.set(lastNumber, now);
    if (askedAt.size > USES_TOLD_MAX) askedAt.delete(askedAt.keys().next().value ?? 0);
    const withinMs = Math.max(0, deadlineAt - now);
    const uses = [...news()];
    send({ kind: "permit-wish", wants, number: lastNumber, lane, asViewer, withinMs, isAhead, uses });
    return lastNumber;
  };
  const sayWish = (wants: PermitKind, wish: OpenWish) => {
    if (isOpen) wish.number = writeWish(wants, wish.wanted, false);
  };
  const sayPlace = () => {
    if (isOpen) send({ kind: "chat-place", ...place });
  };

  /** After whatever is done in this turn: a wish that follows takes the news along. */
  const tellSoon = () => {
    if (isTellDue) return;
    isTellDue = true;
    queueMicrotask(() => {
      isTellDue = false;
      if (isOpen && purse.hasNews()) send({ kind: "permits-used", uses: [...news()] });
    });
  };
  /** The last of a lease is used: whoever speaks so often gets the next one before it is needed. */
  const askAhead = (asViewer: boolean) => {
    if (!isOpen || wishes.has("send")) return tellSoon();
    queueMicrotask(() => {
      if (!isOpen || wishes.has("send") || purse.has("send", asViewer)) return;
      writeWish("send", { lane: "command", asViewer, deadlineAt: clock.now() }, true);
    });
  };
  /** What is left of a grant that runs out is no longer in anybody's way. */
  const watchEnds = () => {
    cancelEnd();
    const at = purse.nextEndAt();
    if (at === undefined) return;
    cancelEnd = clock.after(Math.ceil(at - clock.now()), () => {
      tellSoon();
      watchEnds();
    });
  };

  const takeOwn = (wants: PermitKind): Taken | undefined =>
    isOpen || !shares ? undefined : own.take(wants, shares[wants]);
  const lookForOwn = () => {
    cancelLook();
    if (isOpen || wishes.size === 0) return;
    cancelLook = clock.after(LOOK_AGAIN_MS, () => {
      for (const wants of [...wishes.keys()]) listeners.get(wants)?.ready();
      lookForOwn();
    });
  };

  const open = () => {
    isOpen = true;
    cancelLook();
    sayPlace();
    tellSoon();
    for (const wants of PERMIT_KINDS) {
      const wish = wishes.get(wants);
      if (wish) sayWish(wants, wish);
    }
  };
  const hear = (message: PermitNews) => {
    switch (message.kind) {
      case "permits-open":
        shares = message.shares;
        return open();
      case "away-shares":
        shares = message.shares;
        return;
      case "permit": {
        const asked = askedAt.get(message.number);
        if (asked === undefined) return;
        purse.put(message, asked);
        watchEnds();
        if (wishes.get(message.wants)?.number === message.number) wishes.delete(message.wants);
        return listeners.get(message.wants)?.ready();
      }
      case "permit-refused":
        if (wishes.get(message.wants)?.number !== message.number) return;
        wishes.delete(message.wants);
        return listeners.get(message.wants)?.refused(message);
      case "permit-queued":
        if (wishes.get(message.wants)?.number !== message.number) return;
        return listeners.get(message.wants)?.queued?.(message.expectedMs);
      case "permits-recalled":
        purse.letGo("send", "all");
        watchEnds();
        return tellSoon();
    }
  };

  return {
    take(wants, asViewer) {
      const taken = purse.take(wants, asViewer) ?? takeOwn(wants);
      if (!taken) return undefined;
      return {
        ...taken,
        used() {
          taken.used();
          watchEnds();
          if (purse.has(wants, asViewer)) return;
          if (taken.isOfLease) askAhead(asViewer);
          else tellSoon();
        },
      };
    },
    wish(wants, wanted) {
      if (!wanted) {
        if (wishes.delete(wants) && isOpen) send({ kind: "permit-unwish", wants });
        return;
      }
      const wish: OpenWish = { wanted, number: 0 };
      wishes.set(wants, wish);
      sayWish(wants, wish);
      lookForOwn();
    },
    listen: (wants, listener) => void listeners.set(wants, listener),
    place(now) {
      if (now.isJoined === place.isJoined && now.standing === place.standing) return;
      place = now;
      if (now.standing !== undefined && now.standing !== place.standing) {
        // While a viewer's grant is open, the viewers' limit is that of the whole account.
        purse.letGo("send", now.standing === "viewer" ? "not-for-viewers" : "for-viewers");
        tellSoon();
      }
      sayPlace();
    },
    hubSide: {
      hello: () => ({
        uses: purse.takeAll().slice(-USES_TOLD_MAX),
        isFresh: shares === undefined,
        weight: using.weight,
      }),
      hear,
      linkLost() {
        isOpen = false;
        lookForOwn();
      },
      dialled(found, at) {
        if (found === "nobody") absence.nobodyThere(at);
        else absence.perhapsSomebody();
      },
    },
    stop() {
      wishes.clear();
      for (const wants of PERMIT_KINDS) purse.letGo(wants, "all");
      if (isOpen && purse.hasNews()) send({ kind: "permits-used", uses: [...news()] });
      cancelLook();
      cancelEnd();
    },
  };
}
