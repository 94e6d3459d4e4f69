/** For tests: a small world and the question "may this subscription be made?", answered in a line. */
import { startSimClock } from "../clock.ts";
import { makeRandom } from "../random.ts";
import { makeWorld, type Token } from "../world/world.ts";
import { planSubscription, type SubscriptionFacts } from "./plan-subscription.ts";
import { type Subscription, type Transport, toLikenessKey } from "./subscription.ts";
import { parseSubscriptionRequest } from "./subscription-request.ts";
import { findSubscriptionType } from "./subscription-types.ts";

export const BOT = "1";
export const HOME = "2";
export const MODDED = "3";
export const BANNED = "4";

export const WS = { method: "websocket", session_id: "s1" };
export const CONDUIT = { method: "conduit", conduit_id: "k1" };
export const UNAUTHORIZED = "403 subscription missing proper authorization";

/** The bot moderates one channel and is banned in another; users 100 to 399 are there besides. */
export function makePlanWorld() {
  const clock = startSimClock({ startAt: 0, speed: 1e-6 });
  const world = makeWorld({ clock, random: makeRandom(3) });
  world.addUser({ id: BOT, login: "bot" });
  world.addUser({ id: HOME, login: "home" });
  world.addUser({ id: MODDED, login: "modded" });
  world.addUser({ id: BANNED, login: "banned" });
  for (let n = 100; n < 400; n++) world.addUser({ id: String(n), login: `c${n}` });
  world.getChannel("modded").moderators.add(BOT);
  world.getChannel("banned").banned.set(BOT, undefined);
  clock.stop();
  return world;
}

export const about = (id: string) => ({ broadcaster_user_id: id });
export const reading = (id: string) => ({ ...about(id), user_id: BOT });
export const modding = (id: string) => ({ ...about(id), moderator_user_id: BOT });

export const user = (scopes: readonly string[] = [], userId = BOT): Token => toToken("user", userId, scopes);
export const app = (): Token => toToken("app", undefined, []);
function toToken(kind: "user" | "app", userId: string | undefined, scopes: readonly string[]): Token {
  return { accessToken: "t", kind, clientId: "c", userId, scopes, expiresAt: 1e15, refreshToken: undefined };
}

/** stream.online of HOME over a websocket, unless it says otherwise. */
export interface Wish {
  readonly type?: unknown;
  readonly version?: unknown;
  readonly condition?: unknown;
  readonly transport?: unknown;
  readonly token?: Token;
  readonly facts?: Partial<SubscriptionFacts>;
}

export type Row = readonly [string, Wish, string];

export function makePlanner(world: ReturnType<typeof makePlanWorld>) {
  const usual: SubscriptionFacts = {
    world,
    subscriptions: [],
    session: { connectedAt: 5, owner: undefined },
    hasConduit: true,
  };
  return ({ token = user(), facts = {}, ...body }: Wish): string => {
    const wish = { type: "stream.online", version: "1", condition: about(HOME), transport: WS, ...body };
    const parsed = parseSubscriptionRequest(wish);
    if (parsed.is === "malformed") return `400 ${parsed.message}`;
    const answer = planSubscription(parsed.request, token, { ...usual, ...facts });
    return answer.is === "allowed" ? "allowed" : `${answer.status} ${answer.message}`;
  };
}

let made = 0;
/** A subscription there is already; `userId: undefined` = an app's, on a conduit. */
export function have(
  type: string,
  condition: Record<string, string>,
  using: { on?: string; userId?: string | undefined; status?: Subscription["status"] } = {},
): Subscription {
  const found = findSubscriptionType(type, "1");
  if (!found) throw new Error(type);
  const isApp = "userId" in using && using.userId === undefined;
  const transport: Transport = isApp
    ? { method: "conduit", conduitId: using.on ?? CONDUIT.conduit_id }
    : { method: "websocket", sessionId: using.on ?? WS.session_id, connectedAt: 0 };
  made += 1;
  return {
    id: String(made),
    number: made,
    type: found,
    condition,
    likeness: toLikenessKey(found, condition),
    transport,
    clientId: "c",
    userId: isApp ? undefined : (using.userId ?? BOT),
    createdAt: 0,
    status: using.status ?? "enabled",
    endedAt: undefined,
  };
}

export const many = (count: number, make: (n: number) => Subscription) =>
  Array.from({ length: count }, (_, n) => make(n));
