/** A backup and a restore that are killed at each of their steps: afterwards there is the old or the new, never a mixture. */
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CreateStep, createBackup } from "../../backup/create.ts";
import { type RestoreStep, restoreBackup } from "../../backup/restore.ts";
import { systemClock } from "../../shared/clock.ts";
import { checkoutFolder } from "../../shared/home.ts";
import { type BackupHome, IDENTITY, makeBackupHome, readState, writeState } from "../support/backup-home.ts";

const clock = systemClock;
let place: BackupHome;
beforeEach(() => {
  place = makeBackupHome();
});
afterEach(() => place.remove());

function runUntilKilled(wish: object): void {
  const program = join(checkoutFolder, "tests", "support", "backup-process.ts");
  const ran = spawnSync(process.execPath, [program, JSON.stringify(wish)], {
    env: { ...process.env, KISSBOT_HOME: place.home.folder },
    encoding: "utf8",
  });
  expect(ran.signal, ran.stderr).toBe("SIGKILL");
}

const RESTORE_STEPS: readonly (readonly [RestoreStep, "old" | "new"])[] = [
  ["proved", "old"],
  ["prepared", "old"],
  ["files-placed", "old"],
  ["settled", "old"],
  ["kept-aside", "old"],
  ["swapped", "new"],
];

describe.each(RESTORE_STEPS)("a restore that is killed at %s", (diesAt, state) => {
  test(`leaves the ${state} database, and the next restore ends well`, async () => {
    writeState(place.home.database, "new");
    const { file } = await createBackup(place.job(), { home: place.home, clock });
    writeState(place.home.database, "old");
    runUntilKilled({ restore: file, diesAt });
    expect(readState(place.home.database)).toBe(state);

    const restored = await restoreBackup({
      file,
      keys: { identities: [IDENTITY], passphrase: undefined },
      keyRingFile: undefined,
      home: place.home,
      clock,
      onStep: () => {},
    });
    expect(readState(place.home.database)).toBe("new");
    expect(readState(join(restored.aside ?? "", "kissbot.db"))).toBe(state);
    // What the killed one had begun is gone; what a finished one kept is there.
    const asides = place.leftovers().filter((name) => name.startsWith("before-restore-"));
    expect(place.leftovers()).toEqual(asides);
    expect(asides).toHaveLength(state === "new" ? 2 : 1);
    expect(readdirSync(place.home.pids)).toEqual([]);
  });
});

const CREATE_STEPS: readonly (readonly [CreateStep, number])[] = [
  ["copied", 0],
  ["checked", 0],
  ["packed", 0],
  ["named", 1],
];

describe.each(CREATE_STEPS)("a backup that is killed at %s", (diesAt, count) => {
  test(`leaves ${count === 0 ? "none" : "a whole one"}, and the next one clears away`, async () => {
    writeState(place.home.database, "old");
    runUntilKilled({ create: place.job(), diesAt });
    const named = place.shelf().filter((name) => !name.startsWith("."));
    expect(named).toHaveLength(count);
    if (named[0] !== undefined) {
      rmSync(place.home.database);
      await restoreBackup({
        file: join(place.settings.folder, named[0]),
        keys: { identities: [IDENTITY], passphrase: undefined },
        keyRingFile: undefined,
        home: place.home,
        clock,
        onStep: () => {},
      });
    }
    expect(readState(place.home.database)).toBe("old");
    await createBackup(place.job(), { home: place.home, clock });
    expect(place.shelf()).toHaveLength(count + 1);
    expect(place.leftovers()).toEqual([]);
  });
});
