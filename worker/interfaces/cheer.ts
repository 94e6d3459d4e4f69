import { isAnonymous } from "../../shared/twitch/anonymous.ts";
import type { BodyOf } from "../../shared/twitch/channel-event.ts";
import type { Person } from "../../shared/twitch/event-bodies/people.ts";

/** Pure: a line of chat that carries bits is a cheer, in the same words as the topic's. */
export function toCheer(
  line: {
    readonly broadcasterLogin: string;
    readonly broadcasterName: string;
    readonly user: Person;
    readonly text: string;
  },
  bits: number | undefined,
): BodyOf<"channel.cheer"> | undefined {
  if (bits === undefined || bits < 1) return undefined;
  const { broadcasterLogin, broadcasterName, user, text } = line;
  return {
    topic: "channel.cheer",
    broadcasterLogin,
    broadcasterName,
    ...(!isAnonymous(user) && { user }),
    bits,
    text,
  };
}
