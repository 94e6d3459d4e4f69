/** What a worker may ask of the hub, each question answered by the one place that knows. */
import type { ChannelId, Login } from "../shared/ids.ts";
import type { Question, Reply } from "../shared/ipc/hub-worker.ts";
import type { Failed, Looked } from "./gateway/ask-helix.ts";
import type { ChannelQuestions } from "./gateway/channel-questions.ts";
import type { Sayer } from "./gateway/sayer.ts";
import type { CrowdDoor } from "./open-crowd.ts";
import type { Games } from "./open-games.ts";
import type { Permits } from "./permits/permits.ts";
import type { TokenOwner } from "./tokens/token-owner.ts";

export type Answered = { readonly is: "reply"; readonly reply: Reply } | Failed;

export interface Asker {
  readonly channel: Login;
  readonly channelId: ChannelId;
}

export function makeQuestionDesk(using: {
  readonly tokens: Pick<TokenOwner, "get" | "replace">;
  readonly channels: Pick<ChannelQuestions, "channelNow">;
  readonly sayer: Sayer;
  readonly permits: Pick<Permits, "posts">;
  readonly crowd: Pick<CrowdDoor, "ask">;
  readonly games: Pick<Games, "ask">;
}): (question: Question, asker: Asker) => Promise<Answered> {
  const { tokens, channels, sayer, permits, crowd, games } = using;

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

  return async (question, { channel, channelId }) => {
    switch (question.about) {
      case "chat-token":
        return chatToken(question.rejected);
      case "channel":
        return toAnswered(await channels.channelNow(channelId));
      case "game":
        return { is: "reply", reply: await games.ask(question) };
      case "crowd":
        return {
          is: "reply",
          reply: { about: "crowd", reply: await crowd.ask(question.wish, channelId) },
        };
      case "say": {
        const answered = permits.posts(channel);
        const said = await sayer.say(channelId, question);
        answered();
        return said.is === "said" ? { is: "reply", reply: { about: "say", end: said.end } } : said;
      }
    }
  };
}

const toAnswered = (looked: Looked<Reply>): Answered =>
  looked.is === "looked" ? { is: "reply", reply: looked.value } : looked;
