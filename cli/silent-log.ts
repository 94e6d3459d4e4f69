import pino from "pino";
import type { Logger } from "../shared/log.ts";

/** The cli speaks to its operator, not to a log; what links would log it says itself. */
export const silentLog: Logger = pino({ enabled: false });
