/** The database under real processes: where tokens live, what they need, and what many writers do to the books. */
import { spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { runWriters } from "../../bench/db-writers.ts";
import { launchSupervisor } from "../../cli/house/launch.ts";
import { examineDatabase } from "../../db/examine.ts";
import { openKeyChest } from "../../db/secrets/key-chest.ts";
import { checkoutFolder, type Home } from "../../shared/home.ts";
import { kissbot, QUIET_ACCOUNT } from "../support/kissbot-process.ts";
import { makeOldDatabase } from "../support/old-database.ts";
import { findAbility } from "../support/small-disk.ts";
import { openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

const LONG_MS = 120_000;
const PLANTED = [QUIET_ACCOUNT.accessToken, QUIET_ACCOUNT.refreshToken];

/** Before a house starts: what stands in its config.yaml moves into the database. */
function importThen(
  home: Home,
  environment: NodeJS.ProcessEnv,
  change: (twitch: Record<string, unknown>) => void,
): void {
  const said = spawnSync(
    process.execPath,
    [join(checkoutFolder, "cli", "main.ts"), "db", "import-yaml", "--apply"],
    {
      env: { ...environment, KISSBOT_HOME: home.folder },
      encoding: "utf8",
    },
  );
  if (said.status !== 0) throw new Error(said.stderr);
  for (const token of PLANTED) expect(said.stdout + said.stderr).not.toContain(token);
  const config = parse(readFileSync(home.configFile, "utf8"));
  change(config.twitch);
  writeFileSync(home.configFile, stringify(config), { mode: 0o600 });
}

/** Files below `folder` in which one of these stands. */
function whereFound(
  folder: string,
  secrets: readonly string[],
  except: readonly string[] = [],
): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => {
    const path = join(folder, name);
    if (except.some((one) => name.startsWith(one)) || !statSync(path).isFile()) return false;
    const bytes = readFileSync(path);
    return secrets.some((secret) => bytes.includes(secret));
  });
}

describe("tokens in the database", () => {
  let house: TrialHouse | undefined;
  afterEach(async () => {
    const opened = house;
    house = undefined;
    await opened?.close();
  });

  test(
    "serve a house whose config.yaml names none; they stand in the clear nowhere, and without the key it says so",
    async () => {
      house = await openTrialHouse(
        {},
        {
          launch(home, environment) {
            importThen(home, environment, (twitch) => {
              delete twitch.tokens;
            });
            return launchSupervisor(home, environment);
          },
        },
      );
      const { home } = house;
      await house.say("alice_live", "zoe", "!ping");
      expect(await house.replyTo("alice_live", "zoe")).toContain("zoe");

      const said = await Promise.all(
        [
          ["status", "--json"],
          ["db", "status", "--json"],
          ["db", "check"],
          ["config", "show"],
          ["audit", "--json"],
        ].map((args) => kissbot(home.folder, ...args)),
      );
      for (const { out, err } of said) for (const token of PLANTED) expect(out + err).not.toContain(token);
      expect(said[1]?.exitCode).toBe(0);
      // The simulator's scenario and config.yaml are the test's own.
      expect(whereFound(home.folder, PLANTED, ["scenario.yaml"])).toEqual([]);

      const rotated = await kissbot(home.folder, "db", "rotate-key", "--json");
      expect(JSON.parse(rotated.out)).toMatchObject({ secrets: 2 });
      const refused = await kissbot(home.folder, "db", "import-yaml", "--apply");
      expect(refused.exitCode).toBe(78);

      expect((await kissbot(home.folder, "stop")).exitCode).toBe(0);
      const key = join(home.folder, ".kissbot.key");
      renameSync(key, `${key}.away`);
      const locked = await kissbot(home.folder, "start", "--no-pm2");
      expect(locked.exitCode).not.toBe(0);
      expect(locked.out + locked.err).toContain("there are encrypted tokens and no key that opens them");
      await kissbot(home.folder, "stop");
      expect(existsSync(key)).toBe(false);
      expect((await kissbot(home.folder, "db", "status")).out).toMatch(/no key at .*, and 2 secrets/);
      renameSync(`${key}.away`, key);
      expect((await kissbot(home.folder, "start", "--no-pm2")).exitCode).toBe(0);
    },
    LONG_MS,
  );

  test(
    "count with --use-db whatever config.yaml says, and a key from the environment reaches the hub by its papers only",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "kissbot-ring-"));
      const keyText = openKeyChest({ is: "file", file: join(folder, "key"), isOurs: true }).getOrMake()[0]
        .text;
      rmSync(folder, { recursive: true });
      house = await openTrialHouse(
        {},
        {
          launch(home, environment) {
            const withKey = { ...environment, KISSBOT_KEY: keyText };
            importThen(home, withKey, (twitch) => {
              twitch.tokens = { kissbot: { access_token: "long-gone", refresh_token: "long-gone-too" } };
            });
            return launchSupervisor(home, { ...withKey, KISSBOT_USE_DB: "1" });
          },
        },
      );
      const { home } = house;
      await house.say("alice_live", "zoe", "!ping");
      expect(await house.replyTo("alice_live", "zoe")).toContain("zoe");
      expect(existsSync(join(home.folder, ".kissbot.key"))).toBe(false);
      // This shell knows neither of the two; what is told of is what the house uses.
      const told = await kissbot(home.folder, "auth", "status", "--json");
      expect(JSON.parse(told.out).accounts[0]).toMatchObject({ state: "good", from: "database" });
      expect((await kissbot(home.folder, "db", "status")).exitCode).toBe(0);
      const { pid } = await house.child("hub");
      expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain(keyText);
      expect(whereFound(home.folder, [keyText, ...PLANTED], ["scenario.yaml"])).toEqual([]);

      // From a shell that knows neither of the two.
      expect(await kissbot(home.folder, "restart")).toMatchObject({ exitCode: 0 });
      expect((await house.child("hub")).pid).not.toBe(pid);
      await house.say("alice_live", "carol", "!ping");
      expect(await house.replyTo("alice_live", "carol")).toContain("carol");
    },
    LONG_MS,
  );
});

