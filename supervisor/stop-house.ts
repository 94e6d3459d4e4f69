/** How a house ends: its children first, then whoever asked is answered, then the supervisor itself. */
import type { AuditTrail } from "../db/audit-trail.ts";
import type { Logger } from "../shared/log.ts";
import type { Crew } from "./crew.ts";
import type { UnderPm2 } from "./under-pm2.ts";

export interface Stopping {
  /** Asked twice it is one stop. */
  stop(because: string): ReturnType<Crew["stopAll"]>;
  hearSignals(): void;
}

export function makeStopping(using: {
  readonly crew: Pick<Crew, "stopAll">;
  readonly audit: AuditTrail;
  readonly log: Logger;
  readonly pm2: Pick<UnderPm2, "isKept" | "exitCodeAsked">;
  /** Begins with the stop; resolves when no process that makes a backup or looks at the database is left. */
  readonly endHelpers: () => Promise<unknown>;
  /** When the children have gone: closes everything, the log last. */
  readonly close: () => Promise<void>;
}): Stopping {
  const { crew, audit, log, pm2 } = using;
  let stopping: ReturnType<Crew["stopAll"]> | undefined;
  const finish = async (hadToKill: readonly string[], because: string, helpersGone: Promise<unknown>) => {
    log.info({ hadToKill }, "all children have gone");
    audit.write("house-stopped", { because, killed: hadToKill.join(", ") });
    // In a later turn: whoever asked to stop is answered before the door closes.
    await new Promise(setImmediate);
    await helpersGone;
    await using.close();
    process.exit(pm2.exitCodeAsked());
  };
  const stop = (because: string) => {
    if (stopping) return stopping;
    log.info({ because }, "supervisor stops");
    const helpersGone = using.endHelpers();
    stopping = crew.stopAll();
    void stopping.then(({ hadToKill }) => finish(hadToKill, because, helpersGone));
    return stopping;
  };
  return {
    stop,
    hearSignals() {
      process.on("SIGTERM", () => void stop("SIGTERM"));
      // The terminal it runs in by `start --foreground` was closed.
      process.on("SIGHUP", () => void stop("SIGHUP"));
      process.on("SIGINT", () => {
        if (!pm2.isKept()) return stop("SIGINT");
        // PM2 wants another one in our place, because we have grown too large: it adopts the children.
        if (stopping) return;
        log.warn("PM2 replaces the supervisor; its children wait for the next one");
        process.exit(0);
      });
    },
  };
}
