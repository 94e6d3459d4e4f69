import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HubStatus } from "../../shared/ipc/hub-control.ts";
import { BOT, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse;
beforeAll(async () => {
  house = await openTrialHouse();
});
afterAll(() => house.close());

const announcements = (channel: string) =>
  house.lines.filter(
    (line) =>
      line.kind === "chat-message" &&
      line.user === BOT &&
      line.channel === channel &&
      String(line.text).includes("🔴"),
  );

/** Whatever Twitch sent has been through its worker's pipeline: nothing more can come of it. */
const isAllDealtWith = (status: HubStatus) => status.workers.every((worker) => worker.unacknowledged === 0);

describe("a message's way through real processes", () => {
  test("a viewer types !ping and is answered, in that channel only", async () => {
    await house.say("alice_live", "mila_92", "!ping");
    expect(await house.replyTo("alice_live", "mila_92")).toBe("@mila_92 Pong! 🏓");
    expect(
      house.lines.filter((line) => line.kind === "chat-message" && line.channel === "bob_plays"),
    ).toEqual([]);
  });

  // A viewer each: Twitch lets nobody say more than one line a second.
  test.each([
    ["!uptime", /^@\w+ Bot uptime: \d+h \d+m \d+s ⏱️ \| Commands: \d+$/],
    ["!help", /!ping.*!uptime/],
    ["!stats", /CPU: \d+\.\d%.*RAM: \d+MB/],
  ])("%s", async (command, answer) => {
    const viewer = `asks_${command.slice(1)}`;
    await house.say("bob_plays", viewer, command);
    expect(await house.replyTo("bob_plays", viewer)).toMatch(answer);
  });

  test("plain talk and unknown commands are seen and left alone; one wide line says so for each", async () => {
    await house.say("bob_plays", "talker_1", "nice run");
    await house.say("bob_plays", "talker_2", "!nosuchcommand");
    await house.say("bob_plays", "talker_3", "!ping");
    await house.replyTo("bob_plays", "talker_3");
    const lines = house.log("broadcast/bob_plays/commands.log");
    expect(lines.filter((line) => line.outcome === "unaddressed")).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toContain("nice run");
    const chat = await house.until(
      async () => house.log("broadcast/bob_plays/chat.log"),
      (all) => all.some((line) => line.msg === "said" && JSON.stringify(line).includes("talker_3")),
    );
    expect(chat).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ msg: "heard", untrusted: { user: "talker_1", text: "nice run" } }),
        expect.objectContaining({ msg: "said", untrusted: { text: "@talker_3 Pong! 🏓" } }),
      ]),
    );
  });
});

describe("an event's way through real processes", () => {
  test("a stream that goes live is announced once, although Twitch tells it twice under the same id", async () => {
    await house.fault({ do: "duplicate", place: "eventsub", times: 2, count: 1, newId: false });
    await house.sim.order("/channels/alice_live/online", { title: "Speedrun night" });
    await house.heard((line) => line.user === BOT && String(line.text).includes("Speedrun night"));
    const status = await house.until(house.hubStatus, isAllDealtWith);
    expect(status.events.duplicates).toBe(1);
    expect(announcements("alice_live")).toHaveLength(1);
  });

  test("and once, although Twitch tells it again under another id", async () => {
    await house.fault({ do: "duplicate", place: "eventsub", times: 2, count: 1, newId: true });
    await house.sim.order("/channels/bob_plays/online", {});
    await house.heard(
      (line) => line.user === BOT && line.channel === "bob_plays" && String(line.text).includes("🔴"),
    );
    const status = await house.until(house.hubStatus, isAllDealtWith);
    expect(status.events.duplicates).toBe(2);
    expect(announcements("bob_plays")).toHaveLength(1);
  });
});

test("hub and supervisor say that all is well, and mean it", async () => {
  const hub = await house.until(house.hubStatus, (one) => one.health === "healthy");
  expect(hub.subscriptions.map((one) => `${one.channel} ${one.topic} ${one.state}`).sort()).toEqual([
    "alice_live channel.update enabled",
    "alice_live stream.offline enabled",
    "alice_live stream.online enabled",
    "bob_plays channel.update enabled",
    "bob_plays stream.offline enabled",
    "bob_plays stream.online enabled",
  ]);
  expect(hub.workers.every((one) => one.isConnected && one.unacknowledged === 0)).toBe(true);
  expect(await house.status()).toMatchObject({
    health: "healthy",
    sentence: "All is well: the hub and 2 channels run.",
  });
});

test("no token, no key and no secret stands in anything that was written", () => {
  const secrets = [
    "kissbot-demo-access-token",
    "kissbot-demo-refresh-token",
    "kissbot-demo-secret",
    readFileSync(house.home.houseKeyFile, "utf8"),
  ];
  const written = readdirSync(house.home.logs, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .concat(
      readdirSync(house.home.pids)
        .filter((name) => name.endsWith(".json"))
        .map((name) => readFileSync(join(house.home.pids, name), "utf8")),
    );
  expect(written.length).toBeGreaterThan(5);
  for (const secret of secrets) expect(written.filter((text) => text.includes(secret))).toEqual([]);
});

test("nothing of a house can be read by others", () => {
  const entries = readdirSync(house.home.folder, { recursive: true, withFileTypes: true }).map((entry) =>
    join(entry.parentPath, entry.name),
  );
  // Node writes its cache with the caller's umask; the folder around it is shut.
  const open = entries.filter(
    (path) => !path.startsWith(house.home.compileCache) && (lstatSync(path).mode & 0o077) !== 0,
  );
  expect(open).toEqual([]);
});
