import type { Millis } from "../../shared/clock.ts";
import type { HelixAnswer } from "../twitch/helix-caller.ts";
import type { Refusal } from "./budget.ts";

/** What became of a create or a delete that was not carried out, sorted by what to do next. */
export type Unapplied =
  /** Not now: nobody was asked, or nobody answered. */
  | { readonly is: "away"; readonly problem: string }
  /** The points are spent. */
  | { readonly is: "paced"; readonly waitMs: Millis }
  /** Our picture is old: look before anything else is done. */
  | { readonly is: "look-again"; readonly problem: string }
  /** The session or conduit it was meant for is no more: wait for the next. */
  | { readonly is: "carrier-gone"; readonly problem: string }
  /** It may pass, or it may be for good: what stays doubtful becomes a refusal. */
  | ({ readonly is: "doubtful" } & Refusal)
  /** It will be refused again until somebody changes something. */
  | ({ readonly is: "hopeless" } & Refusal)
  /** It must not happen: the program is wrong. */
  | { readonly is: "bug"; readonly problem: string };

/** Twitch's own words, as bug reports quote them; the status alone says too little. */
const SAYS = {
  carrierGone: /session does not exist|already disconnected|conduit_id/i,
  differentUsers: /different users|transport and auth combination/i,
  cost: /cost/i,
} as const;

/** Pure. */
export function toUnapplied(answer: HelixAnswer): Unapplied {
  switch (answer.is) {
    case "away":
    case "paced":
      return answer;
    // Not this subscription's fault: every other would be answered like this.
    case "unauthorised":
      return { is: "away", problem: answer.problem };
    case "answer":
      return judge(answer.status, answer.message);
  }
}

function judge(status: number, message: string): Unapplied {
  const problem = `${status} ${message}`.trim();
  switch (status) {
    case 409:
      return { is: "look-again", problem };
    case 403:
      return {
        is: "hopeless",
        code: "needs-grant",
        problem: `${problem}: the broadcaster has not authorised this application for it, or the bot is not allowed there`,
      };
    case 400:
      if (SAYS.carrierGone.test(message)) return { is: "carrier-gone", problem };
      if (SAYS.differentUsers.test(message)) return { is: "bug", problem };
      return { is: "doubtful", code: "refused", problem };
    case 429:
      // About the subscriptions' cost or number. A dropped session's subscriptions still count for a while.
      return { is: "doubtful", code: SAYS.cost.test(message) ? "cost-exceeded" : "refused", problem };
    default:
      return { is: "hopeless", code: "refused", problem };
  }
}
