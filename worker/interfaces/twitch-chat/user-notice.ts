/** What USERNOTICE tells of subscriptions, gifts and raids, in the words of the topics that tell it, too. */
import * as v from "valibot";
import { UserId } from "../../../shared/ids.ts";
import { isAnonymous } from "../../../shared/twitch/anonymous.ts";
import type { ChannelEventBody } from "../../../shared/twitch/channel-event.ts";
import { type Person, Tier } from "../../../shared/twitch/event-bodies/people.ts";
import type { Tags } from "./chat-line.ts";
import type { UserNoticeLine } from "./user-notice-line.ts";

export interface ChannelNames {
  readonly broadcasterLogin: string;
  readonly broadcasterName: string;
}

export interface UserNotices {
  /** Empty: a notice of a kind that no topic tells, or of another channel's in Shared Chat. @throws ValiError */
  toBodies(line: UserNoticeLine): readonly ChannelEventBody[];
}

const NAME_MAX = 100;
const GIFTS_REMEMBERED_MAX = 100;

const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(NAME_MAX));
const PersonTags = v.object({ id: UserId, login: Name, name: Name });
const Whole = v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number));
const Plan = v.pipe(
  v.string(),
  v.transform((plan) => (plan === "Prime" ? "1000" : plan)),
  Tier,
);

export function makeUserNotices(names: ChannelNames): UserNotices {
  /** Gifts to several were announced under these ids: what is given under one of them is no gift of its own. */
  const announced = new Set<string>();
  const announce = (...ids: readonly (string | undefined)[]) => {
    for (const id of ids) if (id) announced.add(id);
    for (const id of announced) if (announced.size > GIFTS_REMEMBERED_MAX) announced.delete(id);
  };
  const isPartOfMany = (param: Param) =>
    Boolean(param("community-gift-id")) || announced.has(param("origin-id") ?? "");

  return {
    toBodies({ tags, text }) {
      if (!isFromHere(tags)) return [];
      const param: Param = (name) => tags.get(`msg-param-${name}`) || undefined;
      switch (tags.get("msg-id")) {
        case "sub":
          return [toSubscribe(names, toUser(tags), param, false)];
        case "resub":
          return [toResub(names, toUser(tags), param, text)];
        case "subgift":
        case "anonsubgift": {
          const received = toSubscribe(names, toRecipient(param), param, true);
          return isPartOfMany(param) ? [received] : [toGift(names, toUser(tags), param, 1), received];
        }
        case "submysterygift":
        case "anonsubmysterygift":
          announce(param("community-gift-id"), param("origin-id"));
          return [toGift(names, toUser(tags), param, v.parse(Whole, param("mass-gift-count")))];
        case "raid":
          return [toRaid(names, tags, param)];
        default:
          return [];
      }
    },
  };
}

type Param = (name: string) => string | undefined;

function isFromHere(tags: Tags): boolean {
  const source = tags.get("source-room-id");
  return !source || source === tags.get("room-id");
}

function toPerson(id: string | undefined, login: string | undefined, name: string | undefined): Person {
  return v.parse(PersonTags, { id, login, name: (name || login)?.slice(0, NAME_MAX) });
}

const toUser = (tags: Tags): Person =>
  toPerson(tags.get("user-id"), tags.get("login"), tags.get("display-name"));

const toRecipient = (param: Param): Person =>
  toPerson(param("recipient-id"), param("recipient-user-name"), param("recipient-display-name"));

function toSubscribe(names: ChannelNames, user: Person, param: Param, isGift: boolean): ChannelEventBody {
  return { topic: "channel.subscribe", ...names, user, tier: v.parse(Plan, param("sub-plan")), isGift };
}

function toResub(names: ChannelNames, user: Person, param: Param, text: string): ChannelEventBody {
  const streak = param("should-share-streak") === "1" ? param("streak-months") : undefined;
  return {
    topic: "channel.subscription.message",
    ...names,
    user,
    tier: v.parse(Plan, param("sub-plan")),
    months: v.parse(Whole, param("cumulative-months")),
    ...(streak !== undefined && { streakMonths: v.parse(Whole, streak) }),
    text,
  };
}

function toGift(names: ChannelNames, user: Person, param: Param, total: number): ChannelEventBody {
  const given = v.safeParse(Whole, param("sender-count"));
  return {
    topic: "channel.subscription.gift",
    ...names,
    ...(!isAnonymous(user) && { user }),
    tier: v.parse(Plan, param("sub-plan")),
    total,
    // Nought is said by who wants it hidden.
    ...(given.success && given.output > 0 && { cumulativeTotal: given.output }),
  };
}

function toRaid(names: ChannelNames, tags: Tags, param: Param): ChannelEventBody {
  const from = toPerson(tags.get("user-id"), param("login"), param("displayName"));
  return { topic: "channel.raid", ...names, from, viewers: v.parse(Whole, param("viewerCount")) };
}
