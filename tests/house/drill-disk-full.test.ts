/** Disks that become full under a living house: logs and database on file systems of a few kilobytes. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toTrialConfig } from "../../cli/trial/trial-config.ts";
import { makeTrialHome } from "../../cli/trial/trial-home.ts";
import { checkoutFolder } from "../../shared/home.ts";
import { QUIET_ACCOUNT } from "../support/kissbot-process.ts";
import { findAbility, makeSmallDisks, runOnFullDisk, type SmallDisks } from "../support/small-disk.ts";
import { makeTown } from "../support/town.ts";
import { isSaidByBot, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

const LOGS_KB = 256;
/** The database, and Node's cache of compiled bundles. */
const DATA_KB = 16_384;
/** Each leaves more than a kilobyte in its channel's logs, whose last pages have room for four. */
const QUESTIONS = 20;

const ability = findAbility();
const because =
  ability.is === "unable" ? ` (left out, no small disk can be mounted here: ${ability.because})` : "";

// Not every reporter shows what was left out.
if (ability.is === "unable") process.stderr.write(`full disks${because}\n`);

let house: TrialHouse;
let disks: SmallDisks;
let viewers = 0;

/** Asks in each channel, and has an answer to each. */
async function askEverywhere(questions: readonly string[]): Promise<void> {
  for (const channel of house.channels) {
    for (const question of questions) {
      const viewer = `viewer_${++viewers}`;
      await house.say(channel, viewer, question);
      expect(await house.replyTo(channel, viewer)).not.toBe("");
    }
  }
}
const pings = (count: number) => Array.from({ length: count }, () => "!ping");

/** What stands in a log, and what it says is missing. */
function toBook(lines: readonly Readonly<Record<string, unknown>>[]) {
  const gaps = lines.filter((line) => line.lost !== undefined);
  const lost = gaps.reduce((sum, gap) => sum + Number(gap.lost), 0);
  return { gaps, lost, written: lines.length - gaps.length };
}

describe.skipIf(ability.is === "unable")(`full disks${because}`, () => {
  beforeAll(async () => {
    if (ability.is === "unable") return;
    disks = makeSmallDisks(ability.alone, { logs: LOGS_KB, data: DATA_KB });
    house = await openTrialHouse({}, { ...disks, scene: makeTown({ channels: 2, botIsVerified: true }) });
  });
  afterAll(async () => {
    await house.close();
    disks.close();
  });

  test("under the logs: everybody is answered, status warns of each file once, and with room again the logs go on after telling what is missing", async () => {
    await askEverywhere(pings(2));
    disks.fill("logs");
    await askEverywhere(pings(QUESTIONS));
    for (const channel of house.channels) {
      const worker = await house.until(
        () => house.child(`worker:${channel}`),
        ({ lastError }) => lastError?.includes("commands.log") ?? false,
      );
      expect(worker).toMatchObject({
        state: "running",
        lastError: `log-lost: ${house.home.logs}/broadcast/${channel}/chat.log, commands.log: ENOSPC: no space left on device, write`,
      });
    }
    // The supervisor's own tells so for as long as it lasts.
    const own = /But: \d+ lines? of [^ ]*\/supervisor\.log (is|are) lost: ENOSPC/;
    const order = () => house.order({ do: "start-channel", channel: house.channels[0] ?? "" });
    const sentence = await house.until(
      async () => ((await order()).kind === "done" ? (await house.status()).sentence : ""),
      (said) => own.test(said),
    );
    expect(sentence.match(new RegExp(own, "g"))).toHaveLength(1);

    disks.free("logs");
    await askEverywhere(pings(2));
    await order();
    expect(await house.status()).toMatchObject({
      health: "healthy",
      sentence: expect.not.stringMatching(own),
    });
    const asked = 2 + QUESTIONS + 2;
    for (const [file, linesOfEach] of [
      ["commands.log", 1],
      ["chat.log", 2],
    ] as const)
      for (const channel of house.channels) {
        // The last reply was seen before the receipt for it, and only with that is its question accounted for.
        const { gaps } = await house.until(
          async () => toBook(house.log(`broadcast/${channel}/${file}`)),
          ({ written, lost }) => written + lost === asked * linesOfEach,
        );
        expect(gaps, file).toMatchObject([{ level: "warn", because: expect.stringContaining("ENOSPC") }]);
      }
  });

  test("under the database: everybody is answered, orders that need it are refused with the reason, an event is announced once", async () => {
    disks.fill("data");
    await askEverywhere(["!ping", "!uptime", "!help", "!stats"]);
    const [channel = ""] = house.channels;
    const before = await house.status();
    for (const order of ["stop-channel", "disable-channel"] as const)
      expect(await house.order({ do: order, channel })).toMatchObject({
        kind: "refused",
        because: expect.stringContaining("disk is full"),
      });
    expect(await house.order({ do: "add-channel", channel: "newcomer" })).toMatchObject({ kind: "refused" });
    const isAnnounced = (line: (typeof house.lines)[number]) =>
      isSaidByBot(line) && String(line.text).includes("Live on a full disk");
    await house.sim.order(`/channels/${channel}/online`, { title: "Live on a full disk" });
    await house.heard(isAnnounced);
    await askEverywhere(pings(1));
    expect(house.lines.filter(isAnnounced)).toHaveLength(1);
    const after = await house.status();
    expect(after.pid).toBe(before.pid);
    expect(after.children.map(({ pid }) => pid)).toEqual(before.children.map(({ pid }) => pid));
  });

  test("under everything, before the start: it says why it can't, and leaves nothing", () => {
    if (ability.is === "unable") return;
    const { home, writeConfig, remove } = makeTrialHome(process.env);
    writeConfig(toTrialConfig(QUIET_ACCOUNT, ["alice_live"], { port: 1 }));
    const start = [process.execPath, join(checkoutFolder, "cli", "main.ts"), "start"];
    const said = runOnFullDisk(ability.alone, home.folder, start);
    remove();
    expect(said).toEqual({
      exitCode: 1,
      err: expect.stringMatching(
        /^kissbot: KissBot's home takes no new file: .*: ENOSPC.*\nmake room on its disk/,
      ),
      left: expect.not.stringMatching(/supervisor|probe/),
    });
  });

  test("under both: whoever is killed comes back, is ready and answers; with room again orders are carried out", async () => {
    disks.fill("logs");
    const [channel = ""] = house.channels;
    for (const victim of [`worker:${channel}`, "hub"]) {
      const { pid: old } = await house.child(victim);
      process.kill(old ?? Number.NaN, "SIGKILL");
      await house.until(
        () => house.child(victim),
        ({ pid, state }) => pid !== old && state === "running",
      );
      await askEverywhere(pings(1));
    }
    const { pid: old, children } = await house.status();
    process.kill(old, "SIGKILL");
    await house.relaunch();
    const next = await house.until(
      () => house.status().catch(() => undefined),
      (status) => status?.health === "healthy",
    );
    expect(next?.children.map(({ pid }) => pid)).toEqual(children.map(({ pid }) => pid));
    await askEverywhere(pings(1));

    disks.free("logs");
    disks.free("data");
    expect(await house.order({ do: "stop-channel", channel })).toMatchObject({ kind: "done" });
    expect(await house.order({ do: "start-channel", channel })).toMatchObject({ kind: "done" });
    await house.until(house.status, ({ health }) => health === "healthy");
    await askEverywhere(pings(1));
  });
});