describe("many processes", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kissbot-many-"));
    file = join(folder, "kissbot.db");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("book points on the same balances: no error, no lost update, every balance the sum of its entries", async () => {
    const written = await runWriters({ file, writers: 8, seconds: 3, perSecond: 0 });
    expect(written).toMatchObject({ errors: [], lost: 0, mismatches: 0 });
    expect(written.booked).toBeGreaterThan(100);
    // Some 40,000 bookings are half a gigabyte and more: the log is begun anew although nobody ever rests.
    expect(written.logBytes).toBeLessThan(128 * 1024 * 1024);
  });

  test("that open an old database at once migrate it once", async () => {
    makeOldDatabase(file, 5);
    const open = `import { openDatabase } from ${JSON.stringify(join(checkoutFolder, "db", "open.ts"))}; openDatabase(process.argv[1]).close();`;
    const exits = await Promise.all(
      Array.from({ length: 8 }, () => {
        const child = spawn(process.execPath, ["--input-type=module", "-e", open, file], {
          stdio: ["ignore", "ignore", "inherit"],
        });
        return new Promise((resolve) => {
          child.once("exit", resolve);
        });
      }),
    );
    expect(exits).toEqual(Array(8).fill(0));
    const examined = examineDatabase(file);
    expect(examined).toMatchObject({ facts: { missing: [], unsealed: 1 } });
    expect(examined.is === "there" && examined.facts.copies).toHaveLength(1);
  });
});

describe("a disk that takes nothing", () => {
  const ability = findAbility();
  const SMALL_KB = 200;
  /** In a mount namespace of its own, on a disk of its own; what lies there afterwards is copied out. */
  const migrateThere = (mount: string) => {
    const folder = mkdtempSync(join(tmpdir(), "kissbot-disk-"));
    const [home, out] = [join(folder, "home"), join(folder, "out")];
    for (const each of [home, out]) mkdirSync(each);
    makeOldDatabase(join(folder, "old.db"), 5);
    const script = `mount -t tmpfs -o size=${SMALL_KB}k kissbot ${home} && mkdir ${home}/data ${home}/logs ${home}/pids ${home}/pids/run ${home}/data/compile-cache && cp ${folder}/old.db ${home}/data/kissbot.db && ${mount} && { "$@"; code=$?; cp -r ${home}/data ${out}; exit $code; }`;
    const [program = "", ...alone] = ability.is === "able" ? ability.alone : [];
    const said = spawnSync(
      program,
      [
        ...alone,
        "sh",
        "-c",
        script,
        "sh",
        process.execPath,
        join(checkoutFolder, "cli", "main.ts"),
        "db",
        "migrate",
      ],
      {
        env: { ...process.env, KISSBOT_HOME: home },
        encoding: "utf8",
      },
    );
    const left = readdirSync(join(out, "data"));
    copyFileSync(join(out, "data", "kissbot.db"), join(folder, "after.db"));
    if (existsSync(join(out, "data", "kissbot.db-wal")))
      cpSync(join(out, "data", "kissbot.db-wal"), join(folder, "after.db-wal"));
    const after = examineDatabase(join(folder, "after.db"));
    rmSync(folder, { recursive: true });
    return { said, left, after };
  };

  const FILL = "{ cat /dev/zero > $KISSBOT_HOME/ballast 2>/dev/null; true; }";
  const ROOM_FOR_A_START = 56 * 1_024;
  test.skipIf(ability.is === "unable").each([
    ["full", FILL, "there is no room on the disk for the database"],
    [
      "too full for the copy",
      `${FILL} && truncate -s -${ROOM_FOR_A_START} $KISSBOT_HOME/ballast`,
      "there is no room on the disk for the database",
    ],
    ["mounted for reading only", "mount -o remount,ro $KISSBOT_HOME", "the database can't be written"],
  ])("%s: a sentence, an exit code, and the old database as it was", (_what, mount, says) => {
    const { said, left, after } = migrateThere(mount);
    expect(said.stderr).toContain(says);
    expect(said.status).toBe(1);
    expect(after).toMatchObject({ facts: { schema: 5 } });
    expect(left.filter((name) => name.includes("backup"))).toEqual([]);
  });
});
