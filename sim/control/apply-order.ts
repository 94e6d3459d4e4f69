/** Does what an order says, through the world's operations. One case per order, nothing decided here. */
import { createHash } from "node:crypto";
import type { FaultDesk } from "../fault-desk.ts";
import type { Fault } from "../faults.ts";
import type { Tier } from "../world/happening.ts";
import type { Outcome } from "../world/operations.ts";
import * as operations from "../world/operations.ts";
import type { Channel, ChatSettings, User, World } from "../world/world.ts";
import type { Order } from "./order.ts";
import { getLine, say, type Talk, talk } from "./viewer-talk.ts";

export type OrderOutcome = Outcome | Talk;

/**
 * @throws UnknownUserError, UnknownLineError when a name in the order means nothing here. People who only do
 * something (follow, cheer…) are created; channels and people something is done to must exist.
 */
export function applyOrder(
  using: { readonly world: World; readonly faults: FaultDesk },
  order: Order,
): OrderOutcome {
  const { world } = using;
  if (order.do === "chat") return talk(world, order);
  if (order.do === "fault") return applyFault(using, order.fault);
  if (order.do === "clock") {
    world.clock.setSpeed(order.speed);
    return { is: "done" };
  }
  return applyInChannel(world, world.getChannel(order.channel), order);
}

type ChannelOrder = Exclude<Order, { do: "chat" | "fault" | "clock" }>;

function applyInChannel(world: World, channel: Channel, order: ChannelOrder): OrderOutcome {
  switch (order.do) {
    case "online":
      return operations.goLive(world, channel, order);
    case "offline":
      return operations.goOffline(world, channel);
    case "update":
      operations.updateChannel(world, channel, order);
      return order.viewers === undefined ? { is: "done" } : operations.setViewers(channel, order.viewers);
    case "settings":
      return operations.changeChatSettings(world, channel, toSettings(order));
    case "raid":
      return operations.raid(
        world,
        channel,
        world.getChannel(order.to),
        order.viewers ?? channel.stream?.viewers ?? 1,
      );
    case "announce":
      return operations.announce(
        world,
        channel,
        actor(world, channel, order.by),
        order.text,
        order.color ?? "primary",
      );
    case "shoutout":
      return operations.shoutout(world, channel, world.getChannel(order.to), actor(world, channel, order.by));
    case "follow":
    case "subscribe":
    case "gift":
    case "cheer":
    case "redeem":
      return applyByViewer(world, channel, order);
    default:
      return applyModeration(world, channel, order);
  }
}

function applyByViewer(
  world: World,
  channel: Channel,
  order: Extract<ChannelOrder, { do: "follow" | "subscribe" | "gift" | "cheer" | "redeem" }>,
): OrderOutcome {
  switch (order.do) {
    case "follow":
      return operations.follow(world, channel, world.addUser({ login: order.user }));
    case "subscribe":
      return operations.subscribe(world, channel, world.addUser({ login: order.user }), {
        ...order,
        tier: toTier(order.tier),
      });
    case "gift":
      return operations.gift(
        world,
        channel,
        order.by === undefined ? undefined : world.addUser({ login: order.by }),
        giftees(world, channel, order),
        toTier(order.tier),
      );
    case "cheer":
      return cheer(world, channel, order);
    case "redeem":
      return redeem(world, channel, order);
  }
}

function applyModeration(
  world: World,
  channel: Channel,
  order: Extract<
    ChannelOrder,
    { do: "ban" | "timeout" | "unban" | "delete" | "clear" | "moderator" | "vip" }
  >,
): OrderOutcome {
  switch (order.do) {
    case "ban":
    case "timeout":
      return operations.ban(world, channel, world.getUser(order.user), {
        by: actor(world, channel, order.by),
        reason: order.reason ?? "",
        forSeconds: order.do === "timeout" ? order.seconds : undefined,
      });
    case "unban":
      return operations.unban(world, channel, world.getUser(order.user), actor(world, channel, order.by));
    case "delete":
      return operations.deleteMessage(
        world,
        channel,
        getLine(channel, order.line),
        actor(world, channel, order.by),
      );
    case "clear":
      return operations.clearChat(world, channel);
    case "moderator": {
      const change = order.remove ? operations.removeModerator : operations.addModerator;
      return change(world, channel, world.getUser(order.user));
    }
    case "vip": {
      const change = order.remove ? operations.removeVip : operations.addVip;
      return change(world, channel, world.getUser(order.user));
    }
  }
}

/** Who acts when the order does not say: the broadcaster. */
function actor(world: World, channel: Channel, login: string | undefined): User {
  return login === undefined ? channel.owner : world.getUser(login);
}

function toTier(tier: 1 | 2 | 3 | undefined): Tier {
  return `${tier ?? 1}000`;
}

/** Named people, or as many as asked of those who are not subscribed; strangers make up the number. */
function giftees(world: World, channel: Channel, order: Extract<Order, { do: "gift" }>): readonly User[] {
  if (order.to) return order.to.map((login) => world.addUser({ login }));
  const count = order.count ?? 1;
  const isPossible = (user: User) =>
    user.id !== channel.owner.id &&
    user.login !== order.by?.toLowerCase() &&
    !channel.subscribers.has(user.id);
  const present = [...channel.chatters.keys()]
    .map((id) => world.getUser(id))
    .filter(isPossible)
    .slice(0, count);
  const strangers = Array.from({ length: count - present.length }, () =>
    world.addUser({ login: `lucky_${world.random.token(8)}` }),
  );
  return [...present, ...strangers];
}

/** A cheer is a chat message with bits; if chat's rules drop it, no bits were spent. Only an anonymous one is silent. */
function cheer(world: World, channel: Channel, order: Extract<Order, { do: "cheer" }>): OrderOutcome {
  const text = order.text ?? `Cheer${order.bits}`;
  if (order.user === undefined) return operations.cheer(world, channel, undefined, order.bits, text);
  return say(world, channel, world.addUser({ login: order.user }), text, { bits: order.bits });
}

/** A reward with input is also said in chat, marked with the reward's id. */
function redeem(world: World, channel: Channel, order: Extract<Order, { do: "redeem" }>): OrderOutcome {
  const user = world.addUser({ login: order.user });
  const rewardId = rewardIdOf(channel, order.reward);
  if (order.input !== undefined) {
    const said = say(world, channel, user, order.input, { customRewardId: rewardId });
    if (said.is === "dropped") return said;
  }
  return operations.redeem(world, channel, {
    id: world.random.uuid(),
    user,
    rewardId,
    rewardTitle: order.reward,
    cost: order.cost ?? 100,
    input: order.input ?? "",
    at: world.clock.now(),
  });
}

/** The same reward of the same channel always has the same id. */
function rewardIdOf(channel: Channel, title: string): string {
  const hex = createHash("sha256").update(`${channel.owner.id} ${title}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function toSettings(order: Extract<Order, { do: "settings" }>): Partial<ChatSettings> {
  const { do: _do, channel: _channel, followersOnlyMinutes, ...rest } = order;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return followersOnlyMinutes === undefined
    ? given
    : { ...given, followersOnlyMinutes: followersOnlyMinutes ?? undefined };
}

function applyFault(
  { world, faults }: { readonly world: World; readonly faults: FaultDesk },
  fault: Fault,
): Outcome {
  if (fault.do === "expire-token" || fault.do === "revoke-authorization") world.getUser(fault.user);
  faults.apply(fault);
  return { is: "done" };
}
