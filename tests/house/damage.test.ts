/** A database that is damaged in its middle: a house does not begin with it, and one that runs says so. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { launchSupervisor } from "../../cli/house/launch.ts";
import { IDENTITY, RECIPIENT } from "../support/backup-home.ts";
import { kissbot } from "../support/kissbot-process.ts";
import { openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

const LONG_MS = 240_000;

let house: TrialHouse | undefined;
const releases: (() => void)[] = [];
afterEach(async () => {
  const opened = house;
  house = undefined;
  await opened?.close();
  for (const release of releases.splice(0)) release();
});

/** Noise over the first page of a table, in the file itself: what processes hold of it in memory stays as it was. */
function damage(file: string, table: string): void {
  const db = new Database(file);
  db.pragma("wal_checkpoint(TRUNCATE)");
  const pageBytes = Number(db.pragma("page_size", { simple: true }));
  const page = Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck().get(table));
  db.close();
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, Buffer.alloc(pageBytes, 0x5a), 0, pageBytes, (page - 1) * pageBytes);
  closeSync(descriptor);
}

const hashOf = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

/** What the operator's webhook was told. */
async function openWebhook(): Promise<{ readonly url: string; readonly told: string[] }> {
  const told: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      told.push(String(JSON.parse(body).text));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  releases.push(() => void server.close());
  const at = server.address();
  return { url: `http://127.0.0.1:${at !== null && typeof at === "object" ? at.port : 0}/hook`, told };
}

test(
  "a stopped house does not start with it, writes nothing to it, and starts again with the backup it names",
  async () => {
    const webhook = await openWebhook();
    house = await openTrialHouse(
      { alerts: { webhook: webhook.url, allow_private: true } },
      {
        launch(home, environment) {
          const keyFile = join(home.folder, "backup.key");
          writeFileSync(keyFile, IDENTITY, { mode: 0o600 });
          const config = parse(readFileSync(home.configFile, "utf8"));
          config.backup = { recipients: [RECIPIENT], identity_file: keyFile };
          writeFileSync(home.configFile, stringify(config), { mode: 0o600 });
          return launchSupervisor(home, environment);
        },
      },
    );
    const { home } = house;
    expect((await kissbot(home.folder, "backup", "create")).exitCode).toBe(0);
    expect((await kissbot(home.folder, "stop")).exitCode).toBe(0);
    damage(home.database, "audit_log");
    const before = hashOf(home.database);

    const refused = await kissbot(home.folder, "start", "--no-pm2");
    expect(refused.exitCode).toBe(78);
    const [, named] =
      /\.\/kissbot\.sh (backup restore \S+) \(the newest that is proved, of /.exec(refused.err) ?? [];
    expect(refused.err).toContain("the database is damaged");
    expect(named).toBeDefined();
    expect(hashOf(home.database)).toBe(before);
    expect((await kissbot(home.folder, "status")).exitCode).toBe(2);
    expect(house.log("supervisor.log").filter(({ msg }) => msg === "the database is damaged")).toHaveLength(
      1,
    );
    const alone = await kissbot(home.folder, "worker", "--channel", "alice_live");
    expect([alone.exitCode, alone.out + alone.err]).toEqual([
      78,
      expect.stringContaining("the database is damaged"),
    ]);
    expect(hashOf(home.database)).toBe(before);

    const { told } = webhook;
    expect(told).toEqual([expect.stringContaining("KissBot does not start: the database is damaged")]);
    for (const args of [
      ["db", "check"],
      ["db", "rotate-key"],
      ["backup", "create"],
      ["channels", "list"],
      ["audit"],
    ]) {
      const { exitCode, err } = await kissbot(home.folder, ...args);
      expect(err, args.join(" ")).not.toMatch(/^ +at /m);
      if (exitCode !== 0)
        expect([exitCode, err]).toEqual([78, expect.stringContaining("the database is damaged")]);
    }

    expect((await kissbot(home.folder, ...String(named).split(" "))).exitCode).toBe(0);
    expect((await kissbot(home.folder, "start", "--no-pm2")).exitCode).toBe(0);
    await house.say("alice_live", "zoe", "!ping");
    expect(await house.replyTo("alice_live", "zoe")).toContain("zoe");
    await house.until(
      async () => told,
      (lines) => lines.length > 1,
    );
    expect(told.slice(1)).toEqual([expect.stringContaining("over since")]);
  },
  LONG_MS,
);

test(
  "a running house is degraded by it, says so once with what to do, alerts, and goes on answering",
  async () => {
    const webhook = await openWebhook();
    house = await openTrialHouse({ alerts: { webhook: webhook.url, allow_private: true } });
    const { home } = house;
    damage(home.database, "settings_revisions");
    // Whoever changes a setting meets it.
    await house.say("alice_live", "alice_live", "!set prefix ?");
    const { sentence } = await house.until(house.status, ({ health }) => health === "degraded");
    expect(sentence).toMatch(
      /^The database is damaged \(.+\): \.\/kissbot\.sh stop, then keep the file and read docs\/backups\.md/,
    );
    const said = await kissbot(home.folder, "status");
    expect([said.exitCode, said.out]).toEqual([1, expect.stringContaining("The database is damaged")]);
    const { told } = webhook;
    await house.until(
      async () => told,
      (lines) => lines.some((line) => line.includes("the database is damaged")),
    );
    await house.say("bob_plays", "carol", "!ping");
    expect(await house.replyTo("bob_plays", "carol")).toContain("carol");
    expect(told.filter((line) => line.includes("the database is damaged"))).toHaveLength(1);
    expect(house.log("supervisor.log").filter(({ msg }) => msg === "the database is damaged")).toHaveLength(
      1,
    );
    expect((await house.status()).children.map(({ restarts }) => restarts)).toEqual([0, 0, 0]);
  },
  LONG_MS,
);
