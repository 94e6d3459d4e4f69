/** Room 3. Afterwards true: whoever asks may, and it is not too soon. */
import type { Outcome } from "../outcome.ts";
import { isRankAtLeast } from "../signal.ts";
import type { Cooldowns } from "./cooldowns.ts";
import type { Recognised } from "./recognise.ts";

export type Refused = Extract<Outcome, { is: "refused" }>;
/** `refund`: a use that came to nothing is not held against the user. */
export type Admitted = { readonly is: "admitted"; refund(): void };

export function admit(recognised: Recognised, cooldowns: Cooldowns): Refused | Admitted {
  if (recognised.is === "event") return { is: "admitted", refund: () => {} };
  const { command, call } = recognised;
  const { who, words, cooldownMs } = command.definition;
  if (!isRankAtLeast(call.message.rank, who)) return { is: "refused", because: "rank-too-low" };
  const taken = cooldowns.take({ word: words[0], userId: call.message.user.id, cooldownMs });
  if (taken.is === "cooling-down") return { is: "refused", because: "cooling-down" };
  return { is: "admitted", refund: taken.refund };
}
