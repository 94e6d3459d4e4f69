/** As whom Helix is asked, and out of which of Twitch's purses. */
import type { Clock } from "../shared/clock.ts";
import type { HubPapers } from "../shared/ipc/papers.ts";
import type { Logger } from "../shared/log.ts";
import { openHelixAgent } from "../shared/twitch/helix-redirect.ts";
import { APP_BUCKET, BOT_BUCKET, CHAT_BUCKET, type HelixPoints } from "./permits/helix-points.ts";
import { makeAppToken } from "./tokens/app-token.ts";
import type { TokenAnswer, TokenOwner } from "./tokens/token-owner.ts";
import { type Bearer, type BearerAnswer, type HelixCaller, makeHelixCaller } from "./twitch/helix-caller.ts";
import type { ApplicationGrants } from "./twitch/id-twitch.ts";

export interface HelixCallers {
  readonly bot: HelixCaller;
  readonly app: HelixCaller;
  /** For Send Chat Message, which Twitch counts apart. */
  readonly chat: { readonly bot: HelixCaller; readonly app: HelixCaller };
  close(): Promise<void>;
}

const APP_CHAT_BUCKET = `${APP_BUCKET} ${CHAT_BUCKET}`;

export function openHelixCallers(using: {
  readonly papers: Pick<HubPapers, "clientId" | "urls">;
  readonly tokens: TokenOwner;
  readonly idTwitch: ApplicationGrants;
  readonly points: HelixPoints;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): HelixCallers {
  const { papers, points } = using;
  const agent = openHelixAgent();
  const bot = toBotBearer(using.tokens);
  const app = makeAppToken(using);
  const callAs = (bearer: Bearer, bucket: string) =>
    makeHelixCaller({
      baseUrl: papers.urls.helix,
      clientId: papers.clientId,
      bearer,
      agent,
      account: points,
      bucket,
    });
  return {
    bot: callAs(bot, BOT_BUCKET),
    app: callAs(app, APP_BUCKET),
    chat: { bot: callAs(bot, CHAT_BUCKET), app: callAs(app, APP_CHAT_BUCKET) },
    close: () => agent.destroy(),
  };
}

function toBotBearer(tokens: TokenOwner): Bearer {
  const toAnswer = (answer: TokenAnswer): BearerAnswer => {
    if (answer.is === "token") return { is: "token", accessToken: answer.token.accessToken };
    return { is: answer.is === "away" ? "away" : "refused", problem: answer.problem };
  };
  return {
    get: async () => toAnswer(await tokens.get()),
    replace: async (rejected) => toAnswer(await tokens.replace(rejected)),
  };
}
