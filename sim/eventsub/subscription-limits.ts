/**
 * How many subscriptions there may be: of the same kind, on one socket, over how many sockets, at what cost.
 * Numbers: docs/eventsub/manage-subscriptions/#subscription-limits; rooms of chat: docs/chat/#join-rate-limits.
 * Only enabled subscriptions count.
 */
import { CHANNELS_JOINED_MAX } from "../chat/rules.ts";
import type { World } from "../world/world.ts";
import type { Candidate, SubscriptionFacts } from "./plan-subscription.ts";
import { costOf, type Subscription, toLikenessKey, totalCostOf } from "./subscription.ts";
import { isStaff } from "./subscription-authorization.ts";
import { type Refusal, refuse } from "./subscription-refusal.ts";

export const SAME_TYPE_AND_CONDITION_MAX = 3;
export const SOCKETS_PER_USER_MAX = 3;
export const SUBSCRIPTIONS_PER_SOCKET_MAX = 300;
export const USER_TOTAL_COST_MAX = 10;
export const APP_TOTAL_COST_MAX = 10_000;

export function planLimits(candidate: Candidate, facts: SubscriptionFacts): Refusal | undefined {
  const { token } = candidate;
  const counted = facts.subscriptions.filter(
    (one) => one.status === "enabled" && one.userId === token.userId,
  );
  return (
    checkLikeness(candidate, counted) ??
    (candidate.request.transport.method === "websocket" ? checkSockets(candidate, counted) : undefined) ??
    checkCost(candidate, counted, facts.world) ??
    checkChatRooms(candidate, counted, facts.world)
  );
}

function checkLikeness(candidate: Candidate, counted: readonly Subscription[]): Refusal | undefined {
  const { request, type } = candidate;
  const key = toLikenessKey(type, request.condition);
  const alike = counted.filter((one) => one.likeness === key);
  const destination = request.transport.sessionId ?? request.transport.conduitId;
  if (alike.some((one) => destinationOf(one) === destination))
    return refuse(409, "subscription already exists"); // seen
  if (alike.length < SAME_TYPE_AND_CONDITION_MAX) return undefined;
  return refuse(429, "maximum subscriptions with type and condition exceeded"); // seen
}

function checkSockets({ request }: Candidate, counted: readonly Subscription[]): Refusal | undefined {
  const onThis = counted.filter((one) => destinationOf(one) === request.transport.sessionId).length;
  const sockets = new Set(counted.filter((one) => one.transport.method === "websocket").map(destinationOf));
  if (onThis === 0 && sockets.size >= SOCKETS_PER_USER_MAX) {
    return refuse(429, "number of websocket transports limit exceeded"); // seen
  }
  if (onThis < SUBSCRIPTIONS_PER_SOCKET_MAX) return undefined;
  return refuse(429, "number of websocket transport subscriptions limit exceeded");
}

function checkCost(
  { request, type, token }: Candidate,
  counted: readonly Subscription[],
  world: World,
): Refusal | undefined {
  const cost = costOf(world, { type, condition: request.condition, clientId: token.clientId });
  const most = token.kind === "user" ? USER_TOTAL_COST_MAX : APP_TOTAL_COST_MAX;
  return cost > 0 && totalCostOf(world, counted) + cost > most ? refuse(429, "cost exceeded") : undefined;
}

/**
 * Reading chat with a user token counts as being in the room, on IRC or here. Twitch answers the 101st room like a
 * missing permission.
 */
function checkChatRooms(
  { request, type, token }: Candidate,
  counted: readonly Subscription[],
  world: World,
): Refusal | undefined {
  const { user_id: readerId, broadcaster_user_id: roomId } = request.condition;
  if (
    type.type !== "channel.chat.message" ||
    token.kind !== "user" ||
    readerId === undefined ||
    roomId === undefined
  )
    return undefined;
  const rooms = new Set<string>();
  for (const channel of world.channels.values())
    if (channel.chatters.has(readerId)) rooms.add(channel.owner.id);
  for (const one of counted) if (one.type === type) rooms.add(one.condition.broadcaster_user_id ?? "");
  const countsFor = (id: string) => !isStaff(world.channels.get(id), readerId);
  if (rooms.has(roomId) || !countsFor(roomId)) return undefined;
  const isFull = [...rooms].filter(countsFor).length >= CHANNELS_JOINED_MAX;
  return isFull ? refuse(403, "subscription missing proper authorization") : undefined; // seen
}

function destinationOf({ transport }: Subscription): string {
  return transport.method === "websocket" ? transport.sessionId : transport.conduitId;
}
