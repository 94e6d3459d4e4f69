/**
 * What hub and worker say about permits: what Twitch counts per account, the hub counts for all workers. A worker
 * says what it wants (one wish of each kind, the newest counts), the hub grants it when it is due. A grant may hold
 * more than one use, so that the next messages need no question (a lease). Of each grant the worker tells the whole
 * picture, so telling it twice is harmless; what is not told counts as used until it can't matter any more.
 */
import * as v from "valibot";

/** By urgency: when not all can go out, the first lanes go first. */
export const LANES = ["moderation", "command", "event", "timer", "model"] as const;
export type Lane = (typeof LANES)[number];

/** A login at chat, a join, a message. */
export const PERMIT_KINDS = ["auth", "join", "send"] as const;
export type PermitKind = (typeof PERMIT_KINDS)[number];

/** What the bot is in a channel: whoever is more than a viewer may speak faster and repeat itself. */
export const STANDINGS = ["viewer", "vip", "moderator", "broadcaster"] as const;
export type Standing = (typeof STANDINGS)[number];

/** Uses in one grant, at most. */
export const LEASE_MAX = 20;
/** Grants one worker can have had in the time that still counts, at most; more say nothing new. */
export const USES_TOLD_MAX = 1_000;

const Kind = v.picklist(PERMIT_KINDS);
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Ms = v.pipe(v.number(), v.minValue(0));
const GrantName = v.pipe(v.string(), v.maxLength(64));

/** One grant as its worker knows it. */
export const GrantUse = v.object({
  grant: GrantName,
  wants: Kind,
  /** How long ago each use was. */
  usedAgoMs: v.pipe(v.array(Ms), v.maxLength(LEASE_MAX)),
  /** Not used, and may still be. */
  left: Count,
});
export type GrantUse = v.InferOutput<typeof GrantUse>;
export const GrantUses = v.pipe(v.array(GrantUse), v.maxLength(USES_TOLD_MAX));

export const PermitWish = v.object({
  kind: v.literal("permit-wish"),
  wants: Kind,
  /** Rises with each wish of this kind. */
  number: Count,
  lane: v.picklist(LANES),
  /** The bot is no more than a viewer in the channel. */
  asViewer: v.boolean(),
  /** A grant later than this helps nobody. */
  withinMs: Ms,
  /** For later messages: granted now or not at all. */
  isAhead: v.boolean(),
  uses: GrantUses,
});
export type PermitWish = v.InferOutput<typeof PermitWish>;

export const PERMIT_MESSAGES_OF_WORKER = [
  PermitWish,
  v.object({ kind: v.literal("permit-unwish"), wants: Kind }),
  v.object({ kind: v.literal("permits-used"), uses: GrantUses }),
  /** When permits are open, and after each change. */
  v.object({
    kind: v.literal("chat-place"),
    isJoined: v.boolean(),
    /** Left out: it was never in the channel and can't know. */
    standing: v.optional(v.picklist(STANDINGS)),
  }),
] as const;

/**
 * What a worker may do while no hub counts: all workers' shares together stay within the smallest limit. With `turn`
 * there are more workers than uses: time is cut into pieces of `windowMs`, and a worker's turn is every `of`-th.
 */
export const AwayShare = v.object({
  count: Count,
  windowMs: Ms,
  /** Not before it has found nobody at the hub's door for this long: by then nothing a hub granted counts any more. */
  afterMs: Ms,
  turn: v.optional(v.object({ index: Count, of: Count })),
});
export type AwayShare = v.InferOutput<typeof AwayShare>;
export const AwayShares = v.object({ auth: AwayShare, join: AwayShare, send: AwayShare });
export type AwayShares = v.InferOutput<typeof AwayShares>;

export const Permit = v.object({
  kind: v.literal("permit"),
  wants: Kind,
  number: Count,
  grant: GrantName,
  /** More than one: a lease. */
  count: Count,
  /** Good for messages as a viewer, too. */
  asViewer: v.boolean(),
  /** Between the wish's arrival and the grant: with it the worker knows the grant's age without a common clock. */
  waitedMs: Ms,
  goodForMs: Ms,
});
export type Permit = v.InferOutput<typeof Permit>;

export const PERMIT_MESSAGES_OF_HUB = [
  /** The answer to a hello, sooner than the welcome: permits need no Twitch. */
  v.object({ kind: v.literal("permits-open"), shares: AwayShares }),
  v.object({ kind: v.literal("away-shares"), shares: AwayShares }),
  Permit,
  /** It will take about this long; said of logins and joins, which may wait for minutes. */
  v.object({ kind: v.literal("permit-queued"), wants: Kind, number: Count, expectedMs: Ms }),
  v.object({
    kind: v.literal("permit-refused"),
    wants: Kind,
    number: Count,
    /** `crowded`: the account's limit has no room in time. `too-many-channels`: Twitch takes no further channel. */
    because: v.picklist(["crowded", "too-many-channels"]),
    /** No sooner than this. */
    expectedMs: Ms,
    detail: v.optional(v.pipe(v.string(), v.maxLength(500))),
  }),
  /** Others wait: what is left of every grant for messages shall be given back, and all uses told. */
  v.object({ kind: v.literal("permits-recalled") }),
] as const;
