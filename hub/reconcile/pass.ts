/**
 * One pass: ask what Twitch has, then repair one thing after the other until nothing is left to do. What is wanted,
 * and where it can be, is looked at anew before each repair, so a wish or a session that comes in the middle is not
 * kept waiting. What was repaired is believed from Twitch's own answers and proved by asking once more at the end.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import type { CanCarry } from "../../shared/twitch/can-carry.ts";
import type { CarrierFacts, EventSubTransport } from "../eventsub/transport.ts";
import type { OwnUses } from "../permits/own-uses.ts";
import { findAwaited } from "./awaited.ts";
import { planBudget, type Refusal } from "./budget.ts";
import { explainChatRefusal } from "./chat-rooms.ts";
import type { CostBook } from "./cost-book.ts";
import type { EventSubDesk } from "./desk.ts";
import type { Pace } from "./pace.ts";
import { planRepairs, type Repair } from "./plan.ts";
import type { RefusalBook } from "./refusal-book.ts";
import { isAlive, type Seen, type Totals, type Wanted, wantedKey } from "./subscription.ts";
import type { Unapplied } from "./to-unapplied.ts";

export type PassEnd =
  | { readonly is: "settled" }
  | { readonly is: "no-carrier" }
  | {
      readonly is: "again";
      readonly because: string;
      /** Twitch says there is no room, which seldom changes within seconds. */
      readonly isSlow: boolean;
      /** What is not there yet was asked for, in this pass or before, and could not be had. */
      readonly hasTriedAll: boolean;
    };

export interface Counts {
  created: number;
  deleted: number;
}

/** What is known of Twitch's side: listed, and kept up with each answer since. */
export interface View {
  seen: readonly Seen[];
  totals: Totals | undefined;
  /** When Twitch was last asked for everything. */
  listedAt: Millis | undefined;
  /** Of this moment's budget: what can't be had at all. */
  unaffordable: ReadonlyMap<string, Refusal & { readonly want: Wanted }>;
}

/** What the loop does with the transport. */
export type SubscribedTransport = Pick<EventSubTransport, "need" | "carriers" | "letGo" | "inspect">;

export interface PassParts {
  readonly desk: EventSubDesk;
  readonly transport: SubscribedTransport;
  readonly wanted: () => readonly Wanted[];
  readonly canCarry: (want: Wanted) => CanCarry;
  readonly pace: Pace;
  /** With the bot's token a subscription to a channel's messages is a JOIN of the account. */
  readonly joins: OwnUses;
  readonly book: RefusalBook;
  readonly costs: CostBook;
  readonly clock: Clock;
  readonly log: Logger;
  /** Waits, or less when there is news. */
  readonly rest: (forMs: Millis) => Promise<void>;
  /** This pass is to end: the loop stops, or somebody wants to see a whole new one. */
  readonly isCalledOff: () => boolean;
  readonly onLooked: () => void;
  readonly onRefused: (want: Wanted, refusal: Refusal) => void;
  readonly onBug: (problem: string) => void;
}

/** When so many in a row found nobody, nobody is there. */
const AWAY_IN_A_ROW_MAX = 3;

