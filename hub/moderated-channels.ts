/**
 * Where the bot moderates, as Twitch lists it. Over EventSub a worker learns that from its own first words alone, and
 * while the account says much elsewhere nobody who may be a viewer gets to say any.
 */
import * as v from "valibot";
import type { DesiredSubscriptions } from "../db/desired-subscriptions.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import { ChannelId, type Login, type UserId } from "../shared/ids.ts";
import type { Standing } from "../shared/ipc/permit-words.ts";
import { getFromHelix, type Looked } from "./gateway/ask-helix.ts";
import type { TokenOwner } from "./tokens/token-owner.ts";
import type { HelixCaller } from "./twitch/helix-caller.ts";
import { hearsChatByEventSub } from "./wanted-subscriptions.ts";

/** Within a moment; undefined also where it can't be found out, and where chat comes by IRC, which tells it at the join. */
export type StandingAtTwitch = (channel: Login, channelId: ChannelId) => Promise<Standing | undefined>;

const SCOPE = "user:read:moderated_channels";
/** A worker waits for it before it is welcomed. */
export const ANSWER_WITHIN_MS: Millis = 1_500;
/** Good for, and asked again after a failure. */
export const ASK_EVERY_MS: Millis = 60_000;
const PAGE = 100;
const PAGES_MAX = 20;

const Page = v.object({
  data: v.array(v.object({ broadcaster_id: ChannelId })),
  pagination: v.optional(v.object({ cursor: v.optional(v.pipe(v.string(), v.maxLength(1_000))) })),
});

export function makeStandingAtTwitch(using: {
  readonly caller: Pick<HelixCaller, "call">;
  readonly tokens: Pick<TokenOwner, "state">;
  readonly desired: Pick<DesiredSubscriptions, "all">;
  readonly clock: Clock;
}): StandingAtTwitch {
  const { caller, tokens, clock } = using;
  let asked: { readonly at: Millis; readonly ids: Promise<ReadonlySet<ChannelId>> } | undefined;

  const ask = async (userId: UserId): Promise<ReadonlySet<ChannelId>> => {
    const ids = new Set<ChannelId>();
    let after = "";
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const path = `/moderation/channels?user_id=${userId}&first=${PAGE}${after}`;
      const looked: Looked<v.InferOutput<typeof Page>> = await getFromHelix(caller, path, Page);
      if (looked.is === "failed") break;
      for (const { broadcaster_id: id } of looked.value.data) ids.add(id);
      const cursor = looked.value.pagination?.cursor ?? "";
      if (cursor === "") break;
      after = `&after=${encodeURIComponent(cursor)}`;
    }
    return ids;
  };
  return async (channel, channelId) => {
    const facts = tokens.state().token?.facts;
    if (!facts?.scopes.includes(SCOPE) || !hearsChatByEventSub(using.desired, channel)) return undefined;
    if (!asked || clock.now() - asked.at >= ASK_EVERY_MS) asked = { at: clock.now(), ids: ask(facts.userId) };
    const { ids } = asked;
    return new Promise((resolve) => {
      const cancel = clock.after(ANSWER_WITHIN_MS, () => resolve(undefined));
      void ids.then((found) => {
        cancel();
        resolve(found.has(channelId) ? "moderator" : undefined);
      });
    });
  };
}
