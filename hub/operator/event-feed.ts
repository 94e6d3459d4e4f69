/**
 * `hub_ctl events --follow`: whoever looks sees events as they pass. A follower that does not keep up loses the
 * newest until it does, and is told how many; it never holds up the hub, and what is not looked at costs nothing.
 */
import type { Login } from "../../shared/ids.ts";
import type { HubToCli, PassingEvent } from "../../shared/ipc/hub-control.ts";
import type { Link } from "../../shared/ipc/link.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import type { NewEvent } from "../replay-window.ts";

export interface EventFeed {
  /** Whether anybody looks: before that, no event need be made ready to be shown. */
  isWatched(): boolean;
  pass(event: PassingEvent): void;
  follow(link: Link<HubToCli>, id: number, wish: FollowWish): void;
  shown(link: Link<HubToCli>, id: number, count: number): void;
}

export interface FollowWish {
  readonly channel?: Login | undefined;
  readonly topic?: Topic | undefined;
}

/** Sent and not yet shown: far less than one socket holds. */
export const UNDER_WAY_MAX = 200;

interface Follower extends FollowWish {
  readonly link: Link<HubToCli>;
  readonly id: number;
  underWay: number;
  missed: number;
}

export function makeEventFeed(): EventFeed {
  const followers = new Set<Follower>();
  return {
    isWatched: () => followers.size > 0,
    pass(event) {
      for (const follower of followers) {
        if (!wants(follower, event)) continue;
        if (follower.underWay >= UNDER_WAY_MAX) {
          follower.missed += 1;
          continue;
        }
        follower.underWay += 1;
        follower.link.send({ kind: "event", id: follower.id, event, missed: follower.missed });
        follower.missed = 0;
      }
    },
    follow(link, id, wish) {
      const follower: Follower = { ...wish, link, id, underWay: 0, missed: 0 };
      followers.add(follower);
      void link.closed.then(() => followers.delete(follower));
      link.send({ kind: "following", id });
    },
    shown(link, id, count) {
      for (const follower of followers) {
        if (follower.link === link && follower.id === id)
          follower.underWay = Math.max(0, follower.underWay - count);
      }
    },
  };
}

const wants = ({ channel, topic }: FollowWish, event: PassingEvent): boolean =>
  (channel === undefined || channel === event.channel) && (topic === undefined || topic === event.topic);

export const toPassingEvent = (channel: Login, { id, at, body, recovered }: NewEvent): PassingEvent => ({
  channel,
  topic: body.topic,
  id,
  at,
  isRecovered: recovered === true,
  body,
});