export function makePass(using: PassParts, view: View): (counts: Counts) => Promise<PassEnd> {
  const { desk, transport, pace, joins, book, costs, log } = using;

  const plan = () => {
    const places = transport.carriers();
    const facts = { places, totals: view.totals, costIn: costs.costIn, canCarry: using.canCarry };
    const budget = planBudget(using.wanted(), view.seen, facts);
    view.unaffordable = new Map(budget.refused.map((one) => [wantedKey(one.want), one]));
    const open = budget.fits.filter((one) => !book.isRefused(one));
    transport.need(open.length);
    return { places, open, repairs: planRepairs(open, view.seen, places) };
  };
  const look = async (): Promise<string | undefined> => {
    const listed = await desk.list();
    if (listed.is === "away") return listed.problem;
    view.seen = listed.seen;
    view.totals = listed.totals;
    view.listedAt = using.clock.now();
    costs.learnList(listed.seen);
    book.noteTotals(listed.totals);
    await transport.inspect(listed.rows);
    using.onLooked();
    return undefined;
  };

  const create = async (repair: Extract<Repair, { do: "create" }>): Promise<Unapplied | undefined> => {
    const answered = isJoin(repair) ? joins.begin() : undefined;
    const created = await desk.create(repair.want, repair.on);
    answered?.();
    if (created.is === "done") {
      view.seen = [...view.seen, created.seen];
      view.totals = created.totals;
      costs.learnRow(created.seen);
      book.trust(repair.want);
      using.onLooked();
      return undefined;
    }
    const { replaces } = repair;
    const isCrowdedOut = created.is === "doubtful" && replaces !== undefined;
    if (!isCrowdedOut) return created;
    // There is no room for both: better a moment without than never on the new connection.
    log.warn(
      { want: repair.want, problem: created.problem },
      "the old subscription must go before its successor comes",
    );
    return (await remove(replaces)) ?? create({ ...repair, replaces: undefined });
  };
  const remove = async (have: Seen): Promise<Unapplied | undefined> => {
    const deleted = await desk.delete(have.twitchId);
    if (deleted.is !== "done") return deleted;
    view.seen = view.seen.filter((one) => one.twitchId !== have.twitchId);
    return undefined;
  };
  const refuse = (want: Wanted, refusal: Refusal) => {
    log.warn({ want, ...refusal }, "Twitch refuses a subscription");
    book.refuse(want, refusal);
    using.onRefused(want, refusal);
  };
  /** The first that may go now; when none may, the one that may go first. */
  const soonest = (repairs: readonly Repair[]): { readonly repair?: Repair; readonly waitMs: Millis } => {
    const waits = new Map<string, Millis>();
    let next: { readonly repair?: Repair; readonly waitMs: Millis } = { waitMs: Number.POSITIVE_INFINITY };
    for (const repair of repairs) {
      const kind = repair.do === "create" && repair.isUrgent ? "urgent" : repair.do;
      const lane = `${kind} ${isJoin(repair)}`;
      const waitMs = waits.get(lane) ?? Math.max(pace.waitMs(kind), isJoin(repair) ? joins.waitMs() : 0);
      waits.set(lane, waitMs);
      if (waitMs === 0) return { repair, waitMs };
      if (waitMs < next.waitMs) next = { repair, waitMs };
    }
    return next;
  };
  /** What follows for this want; the pass itself goes on. */
  const noteRefusal = ({ want, on }: Extract<Repair, { do: "create" }>, unapplied: Unapplied) => {
    switch (unapplied.is) {
      case "doubtful":
        if (unapplied.code === "cost-exceeded") costs.learnRefused(want);
        if (book.doubt(want, unapplied)) refuse(want, unapplied);
        return;
      case "hopeless":
        return refuse(want, explainChatRefusal(unapplied, want, on, view.seen));
      case "bug":
        using.onBug(unapplied.problem);
        return refuse(want, { code: "refused", problem: unapplied.problem });
      case "look-again":
        if (book.doubt(want, { code: "refused", problem: unapplied.problem }))
          refuse(want, { code: "refused", problem: unapplied.problem });
        return;
    }
  };

  /** What failed, by when: the others go first, so that a few which always fail keep nobody without events. */
  const failedAt = new Map<string, Millis>();
  const pressing = (untried: readonly Repair[]): readonly Repair[] => {
    const others = untried.filter((one) => !failedAt.has(idOf(one)));
    if (others.length > 0) return others;
    const at = (one: Repair) => failedAt.get(idOf(one)) ?? 0;
    return untried.toSorted((a, b) => at(a) - at(b));
  };
  const forgetDone = () => {
    const due = new Set(plan().repairs.map(idOf));
    for (const id of failedAt.keys()) if (!due.has(id)) failedAt.delete(id);
  };

  return async (counts) => {
    const before = plan();
    const isClosed = before.places.current.length === 0;
    if (isClosed && !isCrowdedOut(before.open, view)) {
      using.onLooked();
      return { is: before.open.length === 0 ? "settled" : "no-carrier" };
    }
    const away = await look();
    if (away !== undefined) return again(away);
    // A connection is opened only if there is room again.
    if (isClosed) return { is: plan().open.length === 0 ? "settled" : "no-carrier" };
    forgetDone();
    const tried = new Set<string>();
    let awayInARow = 0;
    let trouble: Unapplied | undefined;
    let hasRepaired = false;

    for (;;) {
      if (using.isCalledOff()) return again("called off");
      const { places, repairs } = plan();
      if (places.current.length === 0) return { is: "no-carrier" };
      const { repair, waitMs } = soonest(pressing(repairs.filter((one) => !tried.has(idOf(one)))));
      if (!repair) break;
      if (waitMs > 0) {
        await using.rest(waitMs);
        continue;
      }
      pace.took(repair.do);
      hasRepaired = true;
      const unapplied = await (repair.do === "create" ? create(repair) : remove(repair.have));
      awayInARow = unapplied?.is === "away" ? awayInARow + 1 : 0;
      if (!unapplied) {
        if (repair.do === "create") counts.created += 1;
        else counts.deleted += 1;
        continue;
      }
      if (unapplied.is === "paced") {
        pace.hold(unapplied.waitMs);
        continue;
      }
      tried.add(idOf(repair));
      failedAt.set(idOf(repair), using.clock.now());
      trouble = unapplied;
      if (repair.do === "create") noteRefusal(repair, unapplied);
      if (unapplied.is === "carrier-gone") return again(unapplied.problem);
      if (awayInARow >= AWAY_IN_A_ROW_MAX)
        return { ...again(unapplied.problem), hasTriedAll: repairs.every((one) => failedAt.has(idOf(one))) };
    }
    if (hasRepaired) {
      const problem = await look();
      if (problem !== undefined) return again(problem);
    }
    const { places, open, repairs } = plan();
    letGoOfEmptied(places, view.seen, transport);
    if (repairs.length > 0) {
      const because = trouble && "problem" in trouble ? trouble.problem : "something has changed meanwhile";
      return { is: "again", because, isSlow: trouble?.is === "doubtful", hasTriedAll: true };
    }
    // The next connection may be on its way.
    return findAwaited(open, view.seen, places).length === 0
      ? { is: "settled" }
      : { ...again("there is no connection with room yet"), hasTriedAll: true };
  };
}

/** Nothing that is wanted has room by what Twitch said last: without a connection nobody would ask again. */
const isCrowdedOut = (open: readonly Wanted[], { unaffordable }: View): boolean =>
  open.length === 0 && [...unaffordable.values()].some(({ code }) => code === "cost-exceeded");

const isJoin = (repair: Repair): boolean =>
  repair.do === "create" && repair.want.topic === "channel.chat.message" && repair.on.method === "websocket";

const again = (because: string) => ({ is: "again", because, isSlow: false, hasTriedAll: false }) as const;

const idOf = (repair: Repair): string =>
  repair.do === "create"
    ? `create ${wantedKey(repair.want)} ${repair.on.id}`
    : `delete ${repair.have.twitchId}`;

function letGoOfEmptied(places: CarrierFacts, seen: readonly Seen[], transport: SubscribedTransport): void {
  const inUse = new Set(seen.filter(isAlive).map((one) => places.nameOf(one.carrierId)));
  for (const { id } of places.retiring) if (!inUse.has(id)) transport.letGo(id);
}
