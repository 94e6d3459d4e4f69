/** What `reload` changes of the house itself: where its figures are read, and how long which logs are kept. */
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, expect, test } from "vitest";
import { toTrialConfig } from "../../cli/trial/trial-config.ts";
import { channelLogFolder } from "../../shared/home.ts";
import { Login } from "../../shared/ids.ts";
import { CRASH_BYTES_MAX } from "../../shared/log-keeping/plan-rotation.ts";
import { QUIET_ACCOUNT } from "../support/kissbot-process.ts";
import { openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

const NINE_DAYS_AGO = new Date();
NINE_DAYS_AGO.setDate(NINE_DAYS_AGO.getDate() - 9);

let house: TrialHouse | undefined;
let other: Server | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
  await new Promise((resolve) => (other ? other.close(resolve) : resolve(undefined)));
  other = undefined;
});

/** Writes another configuration and reloads; answers with what the operator is told. */
async function reload(
  { home, sim, order }: TrialHouse,
  alice: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, object>>,
): Promise<readonly string[]> {
  const text = toTrialConfig(QUIET_ACCOUNT, ["alice_live", "bob_plays"], sim.address, {}, more);
  writeFileSync(
    home.configFile,
    text.replace("- alice_live", `- { name: alice_live, log: ${JSON.stringify(alice)} }`),
  );
  const answer = await order({ do: "reload" });
  if (answer.kind !== "done") throw new Error(JSON.stringify(answer));
  return answer.lines;
}

/** A port somebody listens at, and one nobody does. */
async function findPorts(): Promise<{ readonly taken: number; readonly free: number }> {
  const servers = [createServer(), createServer()] as const;
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const [taken, free] = servers.map((server) => (server.address() as AddressInfo).port);
  await new Promise((resolve) => servers[1].close(resolve));
  other = servers[0];
  return { taken: taken ?? 0, free: free ?? 0 };
}
const health = async (port: number): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: "close" } })).text();

test("metrics and health move while everything runs, and stay where they are when they can't", async () => {
  house = await openTrialHouse();
  const pids = (await house.status()).children.map(({ pid }) => pid);
  const { taken, free } = await findPorts();
  expect(await reload(house, {}, { monitor: { port: free } })).toEqual([
    `~ metrics and health: 127.0.0.1:${free}`,
  ]);
  expect(await health(free)).toMatch(/^All is well/);
  expect(await reload(house, {}, { monitor: { port: taken } })).toEqual([
    expect.stringMatching(
      new RegExp(
        `^! no metrics and health at 127.0.0.1:${taken}: .*EADDRINUSE.*; they stay at 127.0.0.1:${free};`,
      ),
    ),
  ]);
  expect((await house.status()).sentence).toContain(`But: no metrics and health at 127.0.0.1:${taken}`);
  expect(await health(free)).toMatch(/^All is well.* But: /);
  expect(await reload(house, {}, { monitor: { port: 0 } })).toEqual(["- metrics and health are closed"]);
  await expect(health(free)).rejects.toThrow();
  expect((await house.status()).children.map(({ pid }) => pid)).toEqual(pids);
});

test("how long a channel's logs are kept is its own affair, applied at once", async () => {
  house = await openTrialHouse();
  const { home } = house;
  const folderOf = (channel: string) => channelLogFolder(home, v.parse(Login, channel));
  for (const channel of ["alice_live", "bob_plays"]) {
    await house.say(channel, "viewer", "hello");
    await house.until(
      async () => existsSync(join(folderOf(channel), "chat.log")),
      (isThere) => isThere,
    );
    for (const log of ["chat", "commands"]) {
      const file = join(folderOf(channel), `${log}.log.${nameOfDay(NINE_DAYS_AGO)}`);
      writeFileSync(file, "");
      utimesSync(file, NINE_DAYS_AGO, NINE_DAYS_AGO);
    }
  }
  const bob = (await house.child("worker:bob_plays")).pid;
  const alice = (await house.child("worker:alice_live")).pid;
  expect(await reload(house, { keep_days: 9 }, {})).toEqual([
    "~ logs of alice_live: kept 9 days, chat 30 days",
  ]);
  const aside = (channel: string) =>
    readdirSync(folderOf(channel))
      .filter((name) => /\d$/.test(name))
      .sort();
  const day = nameOfDay(NINE_DAYS_AGO);
  expect(aside("alice_live")).toEqual([`chat.log.${day}`]);
  expect(aside("bob_plays")).toEqual([`chat.log.${day}`, `commands.log.${day}`]);
  expect(await reload(house, { chat: "off", keep_chat_days: 0 }, {})).toEqual([
    "~ worker:alice_live has other settings and restarts",
    "~ logs of alice_live: kept 14 days, chat not at all",
  ]);
  await house.until(
    house.status,
    ({ health, children }) => health === "healthy" && children.every(({ pid }) => pid !== alice),
  );
  await house.say("alice_live", "talker", "my secret");
  await house.say("alice_live", "asker", "!ping");
  await house.replyTo("alice_live", "asker");
  await house.until(
    async () => readdirSync(folderOf("alice_live")),
    (names) => names.every((name) => !name.startsWith("chat.log")),
  );
  expect(existsSync(join(folderOf("bob_plays"), "chat.log"))).toBe(true);
  expect((await house.child("worker:bob_plays")).pid).toBe(bob);
});

test("crash logs and PM2's own are cut before they grow large, and the last of them kept", async () => {
  house = await openTrialHouse();
  const { logs } = house.home;
  const files = ["crash-supervisor.log", "crash-hub.log", "pm2.log", "broadcast/alice_live/crash.log"];
  for (const file of files) appendFileSync(join(logs, file), `${"x".repeat(CRASH_BYTES_MAX)}last words`);
  await house.until(
    async () => files.map((file) => statSync(join(logs, file)).size),
    (sizes) => sizes.every((size) => size === 0),
  );
  for (const file of files) {
    const kept = readFileSync(join(logs, `${file}.${nameOfDay(new Date())}`), "utf8");
    expect(kept).toHaveLength(CRASH_BYTES_MAX);
    expect(kept.endsWith("last words")).toBe(true);
  }
});

/** As the names of put-aside files have it. */
function nameOfDay(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
