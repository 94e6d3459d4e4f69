/** PM2, where it keeps this supervisor: it hears when operators are served, and is watched in turn. */
import { EXIT_ASKED_UNDER_PM2 } from "../shared/errors.ts";

export interface UnderPm2 {
  /** PM2 keeps us now. */
  isKept(): boolean;
  /** For `status`. */
  troubles(): readonly string[];
  /** Operators are served from here on. */
  tellReady(): void;
  /** What a supervisor that was asked to stop ends with. */
  exitCodeAsked(): number;
}

export function joinPm2(onLost: () => void): UnderPm2 {
  let isLost = false;
  const isKept = () => process.connected ?? false;
  if (isKept()) {
    process.on("disconnect", () => {
      isLost = true;
      onLost();
    });
  }
  return {
    isKept,
    troubles: () =>
      isLost
        ? ["PM2 is gone, and nobody would bring a fallen supervisor back: ./kissbot.sh restart starts both"]
        : [],
    // It may have gone meanwhile, which is no matter.
    tellReady: () => void process.send?.("ready", undefined, undefined, () => {}),
    exitCodeAsked: () => (isKept() ? EXIT_ASKED_UNDER_PM2 : 0),
  };
}
