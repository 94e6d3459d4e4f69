/** What a house knows and tells nobody: everything it writes and everything its commands say is looked through. */
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { launchSupervisor } from "../../cli/house/launch.ts";
import { makeAccounts } from "../../db/accounts.ts";
import { openDatabase } from "../../db/open.ts";
import { openKeyChest } from "../../db/secrets/key-chest.ts";
import { readShelf } from "../../shared/backup/shelf.ts";
import { checkoutFolder, type Home } from "../../shared/home.ts";
import { jitterOf } from "../../supervisor/backups/start-backups.ts";
import { IDENTITY, RECIPIENT } from "../support/backup-home.ts";
import { CLI_CACHE, kissbot, QUIET_ACCOUNT, type Said } from "../support/kissbot-process.ts";
import { findForgotten, findToldCommands } from "../support/told-by-verbs.ts";
import { openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

const LONG_MS = 240_000;
const MINUTE = 60_000;
/** From the choice of a home to its backup: a start and a backup by hand lie between. */
const DUE_IN_MS = 20_000;
const DUE_WITHIN_MS = 8_000;
/** From a backup by hand until a supervisor waits for the one that is due. Where it is later, the next minute has one. */
const START_TAKES_MS = 10_000;
const PLANTED = {
  webhook: "planted-webhook-secret",
  identity: IDENTITY,
  clientSecret: QUIET_ACCOUNT.clientSecret,
  accessToken: QUIET_ACCOUNT.accessToken,
  refreshToken: QUIET_ACCOUNT.refreshToken,
  rawgKey: "trial-rawg-key",
};

/** A command is a process: with more of them at once each only takes longer. */
const AT_ONCE = 3;

let house: TrialHouse | undefined;
afterEach(async () => {
  const opened = house;
  house = undefined;
  await opened?.close();
});

const run = (home: Home, environment: NodeJS.ProcessEnv, ...args: readonly string[]) => {
  const said = spawnSync(process.execPath, [join(checkoutFolder, "cli", "main.ts"), ...args], {
    env: { ...environment, ...CLI_CACHE, KISSBOT_HOME: home.folder },
    encoding: "utf8",
  });
  if (said.status !== 0) throw new Error(said.stderr);
};

/** The time of day at which the daily backup of this home is due next, from `at` on. */
const dueFrom = (folder: string, at: number): number => {
  const jitterMs = jitterOf(folder);
  return Math.ceil((at - jitterMs) / MINUTE) * MINUTE + jitterMs;
};

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const at = server.address();
      server.close(() => resolve(at !== null && typeof at === "object" ? at.port : 0));
    });
  });

/** Tokens as they are now: refreshed ones are as secret as planted ones. */
function currentTokens(home: Home): readonly string[] {
  const db = openDatabase(home.database);
  const keys = openKeyChest({ is: "file", file: join(home.folder, ".kissbot.key"), isOurs: true });
  const accounts = makeAccounts({ db, keys, now: Date.now });
  const found = accounts.all().flatMap((account) => {
    const tokens = accounts.tokensOf(account);
    return tokens.is === "found" ? [tokens.tokens.accessToken, tokens.tokens.refreshToken ?? ""] : [];
  });
  db.close();
  return [...found, ...keys.get().map(({ text }) => text)].filter((text) => text !== "");
}

/** What `hub_ctl events --follow` shows of one. */
async function followEvent(at: TrialHouse): Promise<string> {
  const follower = spawn(join(checkoutFolder, "hub_ctl"), ["events", "--follow", "--json"], {
    env: { ...process.env, KISSBOT_HOME: at.home.folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => follower.once("exit", resolve));
  let shown = "";
  follower.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
  });
  let title = 0;
  // It follows from some moment on: until then the title changes again and again.
  await at.until(
    () => at.sim.order("/channels/alice_live/update", { title: `Title ${++title}` }),
    () => shown.includes("\n"),
  );
  follower.kill("SIGINT");
  await ended;
  return shown;
}

test("no verb and no action of one is forgotten", async () => {
  expect(await findForgotten()).toEqual([]);
});

