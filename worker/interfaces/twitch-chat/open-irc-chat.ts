/** Chat over IRC with all it takes. Loaded only by workers that hear chat this way: the libraries below it weigh several megabytes. */
import type { Clock } from "../../../shared/clock.ts";
import type { HubDesk } from "../../hub-desk.ts";
import type { PermitDesk } from "../../permits/permit-desk.ts";
import type { ChatDoor } from "../chat-door.ts";
import { startTwitchChat } from "../twitch-chat.ts";
import { answerValidateLocally } from "./answer-validate.ts";
import { makeChatTokens } from "./chat-tokens.ts";
import { type AskLoginPermit, makeLoginPermits } from "./login-permits.ts";

type Parts = Parameters<typeof startTwitchChat>[0];

export function openIrcChat(
  using: Omit<Parts, "tokens" | "askPermit"> & {
    readonly hub: Pick<HubDesk, "ask">;
    readonly permits: PermitDesk;
    readonly inTurn: (ask: AskLoginPermit) => AskLoginPermit;
    readonly clock: Clock;
    /** This worker asks Helix itself. */
    readonly speaksHttp: "speaks-http" | undefined;
  },
): ChatDoor {
  const tokens = makeChatTokens(using);
  answerValidateLocally(tokens.held, using.speaksHttp);
  return startTwitchChat({ ...using, tokens, askPermit: using.inTurn(makeLoginPermits(using)) });
}
