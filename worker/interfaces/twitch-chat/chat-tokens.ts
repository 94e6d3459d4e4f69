/** The token chat logs in with: asked from the hub, its one owner; held for the times the hub is away. */

import type * as v from "valibot";
import type { Clock, Millis } from "../../../shared/clock.ts";
import type { ChatToken as ChatTokenShape } from "../../../shared/ipc/hub-worker.ts";
import { tokenFingerprint } from "../../../shared/token-fingerprint.ts";
import type { HubDesk } from "../../hub-desk.ts";

export type ChatToken = v.InferOutput<typeof ChatTokenShape>;

export type TokenAnswer =
  | { readonly is: "token"; readonly token: ChatToken }
  /** Only the operator can help. */
  | { readonly is: "needs-reauth"; readonly detail: string }
  | { readonly is: "away"; readonly detail: string };

export interface ChatTokens {
  /** `rejected`: Twitch refused the token with this fingerprint. */
  get(rejected: string | undefined): Promise<TokenAnswer>;
  held(): ChatToken | undefined;
}

const TOKEN_WITHIN_MS: Millis = 10_000;

export function makeChatTokens(using: {
  readonly hub: Pick<HubDesk, "ask">;
  readonly clock: Clock;
}): ChatTokens {
  const { hub, clock } = using;
  let held: ChatToken | undefined;
  const isGood = (token: ChatToken) => token.expiresAt === undefined || token.expiresAt > clock.wall();
  return {
    async get(rejected) {
      const asked = await hub.ask({ about: "chat-token", rejected }, TOKEN_WITHIN_MS);
      if (asked.is === "answered") {
        held = asked.reply;
        return { is: "token", token: asked.reply };
      }
      if (asked.is === "refused" && asked.code === "needs-reauth") {
        return { is: "needs-reauth", detail: asked.detail };
      }
      if (held && tokenFingerprint(held.accessToken) !== rejected && isGood(held))
        return { is: "token", token: held };
      return { is: "away", detail: asked.is === "refused" ? asked.detail : "the hub is away" };
    },
    held: () => held,
  };
}
