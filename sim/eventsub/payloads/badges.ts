/** Badges as EventSub lists them, from the same source as IRC's tags, so that both tell the same. */
import { toStateTags } from "../../chat/chatter-tags.ts";
import type { Channel, User } from "../../world/world.ts";

export interface Badge {
  readonly set_id: string;
  readonly id: string;
  /** Months, for the subscriber badge only. */
  readonly info: string;
}

export function toBadges(channel: Channel, user: User, using = { hasBotBadge: false }): readonly Badge[] {
  const tags = toStateTags(channel, user, using);
  const infos = new Map(splitBadges(tags["badge-info"]));
  return splitBadges(tags.badges).map(([set, version]) => ({
    set_id: set,
    id: version,
    info: infos.get(set) ?? "",
  }));
}

function splitBadges(tag = ""): readonly (readonly [string, string])[] {
  return tag
    .split(",")
    .filter((badge) => badge !== "")
    .map((badge) => {
      const [set = "", version = ""] = badge.split("/");
      return [set, version] as const;
    });
}
