/**
 * Subscriptions, gifts, cheers and raids are told at several doors, each under ids of its own. Here every telling is
 * matched with one of another door: what is told twice at one door has happened twice, what is told once at each of
 * two has happened once. So the happenings of a kind are as many as the door that told most of them told of.
 *
 * What remains: tellings that are further apart than MATCH_WITHIN_MS by Twitch's own stamps count twice; so do those
 * of which one came before and one after a restart of this process, unless whoever hears them says it once for ever
 * (see `once` in module.ts). And when of two equal happenings within that time each door misses another one, they
 * count as one.
 */
import type { Millis } from "../../shared/clock.ts";
import type { ChannelEventBody } from "../../shared/twitch/channel-event.ts";
import type { Door, EventSignal } from "../signal.ts";

export const MATCH_WITHIN_MS: Millis = 60_000;
/** A hub that was away brings its tellings late, though they bear their old stamps; later than this it has dropped them. */
const REMEMBERED_MS: Millis = 15 * 60_000;
const REMEMBERED_MAX = 1_000;

interface Happening {
  readonly key: string;
  /** Twitch's stamp of the first telling. */
  readonly at: Millis;
  readonly arrivedAt: Millis;
  readonly doors: Set<Door>;
}

export interface TwiceTold {
  /** False: another door has told it already. */
  isNew(signal: EventSignal): boolean;
}

export function makeTwiceTold(): TwiceTold {
  /** In order of arrival. */
  let happenings: Happening[] = [];
  return {
    isNew({ body, door, at, arrivedAt }) {
      const key = toldAs(body);
      if (key === undefined) return true;
      happenings = happenings
        .filter((one) => arrivedAt - one.arrivedAt < REMEMBERED_MS)
        .slice(-REMEMBERED_MAX);
      const told = nearest(
        happenings.filter((one) => one.key === key && !one.doors.has(door)),
        at,
      );
      if (!told) {
        happenings.push({ key, at, arrivedAt, doors: new Set([door]) });
        return true;
      }
      told.doors.add(door);
      return false;
    },
  };
}

function nearest(happenings: readonly Happening[], at: Millis): Happening | undefined {
  const apart = (one: Happening) => Math.abs(one.at - at);
  return happenings
    .filter((one) => apart(one) <= MATCH_WITHIN_MS)
    .reduce<Happening | undefined>(
      (best, one) => (best && apart(best) <= apart(one) ? best : one),
      undefined,
    );
}

/**
 * What all doors say alike. Texts are left out: one door trims them, another does not. undefined: only one door tells
 * of such things.
 */
function toldAs(body: ChannelEventBody): string | undefined {
  switch (body.topic) {
    case "channel.subscribe":
      return `${body.topic} ${body.user.id} ${body.isGift}`;
    case "channel.subscription.message":
      return `${body.topic} ${body.user.id} ${body.months}`;
    case "channel.subscription.gift":
      return `${body.topic} ${body.user?.id} ${body.tier} ${body.total}`;
    case "channel.cheer":
      return `${body.topic} ${body.user?.id} ${body.bits}`;
    case "channel.raid":
      return `${body.topic} ${body.from.id}`;
    default:
      return undefined;
  }
}
