/** Makes or restores a backup in a process of its own that is killed, as by the kernel, when a step is reached. */
import { createBackup } from "../../backup/create.ts";
import { restoreBackup } from "../../backup/restore.ts";
import type { BackupJob } from "../../shared/backup/job.ts";
import { systemClock } from "../../shared/clock.ts";
import { findHome } from "../../shared/home.ts";
import { IDENTITY } from "./backup-home.ts";

interface Wish {
  readonly restore?: string;
  readonly create?: Extract<BackupJob, { do: "create" }>;
  readonly diesAt: string;
}

const wish: Wish = JSON.parse(process.argv[2] ?? "");
const home = findHome(process.env);
const onStep = (step: string) => {
  if (step === wish.diesAt) process.kill(process.pid, "SIGKILL");
};

if (wish.create) await createBackup(wish.create, { home, clock: systemClock, onStep });
else if (wish.restore !== undefined)
  await restoreBackup({
    file: wish.restore,
    keys: { identities: [IDENTITY], passphrase: undefined },
    keyRingFile: undefined,
    home,
    clock: systemClock,
    onStep,
  });
