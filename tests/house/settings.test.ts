/** What channels have of their own: changed in chat and by the command line, taken over while everything runs, and there after each fall. */
import { writeFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { toTrialConfig } from "../../cli/trial/trial-config.ts";
import settings from "../../cli/verbs/settings.ts";
import { QUIET_ACCOUNT } from "../support/kissbot-process.ts";
import { makeTestDesk } from "../support/test-desk.ts";
import { openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

/** `./kissbot.sh settings …` for this house. */
async function type({ home }: TrialHouse, channel: string, ...args: readonly string[]) {
  const { desk, said, warned } = makeTestDesk(home);
  const exitCode = await settings.run({ args, options: { channel, json: false } }, desk);
  return { exitCode, text: [...said, ...warned].join("\n") };
}

/** Types it until it is answered: others are not told when a change holds. */
async function ask(of: TrialHouse, channel: string, user: string, text: string): Promise<string> {
  const from = of.lines.length;
  await of.say(channel, user, text);
  return of.replyTo(channel, user, from);
}

const pidsOf = async (of: TrialHouse) =>
  (await of.status()).children.map(({ childId, pid }) => `${childId} ${pid}`);

test("a broadcaster changes a setting in chat and takes it back, and nobody restarts", async () => {
  house = await openTrialHouse();
  const pids = await pidsOf(house);
  const bob = (text: string) => ask(house as TrialHouse, "bob_plays", "bob_plays", text);
  expect(await bob("!set prefix ?")).toContain("prefix: as configured → “?”");
  expect(await bob("?set announcements.stream_online.message Live: {title}")).toContain(
    "announcements.stream_online.message: as configured → “Live: {title}”",
  );
  expect(await bob("?set announcements.stream_online.mesage x")).toContain("did you mean message?");
  expect(await bob("?set log.keep_days 1")).toContain("log.keep_days is for the operator to change");
  expect(await ask(house, "alice_live", "alice_live", "!ping")).toContain("Pong!");
  expect(await bob("?undo")).toContain(
    "Undone: announcements.stream_online.message is as configured again (was “Live: {title}”).",
  );
  expect(await bob("?undo")).toContain("Undone: prefix is as configured again");
  expect(await bob("!undo")).toContain("There is nothing to undo.");
  expect(await pidsOf(house)).toEqual(pids);
});

test("what was changed in chat outlives the worker and the supervisor", async () => {
  house = await openTrialHouse();
  expect(await ask(house, "bob_plays", "bob_plays", "!set prefix ?")).toContain("“?”");
  const before = (await house.child("worker:bob_plays")).pid ?? 0;
  process.kill(before, "SIGKILL");
  await house.until(
    () => (house as TrialHouse).child("worker:bob_plays"),
    ({ pid, state }) => pid !== before && state === "running",
  );
  expect(await ask(house, "bob_plays", "bob_plays", "?ping")).toContain("Pong!");

  const reborn = (await house.child("worker:bob_plays")).pid;
  process.kill(house.launched.pid, "SIGKILL");
  await house.launched.exited;
  // While nobody supervises, the worker writes it down and lives by it.
  expect(await ask(house, "bob_plays", "bob_plays", "?set prefix %")).toContain("“?” → “%”");
  await house.relaunch();
  await house.until(
    () => (house as TrialHouse).status().catch(() => undefined),
    (status) => status?.health === "healthy",
  );
  expect(await ask(house, "bob_plays", "bob_plays", "%ping")).toContain("Pong!");
  expect((await house.child("worker:bob_plays")).pid).toBe(reborn);
});

test("the command line changes one channel: its worker takes over what it can, is replaced for the rest, and others notice nothing", async () => {
  house = await openTrialHouse();
  const pids = await pidsOf(house);
  expect(await type(house, "bob_plays", "set", "prefix", "$")).toEqual({
    exitCode: 0,
    text: "bob_plays: prefix: as configured → “$” (revision 1)\n~ worker:bob_plays has other settings and takes them over",
  });
  expect(await ask(house, "bob_plays", "viewer", "$ping")).toContain("Pong!");
  expect(await pidsOf(house)).toEqual(pids);
  expect(await ask(house, "bob_plays", "bob_plays", "$undo")).toContain("There is nothing to undo.");

  expect((await type(house, "bob_plays", "set", "log.chat", "off")).text).toContain(
    "~ worker:bob_plays has other settings and restarts",
  );
  const alice = pids.find((one) => one.startsWith("worker:alice_live"));
  await house.until(
    () => pidsOf(house as TrialHouse),
    (now) => now.every((one) => one === alice || !pids.includes(one) || one.startsWith("hub")),
  );
  await house.until(house.status, ({ health }) => health === "healthy");
  expect(await type(house, "bob_plays", "restore", "0")).toMatchObject({ exitCode: 0 });
  expect((await type(house, "bob_plays", "diff")).text).toBe("bob_plays: no difference");
});

test("a reload hands changed settings of modules to those who run", async () => {
  house = await openTrialHouse();
  const pids = await pidsOf(house);
  const text = toTrialConfig(
    QUIET_ACCOUNT,
    ["alice_live", "bob_plays"],
    house.sim.address,
    {},
    { commands: { prefix: "+" } },
  );
  writeFileSync(house.home.configFile, text);
  const answer = await house.order({ do: "reload" });
  expect(answer).toMatchObject({
    kind: "done",
    lines: ["alice_live", "bob_plays"].map(
      (name) => `~ worker:${name} has other settings and takes them over`,
    ),
  });
  expect(await ask(house, "alice_live", "viewer", "+ping")).toContain("Pong!");
  expect(await pidsOf(house)).toEqual(pids);
});
