/** Backups as the supervisor and an operator make them: real processes, as they are bundled. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeAuditLog } from "../../db/audit-log.ts";
import { openDatabase } from "../../db/open.ts";
import { findNote, readShelf } from "../../shared/backup/shelf.ts";
import { Backup } from "../../shared/config/backup.ts";
import { checkoutFolder } from "../../shared/home.ts";
import { findStartTicks } from "../../shared/proc.ts";
import { jitterOf, startBackups } from "../../supervisor/backups/start-backups.ts";
import { type Helper, spawnHelper } from "../../supervisor/spawn.ts";
import {
  type BackupHome,
  IDENTITY,
  makeBackupHome,
  RECIPIENT,
  readState,
  writeState,
} from "../support/backup-home.ts";
import { makeFakeClock } from "../support/fake-clock.ts";
import { kissbot } from "../support/kissbot-process.ts";
import { findAbility } from "../support/small-disk.ts";
import { makeTestLog } from "../support/test-log.ts";

const MINUTE = 60_000;
let place: BackupHome;
let keyFile: string;
beforeEach(() => {
  place = makeBackupHome();
  writeState(place.home.database, "old");
  keyFile = join(place.home.folder, "backup.key");
  writeFileSync(keyFile, IDENTITY);
});
afterEach(() => place.remove());

const findAudit = (event: string) => {
  const db = openDatabase(place.home.database);
  const found = makeAuditLog(db, "cli").find({ event, countMax: 10 });
  db.close();
  return found;
};

/** The supervisor's part, with time in the test's hands and the process a real one. */
function openBackups(more: object) {
  const clock = makeFakeClock(Date.now());
  const { log, lines } = makeTestLog();
  const helpers: Helper[] = [];
  const damage: string[] = [];
  const backups = startBackups({
    home: place.home,
    config: () => v.parse(Backup, { recipients: [RECIPIENT], ...more }),
    keyRingFile: undefined,
    spawn: (wish) => {
      const helper = spawnHelper(wish);
      helpers.push(helper);
      return helper;
    },
    onDamage: (because) => damage.push(because),
    clock,
    log,
  });
  return { backups, clock, lines, helpers, damage };
}

test.each(["/a", "/b", "/home/kissbot"])(
  "the hour of %s is of whole seconds, as the names of backups are",
  (folder) => {
    expect(jitterOf(folder) % 1_000).toBe(0);
  },
);

describe("the supervisor", () => {
  test("makes up for the backup that was missed, proves it, and rests until the next", async () => {
    const { backups, clock, lines, helpers } = openBackups({ identity_file: keyFile });
    expect(backups.sentence()).toBe("none yet, next in 2 min");
    await clock.advance(3 * MINUTE);
    expect(helpers).toHaveLength(1);
    expect(backups.sentence()).toContain("one is being made");
    await helpers[0]?.ended;
    await clock.advance(1);
    expect(backups.sentence()).toMatch(/^newest \d min old, last proved \d min ago, next in \d+ (h|min)$/);
    expect(backups.troubles()).toEqual([]);
    const times = { madeAt: expect.any(Number), provedAt: expect.any(Number), isScheduled: true };
    expect(backups.times()).toEqual(times);
    expect(place.shelf()).toHaveLength(1);
    expect(place.leftovers()).toEqual([]);
    expect(findAudit("backup-verified")).toHaveLength(1);
    expect(lines.map(({ text }) => text)).toEqual(["a backup is being made", "a backup was made"]);
    await clock.advance(60 * MINUTE);
    expect(helpers.length).toBeLessThanOrEqual(2);
    await backups.stop();
    expect(clock.pending()).toBe(0);
  });

  test("makes one a day, too, when backups lie there from a time to come", async () => {
    const { clock, helpers, backups } = openBackups({});
    const future = new Date(clock.wall() + 3 * 24 * 60 * MINUTE).toISOString().replace(/[-:]|\.\d+/g, "");
    mkdirSync(join(place.home.folder, "backups"));
    writeFileSync(join(place.home.folder, "backups", `kissbot-${future}.tar.gz.age`), "of tomorrow");
    await clock.advance(3 * MINUTE);
    await helpers[0]?.ended;
    await clock.advance(1);
    await clock.advance(10 * MINUTE);
    expect(helpers).toHaveLength(1);
    await backups.stop();
  });

  test("tells of one that failed and tries again, later each time", async () => {
    writeFileSync(place.home.database, "no database at all");
    const { backups, clock, helpers } = openBackups({});
    for (const [tries, waitMs] of [3 * MINUTE, 11 * MINUTE, 21 * MINUTE].entries()) {
      await clock.advance(waitMs);
      expect(helpers).toHaveLength(tries + 1);
      await helpers[tries]?.ended;
      await clock.advance(1);
      expect(backups.troubles()).toEqual([
        expect.stringMatching(/^the last backup failed 0 min ago: .*kissbot.db/),
      ]);
    }
    await backups.stop();
  });

  test("breaks one off when the house stops, and leaves nothing of it", async () => {
    writeState(place.home.database, "large", 50_000);
    const { backups, clock, helpers } = openBackups({});
    await clock.advance(3 * MINUTE);
    await backups.stop();
    expect(helpers.map(({ pid }) => pid && findStartTicks(pid))).toEqual([undefined]);
    expect(place.shelf()).toEqual([]);
    expect(place.leftovers().filter((name) => name.startsWith("backup-work-"))).toEqual([]);
    expect(clock.pending()).toBe(0);
    expect(readState(place.home.database)).toBe("large");
  });

  test.each([
    ["off", { daily_at: "off" }, "none yet, none is made by itself (backup.daily_at: off)"],
    ["without a key", { recipients: [] }, "none yet, none is made by itself: ./kissbot.sh backup keygen"],
  ])("makes none when they are %s", async (_how, more, sentence) => {
    const { backups, clock, helpers } = openBackups(more);
    await clock.advance(48 * 60 * MINUTE);
    expect(helpers).toEqual([]);
    expect(backups.sentence()).toBe(sentence);
    await backups.stop();
  });
});

