/**
 * Helix's points, as its own headers tell them: a bucket for each identity (client and user; the app token has its
 * own, chat messages have theirs). Whoever works in the background leaves a part for what a viewer waits for.
 */
import type { Clock, Millis } from "../../shared/clock.ts";

/** `command`: somebody waits for it. `background`: it may as well be done later. */
export type PointsAsker = "command" | "background";

export interface PointsHeaders {
  readonly limit: number;
  readonly remaining: number;
  /** Wall time: then the bucket is full again. */
  readonly resetAtWall: Millis;
}

export interface Room {
  /** Requests that may be sent now, at a point each. */
  readonly points: number;
  /** 0 when there are some; else how long until there is one. */
  readonly waitMs: Millis;
}

/** Helix's own account of a bucket, from its last answer. */
export interface Points {
  readonly limit: number;
  readonly remaining: number;
  /** Until the bucket is full again. */
  readonly fullInMs: Millis;
}

export interface HelixPoints {
  /** A request goes out. */
  sent(bucket: string): void;
  /** Its answer came; undefined when there was none, or one without the headers. */
  answered(bucket: string, headers: PointsHeaders | undefined): void;
  /** Undefined before the first answer, and when the last one is so old that the bucket has filled up since. */
  told(bucket: string): Points | undefined;
  room(asker: PointsAsker, bucket?: string): Room;
  state(): readonly BucketState[];
}
export interface BucketState {
  readonly bucket: string;
  readonly limit: number;
  readonly remaining: number;
  readonly resetInMs: Millis;
}

/** The bot's user token; the app token; and Send Chat Message, which has a bucket of its own. */
export const BOT_BUCKET = "bot";
export const APP_BUCKET = "app";
export const CHAT_BUCKET = "chat messages";
/** Twitch's documented bucket, until it tells otherwise. */
const LIMIT_UNTOLD = 800;
/** Share of the limit that background work leaves alone. */
const RESERVE = 0.25;
/** The bucket is full again within a minute: a clock that is wrong must not stop the house for longer. */
const FULL_IN_MAX_MS: Millis = 60_000;
/** Without points and without word of when there will be some. */
const WAIT_UNTOLD_MS: Millis = 1_000;

interface Told {
  readonly limit: number;
  readonly remaining: number;
  readonly at: Millis;
  readonly fullAt: Millis;
}
interface Bucket {
  readonly told: Told | undefined;
  /** Sent and not answered: what was told does not know of them. */
  readonly underWay: number;
}
const untold: Bucket = { told: undefined, underWay: 0 };

export function makeHelixPoints(clock: Clock): HelixPoints {
  const buckets = new Map<string, Bucket>();
  const get = (name: string) => buckets.get(name) ?? untold;
  const toTold = ({ limit, remaining, resetAtWall }: PointsHeaders): Told => {
    const fullInMs = Math.min(Math.max(0, resetAtWall - clock.wall()), FULL_IN_MAX_MS);
    const at = clock.now();
    return { limit, remaining, at, fullAt: at + fullInMs };
  };
  const toPoints = ({ told, underWay }: Bucket): Points => {
    const limit = told?.limit ?? LIMIT_UNTOLD;
    const fullInMs = Math.max(0, (told?.fullAt ?? 0) - clock.now());
    const remaining = told === undefined ? limit : cameBack(told, fullInMs);
    return { limit, remaining: Math.max(0, remaining - underWay), fullInMs };
  };
  return {
    sent(name) {
      const { told, underWay } = get(name);
      buckets.set(name, { told, underWay: underWay + 1 });
    },
    answered(name, headers) {
      const { told, underWay } = get(name);
      buckets.set(name, { told: headers ? toTold(headers) : told, underWay: Math.max(0, underWay - 1) });
    },
    told(name) {
      const points = toPoints(get(name));
      return points.fullInMs === 0 ? undefined : points;
    },
    room: (asker, name = BOT_BUCKET) => toRoom(toPoints(get(name)), asker),
    state: () =>
      [...buckets].map(([bucket, its]) => {
        const { limit, remaining, fullInMs } = toPoints(its);
        return { bucket, limit, remaining, resetInMs: fullInMs };
      }),
  };
}

/** Pure. Points come back evenly: what was told is out of date a moment later. */
function cameBack({ limit, remaining, at, fullAt }: Told, fullInMs: Millis): number {
  return fullInMs === 0 ? limit : Math.floor(limit - ((limit - remaining) * fullInMs) / (fullAt - at));
}

function toRoom({ limit, remaining, fullInMs }: Points, asker: PointsAsker): Room {
  const reserve = asker === "background" ? Math.ceil(limit * RESERVE) : 0;
  const points = Math.max(0, remaining - reserve);
  if (points > 0) return { points, waitMs: 0 };
  const lacking = reserve + 1 - remaining;
  return { points, waitMs: Math.ceil((fullInMs * lacking) / (limit - remaining)) || WAIT_UNTOLD_MS };
}

/** Pure. Header values as they come, by lower-case names. */
export function parsePointsHeaders(headers: Readonly<Record<string, unknown>>): PointsHeaders | undefined {
  const [limit, remaining, reset] = ["limit", "remaining", "reset"].map((name) =>
    toNumber(headers[`ratelimit-${name}`]),
  );
  if (limit === undefined || remaining === undefined || reset === undefined) return undefined;
  return { limit, remaining, resetAtWall: reset * 1_000 };
}

function toNumber(value: unknown): number | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  return typeof text === "string" && /^\d{1,12}(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
