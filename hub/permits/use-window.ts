/**
 * The uses of one kind that Twitch may count: those that were, and those that still may be. A grant is counted from
 * the moment it is given until a window after the last instant at which it can have been used; what its worker tells
 * of it makes that earlier. Whoever grants only while this count is below the limit can't pass it, whenever the
 * grants are used: at the last grant of those that meet in one window, all the others were counted.
 */
import type { Millis } from "../../shared/clock.ts";
import { makeLeavings } from "./leavings.ts";
import { SLACK_MS } from "./limits.ts";

export interface Grant {
  readonly name: string;
  readonly channel: string;
  readonly count: number;
  /** After this instant it can't be used. */
  readonly until: Millis;
  readonly asViewer: boolean;
}

/** What is known of a grant: the latest instants at which it can have been used, and how many uses are left. */
export interface GrantPicture {
  readonly usedAt: readonly Millis[];
  readonly left: number;
}

export interface OpenGrant extends Grant {
  readonly left: number;
}

export interface UseWindow {
  add(grant: Grant, now: Millis): void;
  /** A grant this window does not know is taken as it is told. */
  tell(grant: Omit<Grant, "count">, picture: GrantPicture, now: Millis): void;
  /**
   * One of this channel's uses has left for Twitch, which may count it at any moment until what is returned is called,
   * and not after `until`. Whichever of its grants it is a use of lasts until then.
   */
  leave(channel: string, until: Millis, now: Millis): (arrivedAt: Millis) => void;
  /** This channel's worker is no more: what is left of its grants counts, but can't be used after `until`. */
  endOpen(channel: string, until: Millis, now: Millis): void;
  /** Counted in, whoever uses them: what nobody could tell us. */
  block(count: number, until: Millis): void;
  unblock(): void;
  count(now: Millis): number;
  countOf(channel: string, now: Millis): number;
  /** Until when a viewer's use may still reach Twitch; undefined: none is on its way. */
  viewerUntil(now: Millis): Millis | undefined;
  /** Grants that may still be used. */
  open(now: Millis): readonly OpenGrant[];
  /** When the next one leaves. */
  nextLeavesAt(now: Millis): Millis | undefined;
  /** When there are at most `most` in the window, if nothing is added. `settled`: if all that is left of grants is given back. */
  fallsTo(most: number, now: Millis, settled?: "settled"): Millis;
}

/** A part of a grant that leaves the window at one instant. */
interface Share {
  readonly leavesAt: Millis;
  readonly count: number;
  readonly channel: string | undefined;
  readonly isUsed: boolean;
  /** Replaced by what was told since. */
  isOver: boolean;
}
/** A use between its leaving and Twitch's answer. */
interface Journey {
  readonly leftAt: Millis;
  /** Twitch has counted it by then. */
  until: Millis;
}
interface Entry {
  readonly grant: Grant;
  picture: GrantPicture;
  shares: readonly Share[];
  readonly journeys: Journey[];
}

