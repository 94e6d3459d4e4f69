/** What the audit log of a real house tells afterwards, and `kissbot.sh audit` shows. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { kissbot } from "../support/kissbot-process.ts";
import { openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

test("a day of a house can be told from its audit log", async () => {
  house = await openTrialHouse();
  const { home, order, child, until } = house;
  const fallen = await child("worker:alice_live");
  process.kill(fallen.pid ?? 0, "SIGKILL");
  await until(
    () => child("worker:alice_live"),
    ({ pid, stage }) => pid !== undefined && pid !== fallen.pid && stage === "ready",
  );
  await order({ do: "stop-channel", channel: "bob_plays" });
  await order({ do: "start-channel", channel: "bob_plays" });
  await order({ do: "add-channel", channel: "carol_codes" });
  await order({ do: "remove-channel", channel: "carol_codes" });
  await order({ do: "reload" });
  await order({ do: "stop" });
  await house.launched.exited;

  const audit = (...args: readonly string[]) => kissbot(home.folder, "audit", ...args);
  const { out } = await audit("--json", "-n", "100");
  const entries: { event: string; channel?: string; person?: string; details: object }[] = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const told = entries.map(({ event, channel }) => [event, channel].filter(Boolean).join(" "));
  for (const wanted of [
    "channel-added alice_live",
    "channel-added bob_plays",
    "house-started",
    "eventsub-connected",
    "child-fell alice_live",
    "channel-stopped bob_plays",
    "channel-started bob_plays",
    "channel-added carol_codes",
    "channel-removed carol_codes",
    "config-reloaded",
    "house-stopped",
  ])
    expect(told).toContain(wanted);
  expect(told.at(-1)).toBe("house-stopped");
  expect(entries.find(({ event }) => event === "child-fell")?.details).toEqual({
    child: "worker:alice_live",
    exit: expect.stringContaining("SIGKILL"),
  });

  const ofBob = await audit("--channel", "#bob_plays", "--since", "1h");
  expect(ofBob.out.split("\n").filter((line) => line !== "")).toHaveLength(3);
  expect((await audit("--type", "child-fell")).out).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}child-fell +#alice_live by supervisor {2}child: worker:alice_live, exit: .*SIGKILL/,
  );
});

test.each([
  [["--since", "yesterday"], 64, "--since: a time such as"],
  [["--channel", "no channel!"], 64, "no channel!"],
  [["-n", "many"], 64, "a number of events"],
  [[], 1, "nothing was written down yet"],
])("audit %j says what is wrong, exit code %i", async (args, exitCode, says) => {
  const folder = mkdtempSync(join(tmpdir(), "kb-"));
  const said = await kissbot(folder, "audit", ...args);
  rmSync(folder, { recursive: true });
  expect(said.exitCode, said.err).toBe(exitCode);
  expect(said.err).toContain(says);
});
