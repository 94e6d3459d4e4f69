import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkoutFolder } from "../../shared/home.ts";
import type { HubStatus, SubscriptionList } from "../../shared/ipc/hub-control.ts";
import { kissbot } from "../support/kissbot-process.ts";
import { BOT, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse;
beforeAll(async () => {
  house = await openTrialHouse();
});
afterAll(() => house.close());

const hubCtl = (...args: readonly string[]) => kissbot(house.home.folder, "hub_ctl", ...args);
const announcements = (channel: string) =>
  house.lines.filter(
    (line) =>
      line.kind === "chat-message" &&
      line.user === BOT &&
      line.channel === channel &&
      String(line.text).includes("🔴"),
  );
const isProved = (status: HubStatus) =>
  status.health === "healthy" && status.proofs.every(({ state }) => state !== "unproved");

test("status says in words that all is well, and when that was proved", async () => {
  await house.until(house.hubStatus, isProved);
  const { out, exitCode } = await hubCtl("status");
  expect(out.split("\n")[0]).toMatch(
    /^All is well: 6 subscriptions on .*one connection, proved \d+ s ago\.$/,
  );
  expect(exitCode).toBe(0);
});

test("subscriptions: wanted against Twitch's own, with cost and carrier", async () => {
  const all = await hubCtl("subscriptions", "--json");
  const list: SubscriptionList = JSON.parse(all.out);
  expect(list.rows.map(({ channel, topic, state }) => `${channel} ${topic} ${state}`)).toEqual(
    ["alice_live", "bob_plays"].flatMap((channel) =>
      ["channel.update", "stream.offline", "stream.online"].map((topic) => `${channel} ${topic} enabled`),
    ),
  );
  expect(list.totals).toMatchObject({ total: expect.any(Number), maxTotalCost: expect.any(Number) });
  const one = await hubCtl("subscriptions", "--channel", "bob_plays", "--status", "enabled");
  expect(one.out).toContain("3 subscriptions: 3 enabled");
  expect(one.out).not.toContain("alice_live");
});

test("metrics for eyes and for Prometheus; resync reports", async () => {
  const { out } = await hubCtl("metrics", "--prom");
  expect(out).toContain('kissbot_hub_subscriptions{state="enabled"} 6');
  expect(out).toMatch(
    /# TYPE kissbot_hub_events_received_total counter\nkissbot_hub_events_received_total \d+/,
  );
  const resync = await hubCtl("resync");
  expect(resync).toMatchObject({ exitCode: 0, out: expect.stringContaining("nothing to repair") });
});

test.each([
  [["nonsense"], 'not "nonsense"'],
  [["status", "--prom"], "hub_ctl status has no --prom; it belongs to metrics"],
  [["events"], "hub_ctl events --follow"],
  [["subscriptions", "--status", "odd"], "--status: one of enabled"],
])("hub_ctl %j is refused with a sentence", async (args, sentence) => {
  const said = await hubCtl(...args);
  expect(said.exitCode).toBe(64);
  expect(said.err).toContain(sentence);
});

test("whoever follows sees events as they pass, from any directory", async () => {
  const follower = spawn(
    join(checkoutFolder, "hub_ctl"),
    ["events", "--follow", "--topic", "channel.update"],
    {
      cwd: tmpdir(),
      env: { ...process.env, KISSBOT_HOME: house.home.folder },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const firstLine = (stream: Readable) =>
    new Promise<string>((resolve) => createInterface({ input: stream }).once("line", resolve));
  const seen = firstLine(follower.stdout);
  const ended = new Promise((resolve) => follower.once("exit", resolve));
  // Nothing passes before it says that it looks.
  expect(await firstLine(follower.stderr)).toBe("kissbot: showing what passes until Ctrl-C");
  await house.sim.order("/channels/alice_live/update", { title: "Once" });
  expect(await seen).toMatch(/^\d\d:\d\d:\d\d alice_live channel\.update .*title="Once"/);
  follower.kill("SIGINT");
  await ended;
});

test("drained, nothing comes in; undrained, what was missed is found, said once, and marked", async () => {
  const drained = await hubCtl("drain");
  expect(drained).toMatchObject({ exitCode: 0, out: expect.stringContaining("Drained") });
  expect(await hubCtl("status")).toMatchObject({
    exitCode: 1,
    out: expect.stringContaining("Drained by an operator"),
  });
  expect((await hubCtl("resync")).out).toContain("hub_ctl undrain first");
  expect((await house.hubStatus()).gap.isOpen).toBe(true);
  const drainedHouse = await house.until(house.status, ({ health }) => health !== "healthy");
  expect(drainedHouse.sentence).toContain("hub hears no events from Twitch: drained by an operator");

  await house.sim.order("/channels/bob_plays/online", { title: "Night run" });
  const line = house.lines.length;
  expect(announcements("bob_plays")).toHaveLength(0);
  expect((await hubCtl("undrain")).exitCode).toBe(0);
  await house.heard((one) => one.channel === "bob_plays" && String(one.text).includes("🔴"), line);
  const status = await house.until(house.hubStatus, (one) => isProved(one) && !one.gap.isOpen);
  // That it began, and its new title.
  expect(status.events.recovered).toBe(2);
  expect(status.gap.drifts).toEqual([]);
  expect(announcements("bob_plays")).toHaveLength(1);
});

test("a hub that is killed finds the stream that began meanwhile", async () => {
  const { pid = 0 } = await house.child("hub");
  const line = house.lines.length;
  process.kill(pid, "SIGKILL");
  await house.sim.order("/channels/alice_live/online", { title: "Morning run" });
  await house.heard((one) => one.channel === "alice_live" && String(one.text).includes("🔴"), line);
  await house.until(house.hubStatus, (one) => isProved(one) && !one.gap.isOpen);
  expect(announcements("alice_live")).toHaveLength(1);
});

test("while Twitch lets no connection be opened, the house's status says that it hears nothing, too", async () => {
  await house.fault({ do: "refuse", place: "eventsub", on: true });
  await house.fault({ do: "cut", place: "eventsub" });
  await house.until(house.status, ({ sentence }) => sentence.includes("hub hears no events from Twitch: "));
  expect(await kissbot(house.home.folder, "status")).toMatchObject({ exitCode: 1 });
  expect((await house.hubStatus()).gap.isOpen).toBe(true);
  expect(await hubCtl("restart")).toMatchObject({
    exitCode: 1,
    out: expect.stringContaining("no connection to renew"),
  });
  await house.fault({ do: "refuse", place: "eventsub", on: false });
  await house.until(house.status, ({ health }) => health === "healthy");
  await house.until(house.hubStatus, (one) => isProved(one) && !one.gap.isOpen);
});

test("restart moves to a new connection", async () => {
  const before = await house.hubStatus();
  const moved = await hubCtl("restart");
  expect(moved).toMatchObject({ exitCode: 0, out: expect.stringContaining("no event was lost") });
  const after = await house.hubStatus();
  expect(after.pid).toBe(before.pid);
  expect(after.eventsub.sessionId).not.toBe(before.eventsub.sessionId);
  await house.until(house.hubStatus, isProved);
});

test("without a hub: one sentence, exit code 2", async () => {
  const nowhere = join(house.home.folder, "nowhere");
  const sentence = expect.stringContaining("The hub does not answer");
  expect(await kissbot(nowhere, "hub_ctl", "status")).toMatchObject({ exitCode: 2, out: sentence });
  // Else a collector's file would hold it.
  const figures = await kissbot(nowhere, "hub_ctl", "metrics", "--prom");
  expect(figures).toMatchObject({ exitCode: 2, out: "", err: sentence });
});