async function runEach<Of>(all: readonly Of[], atOnce: number, run: (one: Of) => Promise<unknown>) {
  const left = [...all];
  const work = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await run(one);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

test(
  "a day of a house: its backup is made when it is due, restore waits for it to rest, and no secret is told",
  async () => {
    const port = await freePort();
    const chosenAt = Date.now();
    house = await openTrialHouse(
      {
        monitor: { port },
        alerts: { webhook: `http://127.0.0.1:9/${PLANTED.webhook}`, allow_private: true },
      },
      {
        isHome: (folder) => dueFrom(folder, chosenAt + DUE_IN_MS) - chosenAt < DUE_IN_MS + DUE_WITHIN_MS,
        launch(home, environment) {
          const keyFile = join(home.folder, "backup.key");
          writeFileSync(keyFile, IDENTITY, { mode: 0o600 });
          run(home, environment, "db", "import-yaml", "--apply");
          const config = parse(readFileSync(home.configFile, "utf8"));
          writeFileSync(join(home.folder, "config.before.yaml"), stringify(config), { mode: 0o600 });
          delete config.twitch.tokens;
          config.backup = { recipients: [RECIPIENT], identity_file: keyFile };
          writeFileSync(home.configFile, stringify(config), { mode: 0o600 });
          // Today's: the next one is not made up for, it is due.
          run(home, environment, "backup", "create");
          const due = dueFrom(home.folder, Date.now() + START_TAKES_MS) - jitterOf(home.folder);
          const dailyAt = new Date(due).toISOString().slice("2026-01-01T".length, "2026-01-01T04:30".length);
          config.backup.daily_at = dailyAt;
          writeFileSync(home.configFile, stringify(config), { mode: 0o600 });
          return launchSupervisor(home, environment);
        },
      },
    );
    const { home } = house;
    const shelf = () => {
      const found = readShelf(join(home.folder, "backups"));
      return found.is === "read" ? found.backups : [];
    };
    expect(shelf()).toHaveLength(1);
    await house.say("alice_live", "zoe", "!ping");
    expect(await house.replyTo("alice_live", "zoe")).toContain("zoe");

    const before = currentTokens(home);
    const said: [readonly string[], Said][] = [];
    const { showing, telling } = await findToldCommands(join(home.folder, "config.before.yaml"));
    // While a backup is looked into none is made: those wait for the one that is due.
    const [early, late] = [
      showing.filter(([verb]) => verb !== "backup"),
      showing.filter(([verb]) => verb === "backup"),
    ];
    await runEach(early, AT_ONCE, async (args) => said.push([args, await kissbot(home.folder, ...args)]));
    await runEach(telling, 1, async (args) => said.push([args, await kissbot(home.folder, ...args)]));
    const followed = await followEvent(house);
    expect(followed).toContain("channel.update");
    const made = await house.until(
      async () => shelf(),
      (backups) => backups.length === 2 && backups.every(({ note }) => note?.proof?.is === "right"),
    );
    await runEach(late, 1, async (args) => said.push([args, await kissbot(home.folder, ...args)]));
    const told = new Map(said.map(([args, { out, err }]) => [args.join(" "), out + err]));
    for (const [args, { exitCode, err }] of said)
      expect(exitCode, `${args.join(" ")}: ${err}`).toBeLessThan(3);
    expect(told.get("auth refresh")).toContain("kissbot");
    const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(page).toContain("kissbot_backup_scheduled 1");
    const status = await house.until(
      () => kissbot(home.folder, "status"),
      ({ out }) => /newest \d min old, last proved \d min ago, next in \d+ h/.test(out),
    );
    const [newest] = made;
    const restored = await kissbot(home.folder, "backup", "restore", "latest");
    expect(restored.exitCode).not.toBe(0);
    expect(restored.err).toContain("./kissbot.sh stop");
    await house.say("alice_live", "carol", "!ping");
    expect(await house.replyTo("alice_live", "carol")).toContain("carol");
    expect(shelf()[0]?.name).toBe(newest?.name);

    const secrets = [...Object.values(PLANTED), ...before, ...currentTokens(home)];
    for (const [name, text] of [
      ...told,
      ["metrics", page],
      ["hub_ctl events", followed],
      ["status", status.out],
      ["restore", restored.err],
    ])
      for (const secret of secrets) expect(text, name).not.toContain(secret);
    // Where they belong: the configuration, the key to backups, the key ring, and the simulator's own papers.
    const own = /^(config\/config\.yaml|config\.before\.yaml|backup\.key|\.kissbot\.key|scenario\.yaml)$/;
    const leaks = filesBelow(home.folder)
      .filter((name) => !own.test(name))
      .filter((name) => {
        const bytes = readFileSync(join(home.folder, name));
        return secrets.some((secret) => bytes.includes(secret));
      });
    expect(leaks).toEqual([]);
  },
  LONG_MS,
);
