/** How a signal ended. Exactly one per signal, with its reason; room `account` writes one line for each. */
import type { ErrorCode } from "../shared/errors.ts";
import type { RefusedByModule } from "./module.ts";
import type { Delivery } from "./output.ts";

/** Something of the answer was not said because this process ends: its successor should. */
export const isLeftUndone = (outcome: Outcome): boolean =>
  "deliveries" in outcome &&
  outcome.deliveries.some((one) => one.is === "dropped" && one.because === "stopping");

export type Outcome =
  | {
      readonly is: "ignored";
      /** `told-before`: another door has told the same happening already. */
      readonly because: "own-voice" | "known-bot" | "shared-chat" | "seen-before" | "told-before";
    }
  /** Plain talk, an unknown command, or an event no module asked for. */
  | { readonly is: "unaddressed" }
  | { readonly is: "refused"; readonly because: "rank-too-low" | "cooling-down" | RefusedByModule }
  | { readonly is: "answered"; readonly deliveries: readonly Delivery[] }
  /** `deliveries`: the sentence the viewer got instead, and what other modules answered to the same event. */
  | { readonly is: "failed"; readonly code: ErrorCode; readonly deliveries: readonly Delivery[] };
