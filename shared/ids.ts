import * as v from "valibot";

/** Twitch's numeric user ids, as strings; a channel's id is its broadcaster's. Branded, because ids and logins are the classic mix-up. */
const TWITCH_ID = /^\d{1,20}$/;
export const ChannelId = v.pipe(v.string(), v.regex(TWITCH_ID), v.brand("ChannelId"));
export type ChannelId = v.InferOutput<typeof ChannelId>;

export const UserId = v.pipe(v.string(), v.regex(TWITCH_ID), v.brand("UserId"));
export type UserId = v.InferOutput<typeof UserId>;

/** A channel is its broadcaster's. */
export const channelIdOf = (broadcaster: UserId): ChannelId => broadcaster as string as ChannelId;
/** What `UserId` says, for where events come in masses. */
export const isUserId = (value: unknown): value is UserId =>
  typeof value === "string" && TWITCH_ID.test(value);

/** A login name: lower-case, as it stands in a channel's address. */
export const Login = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9_]{1,25}$/, "a Twitch login: 1 to 25 of a-z, 0-9 and _, in lower case"),
  v.brand("Login"),
);
export type Login = v.InferOutput<typeof Login>;

/** "hub", "worker:alice_live": names the child in logs, notes, status and on the wire. */
export const ChildId = v.pipe(v.string(), v.regex(/^[a-z]+(:[a-z0-9_]{1,25})?$/), v.brand("ChildId"));
export type ChildId = v.InferOutput<typeof ChildId>;

export const hubChildId = v.parse(ChildId, "hub");
/** The channel a worker's id names; undefined for any other child. */
export const channelOfWorker = (childId: ChildId): Login | undefined =>
  childId.startsWith("worker:") ? v.parse(Login, childId.slice("worker:".length)) : undefined;
export const workerChildId = (channel: Login): ChildId => v.parse(ChildId, `worker:${channel}`);
