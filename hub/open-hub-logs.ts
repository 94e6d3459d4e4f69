import { join } from "node:path";
import type { Home } from "../shared/home.ts";
import type { HubPapers } from "../shared/ipc/papers.ts";
import type { Loss } from "../shared/line-file.ts";
import { type Logger, openLogFile } from "../shared/log.ts";
import { openSystemLog } from "../shared/system-log.ts";

export interface HubLogs {
  readonly log: Logger;
  /** For figures. */
  readonly system: Logger;
  reopen(): void;
  onLoss(listen: (loss: Loss) => void): void;
  onError(listen: (problem: Error) => void): void;
  close(): void;
}

export function openHubLogs(home: Home, papers: Pick<HubPapers, "logLevel" | "childId">): HubLogs {
  const common = { level: papers.logLevel, bindings: { child: papers.childId } };
  const own = openLogFile({ file: join(home.logs, "hub.log"), ...common });
  const system = openSystemLog({ folder: home.logs, ...common });
  const all = [own, system];
  return {
    log: own.log,
    system: system.log,
    reopen: () => all.forEach((one) => void one.reopen()),
    onLoss: (listen) => all.forEach((one) => void one.onLoss(listen)),
    onError: own.onError,
    close: () => all.forEach((one) => void one.close()),
  };
}