describe("an operator", () => {
  const backup = (...args: readonly string[]) => kissbot(place.home.folder, "backup", ...args);

  test("makes, lists, proves and restores one", async () => {
    expect(await backup("create")).toMatchObject({ exitCode: 78, out: "" });
    const keygen = await backup("keygen", "--to", join(place.home.folder, "new.key"));
    const recipient = /age1\w+/.exec(keygen.err)?.[0] ?? "";
    expect(statSync(join(place.home.folder, "new.key")).mode & 0o777).toBe(0o600);
    mkdirSync(join(place.home.folder, "config"));
    const { clientId, bot, token } = { clientId: "client", bot: "the_bot", token: "token" };
    writeFileSync(
      place.home.configFile,
      JSON.stringify({
        twitch: { client_id: clientId, bot_login: bot, tokens: { [bot]: { access_token: token } } },
        backup: { recipients: [recipient] },
      }),
    );
    const made = await backup("create", "--json");
    expect(made.err).toBe("");
    const { file } = JSON.parse(made.out);
    expect((await backup("list")).out).toMatch(/kissbot-\d+T\d+Z\.tar\.gz\.age .* yes +never\n$/);
    expect(await backup("verify")).toMatchObject({ exitCode: 77 });
    const identity = ["--identity", join(place.home.folder, "new.key")];
    expect(await backup("verify", ...identity)).toMatchObject({ exitCode: 0 });
    expect(findNote(file)?.proof?.is).toBe("right");
    writeState(place.home.database, "new");
    const restored = await backup("restore", "latest", ...identity);
    expect(restored).toMatchObject({ exitCode: 0 });
    expect(restored.out).toContain("The one of before lies in ");
    expect(readState(place.home.database)).toBe("old");
    // The key is told once, and to nobody else.
    const secret =
      /AGE-SECRET-KEY-\S+/.exec(readFileSync(join(place.home.folder, "new.key"), "utf8"))?.[0] ?? "none";
    for (const { out, err } of [keygen, made, restored]) expect(out + err).not.toContain(secret);
  });

  test.each([
    [["dance"], 64],
    [[], 64],
    [["restore"], 64],
    [["create", "now"], 64],
    [["restore", "kissbot-20260101T000000Z.tar.gz.age"], 66],
    [["verify", "/nowhere/at.tar.gz.age"], 66],
    [["restore", "latest"], 66],
    [["verify", "--all"], 0],
    [["verify", "/dev/zero"], 66],
    [["restore", "/dev/zero"], 66],
    [["restore", tmpdir()], 66],
    [["verify", "/nowhere/at.tar.gz.age", "--identity", "/dev/zero"], 78],
    [["verify", "/nowhere/at.tar.gz.age", "--identity", tmpdir()], 78],
    [["create", "--unencrypted", "--folder", "/dev/null/backups"], 1],
  ])("who types %j is told in a sentence, exit code %i", async (args, exitCode) => {
    const { exitCode: code, err } = await backup(...args);
    expect(code, err).toBe(exitCode);
    expect(err).not.toMatch(/^\s+at /m);
    expect(readState(place.home.database)).toBe("old");
    expect(place.leftovers()).toEqual([]);
  });

  const ability = findAbility();
  test.skipIf(ability.is === "unable")("whose disk is full is told, and nothing is left there", () => {
    if (ability.is === "unable") return;
    const db = openDatabase(place.home.database);
    db.prepare("INSERT INTO hub_state VALUES ('noise', ?, 1)").run(randomBytes(100_000).toString("hex"));
    db.close();
    const folder = join(place.home.folder, "small");
    mkdirSync(folder);
    const script =
      'mount -t tmpfs -o size=32k,mode=700 kissbot "$1" && "$2" "$3" backup create --unencrypted --folder "$1"; code=$?; find "$1" -type f; exit $code';
    const words = ["-c", script, "sh", folder, process.execPath, join(checkoutFolder, "cli", "main.ts")];
    const [program = "", ...alone] = ability.alone;
    const ran = spawnSync(program, [...alone, "sh", ...words], {
      encoding: "utf8",
      env: { ...process.env, KISSBOT_HOME: place.home.folder },
    });
    expect(ran.stderr).toMatch(/^kissbot: there is no room on the disk for it: /);
    expect(ran.status).toBe(73);
    expect(ran.stdout).toBe("");
    expect(place.leftovers()).toEqual([]);
  });
});

test("whatever lies in the folder besides is left alone", async () => {
  const folder = place.settings.folder;
  mkdirSync(folder);
  for (const name of ["kissbot-holiday.tar.gz.age", "notes.txt", "kissbot-20260101T000000Z.tar.gz.old"])
    writeFileSync(join(folder, name), "mine");
  expect(readShelf(folder)).toEqual({ is: "read", backups: [] });
  const made = await kissbot(place.home.folder, "backup", "create", "--unencrypted");
  expect(made.exitCode).toBe(0);
  expect(readdirSync(folder)).toHaveLength(5);
  expect(existsSync(join(folder, "notes.txt"))).toBe(true);
});