export function makeUseWindow(windowMs: Millis): UseWindow {
  const leaving = makeLeavings<Share>();
  const entries = new Map<string, Entry>();
  /** Of grants that may be used, or may just have been. */
  const openNames = new Set<string>();
  const counts = new Map<string | undefined, number>();
  let total = 0;
  let blocks: Share[] = [];
  /** The latest instant at which one was used as a viewer, as far as it was told. */
  let viewerUsedAt = Number.NEGATIVE_INFINITY;
  /** Of viewers, under way. */
  const viewersJourneys = new Set<Journey>();

  const change = (channel: string | undefined, by: number) => {
    total += by;
    const now = (counts.get(channel) ?? 0) + by;
    if (now === 0) counts.delete(channel);
    else counts.set(channel, now);
  };
  const enter = (share: Omit<Share, "isOver">): Share => {
    const entered: Share = { ...share, isOver: false };
    leaving.add(entered);
    change(share.channel, share.count);
    return entered;
  };
  const end = (share: Share) => {
    if (share.isOver) return;
    share.isOver = true;
    change(share.channel, -share.count);
  };
  const prune = (now: Millis) => {
    leaving.takeUntil(now, end);
    for (const name of openNames) {
      if ((entries.get(name)?.grant.until ?? 0) + SLACK_MS <= now) openNames.delete(name);
    }
  };
  const forget = (now: Millis) => {
    // In the order they were given, which is nearly that in which they are over.
    for (const [name, { grant, shares }] of entries) {
      if (grant.until > now || shares.some((share) => !share.isOver)) return;
      entries.delete(name);
    }
  };
  const show = (entry: Entry, picture: GrantPicture) => {
    for (const share of entry.shares) end(share);
    const { channel, name } = entry.grant;
    const { usedAt, left } = picture;
    const shares = usedAt.map((at) =>
      enter({ leavesAt: countedBy(entry, at) + windowMs, count: 1, channel, isUsed: true }),
    );
    if (left > 0)
      shares.push(enter({ leavesAt: lastAt(entry) + windowMs, count: left, channel, isUsed: false }));
    entry.picture = picture;
    entry.shares = shares;
    if (left === 0) openNames.delete(name);
    else openNames.add(name);
  };

  return {
    add(grant, now) {
      prune(now);
      forget(now);
      const entry: Entry = { grant, picture: { usedAt: [], left: 0 }, shares: [], journeys: [] };
      entries.set(grant.name, entry);
      show(entry, { usedAt: [], left: grant.count });
    },
    tell(told, picture, now) {
      const entry = entries.get(told.name) ?? {
        grant: { ...told, count: picture.usedAt.length + picture.left },
        picture: { usedAt: [], left: picture.left },
        shares: [],
        journeys: [],
      };
      entries.set(told.name, entry);
      show(entry, narrow(entry.picture, picture));
      if (entry.grant.asViewer) viewerUsedAt = Math.max(viewerUsedAt, ...entry.picture.usedAt);
      prune(now);
    },
    leave(channel, until, now) {
      const journey: Journey = { leftAt: now, until };
      const its = [...openNames].flatMap((name) => {
        const entry = entries.get(name);
        return entry?.grant.channel === channel ? [entry] : [];
      });
      const showAll = () => {
        for (const { grant } of its) {
          const entry = entries.get(grant.name);
          if (entry) show(entry, entry.picture);
        }
      };
      for (const entry of its) entry.journeys.push(journey);
      if (its.some(({ grant }) => grant.asViewer)) viewersJourneys.add(journey);
      showAll();
      return (arrivedAt) => {
        journey.until = Math.min(until, arrivedAt);
        showAll();
        if (viewersJourneys.delete(journey)) viewerUsedAt = Math.max(viewerUsedAt, journey.until);
      };
    },
    endOpen(channel, until, now) {
      for (const name of openNames) {
        const entry = entries.get(name);
        if (entry?.grant.channel !== channel || entry.grant.until <= until) continue;
        const ended: Entry = { ...entry, grant: { ...entry.grant, until } };
        entries.set(name, ended);
        show(ended, ended.picture);
      }
      prune(now);
    },
    block(count, until) {
      blocks.push(enter({ leavesAt: until, count, channel: undefined, isUsed: true }));
    },
    unblock() {
      for (const share of blocks) end(share);
      blocks = [];
    },
    count(now) {
      prune(now);
      return total;
    },
    countOf(channel, now) {
      prune(now);
      return counts.get(channel) ?? 0;
    },
    viewerUntil(now) {
      prune(now);
      const untils = [viewerUsedAt, ...[...viewersJourneys].map((one) => one.until)];
      untils.push(...blocks.filter(({ isOver }) => !isOver).map((one) => one.leavesAt));
      for (const name of openNames) {
        const grant = entries.get(name)?.grant;
        if (grant?.asViewer) untils.push(grant.until);
      }
      const until = Math.max(...untils) + SLACK_MS;
      return until > now ? until : undefined;
    },
    open(now) {
      prune(now);
      return [...openNames].flatMap((name) => {
        const entry = entries.get(name);
        if (!entry || entry.grant.until <= now) return [];
        return [{ ...entry.grant, left: entry.picture.left }];
      });
    },
    nextLeavesAt(now) {
      prune(now);
      return leaving.nextAt();
    },
    fallsTo(most, now, settled) {
      prune(now);
      const isCounted = (share: Share) => !share.isOver && (share.isUsed || !settled);
      return leaving.fallsTo(most, isCounted) ?? now;
    },
  };
}

/** What is left of it can have been used until then. */
const lastAt = ({ grant, journeys }: Entry): Millis =>
  Math.max(grant.until, ...journeys.map(({ until }) => until));

/** A use that was told while one was under way may be that one: who gave up waiting for its answer does not know. */
const countedBy = ({ journeys }: Entry, usedAt: Millis): Millis =>
  Math.max(usedAt, ...journeys.filter(({ leftAt }) => usedAt >= leftAt).map(({ until }) => until));

/**
 * Both are true, so the earlier instants and the smaller rest are. What goes through Helix is told when Twitch has
 * answered, which may be later than the grant was good for.
 */
function narrow(known: GrantPicture, told: GrantPicture): GrantPicture {
  const [more, fewer] =
    known.usedAt.length > told.usedAt.length ? [known.usedAt, told.usedAt] : [told.usedAt, known.usedAt];
  return {
    usedAt: more.map((at, index) => Math.min(at, fewer[index] ?? at)),
    left: Math.min(known.left, told.left),
  };
}
