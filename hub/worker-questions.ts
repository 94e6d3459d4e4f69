/** What a worker may ask of the hub, each question answered by the one place that knows. */
import type { ApiClient } from "@twurple/api";
import type { ErrorCode } from "../shared/errors.ts";
import type { ChannelId } from "../shared/ids.ts";
import type { Question, Reply } from "../shared/ipc/hub-worker.ts";
import type { Permits } from "./permits.ts";
import type { TokenOwner } from "./tokens/token-owner.ts";
import { toHelixFailure } from "./twitch/helix.ts";

export type Answered =
  | { readonly is: "reply"; readonly reply: Reply }
  | {
      readonly is: "failed";
      readonly code: Extract<ErrorCode, "needs-reauth" | "twitch-away" | "twitch-refused">;
      readonly detail: string;
    };

export function makeQuestionDesk(using: {
  readonly tokens: TokenOwner;
  readonly api: ApiClient;
  readonly permits: Permits;
}): (question: Question, channelId: ChannelId) => Promise<Answered> {
  const { tokens, api, permits } = using;

  const chatToken = async (rejected: string | undefined): Promise<Answered> => {
    const answer = await (rejected === undefined ? tokens.get() : tokens.replace(rejected));
    if (answer.is === "away") return { is: "failed", code: "twitch-away", detail: answer.problem };
    if (answer.is === "needs-reauth") return { is: "failed", code: "needs-reauth", detail: answer.problem };
    const { accessToken, facts, expiresAt } = answer.token;
    const { userId, login, scopes } = facts;
    return {
      is: "reply",
      reply: { about: "chat-token", accessToken, userId, login, scopes: [...scopes], expiresAt },
    };
  };
  const channelNow = async (channelId: ChannelId): Promise<Answered> => {
    try {
      const [channel, stream] = await Promise.all([
        api.channels.getChannelInfoById(channelId),
        api.streams.getStreamByUserId(channelId),
      ]);
      if (!channel)
        return { is: "failed", code: "twitch-refused", detail: `Twitch knows no channel ${channelId}` };
      const live = stream
        ? { streamId: stream.id, startedAt: stream.startDate.toISOString(), viewers: stream.viewers }
        : undefined;
      return {
        is: "reply",
        reply: { about: "channel", title: channel.title, categoryName: channel.gameName, live },
      };
    } catch (thrown) {
      const failure = toHelixFailure(thrown);
      const code =
        failure.is === "away" ? "twitch-away" : failure.is === "refused" ? "twitch-refused" : "needs-reauth";
      return { is: "failed", code, detail: failure.problem };
    }
  };

  return async (question, channelId) => {
    switch (question.about) {
      case "chat-token":
        return chatToken(question.rejected);
      case "channel":
        return channelNow(channelId);
      case "chat-permit":
        return { is: "reply", reply: { about: "chat-permit", waitMs: permits.reserve(question.wants) } };
    }
  };
}
