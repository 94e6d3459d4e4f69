/** The reconcile loop's hands at Twitch: list, create, delete, each answer sorted by what to do next. */
import type { ApiClient, HelixEventSubSubscription } from "@twurple/api";
import { getRawData } from "@twurple/common";
import * as v from "valibot";
import { ChannelId, type UserId } from "../../shared/ids.ts";
import { isTopic, topicRow } from "../../shared/twitch/topics.ts";
import { toHelixFailure } from "../twitch/helix.ts";
import type { Seen, Wanted } from "./plan.ts";

export type Listed =
  | { readonly is: "listed"; readonly seen: readonly Seen[] }
  | { readonly is: "away"; readonly problem: string };

export type Applied =
  | { readonly is: "done" }
  /** It may work after another look: our picture was old, the session is gone, Twitch is away. */
  | { readonly is: "look-again"; readonly problem: string }
  /** As `look-again`, but when it goes on it is a refusal: an account that is gone, subscriptions that cost too much. */
  | { readonly is: "doubtful"; readonly code: "refused" | "cost-exceeded"; readonly problem: string }
  /** It will be refused again until somebody changes something. */
  | {
      readonly is: "hopeless";
      readonly code: "needs-reauth" | "cost-exceeded" | "refused";
      readonly problem: string;
    };

export interface EventSubDesk {
  list(): Promise<Listed>;
  create(want: Wanted, sessionId: string): Promise<Applied>;
  delete(twitchId: string): Promise<Applied>;
}

export function makeEventSubDesk(using: {
  readonly api: ApiClient;
  readonly botId: () => UserId | undefined;
}): EventSubDesk {
  const { api } = using;
  return {
    async list() {
      try {
        const rows = await api.eventSub.getSubscriptionsPaginated().getAll();
        return { is: "listed", seen: rows.flatMap(toSeen) };
      } catch (problem) {
        return { is: "away", problem: toHelixFailure(problem).problem };
      }
    },
    async create(want, sessionId) {
      const botId = using.botId();
      if (botId === undefined) return { is: "look-again", problem: "the bot's token is not proved yet" };
      const row = topicRow(want.topic);
      const transport = { method: "websocket", session_id: sessionId } as const;
      try {
        const condition = { ...row.condition(want.channelId, botId) };
        await api.eventSub.createSubscription(want.topic, row.version, condition, transport, botId);
        return { is: "done" };
      } catch (problem) {
        return toApplied(problem);
      }
    },
    async delete(twitchId) {
      try {
        await api.eventSub.deleteSubscription(twitchId);
        return { is: "done" };
      } catch (problem) {
        // Gone already is what was wanted.
        return toHelixFailure(problem).status === 404 ? { is: "done" } : toApplied(problem);
      }
    },
  };
}

/** Rows of types we do not know belong to nobody here and are left alone. */
function toSeen(row: HelixEventSubSubscription): Seen[] {
  const channelId = v.safeParse(ChannelId, row.condition.broadcaster_user_id);
  const { transport } = getRawData(row);
  if (!isTopic(row.type) || !channelId.success || transport.method !== "websocket") return [];
  const status = row.status === "enabled" ? "enabled" : row.status.endsWith("pending") ? "pending" : "failed";
  return [
    {
      twitchId: row.id,
      sessionId: transport.session_id,
      topic: row.type,
      channelId: channelId.output,
      status,
    },
  ];
}

function toApplied(thrown: unknown): Applied {
  const failure = toHelixFailure(thrown);
  const { problem, status } = failure;
  if (status === 409 || status === 400) return { is: "doubtful", code: "refused", problem };
  if (status === 403) return { is: "hopeless", code: "needs-reauth", problem };
  // About the subscriptions' cost or number, not about the pace, which twurple waits out itself. A dropped session's
  // subscriptions still count for a while.
  if (status === 429) return { is: "doubtful", code: "cost-exceeded", problem };
  if (failure.is === "needs-reauth") return { is: "hopeless", code: "needs-reauth", problem };
  return failure.is === "refused"
    ? { is: "hopeless", code: "refused", problem }
    : { is: "look-again", problem };
}
