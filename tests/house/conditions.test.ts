/** What a child waits for and what it is stuck at: who is replaced, who is not, and what the operator reads of it. */
import { readFileSync, writeFileSync } from "node:fs";
import * as v from "valibot";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../shared/clock.ts";
import { readAccounts } from "../support/accounts.ts";
import { kissbot } from "../support/kissbot-process.ts";
import { CHANNELS, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

const STUCK_SECONDS = 3;
const ALICE = "worker:alice_live";

let house: TrialHouse | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});
const open = async () => {
  house = await openTrialHouse({ limits: { stuck_seconds: STUCK_SECONDS } });
  return house;
};
const isWell = (at: TrialHouse) => at.until(at.status, ({ health }) => health === "healthy");
const kill = async (at: TrialHouse, childId: string) => {
  const { pid } = await at.child(childId);
  if (pid === undefined) throw new Error(`${childId} has no process`);
  process.kill(pid, "SIGKILL");
  return pid;
};
/** Between two hubs there is none to ask. */
const findHubStatus = (at: TrialHouse) => at.hubStatus().catch(() => undefined);
/**
 * A worker whose hub goes away each few seconds may find none for as long as an answer is worth saying. Once it has
 * found one, whatever that one waits for itself, a question is answered.
 */
async function expectAnswer(at: TrialHouse, channel: string): Promise<void> {
  await at.until(
    () => findHubStatus(at),
    (hub) => hub?.workers.some((one) => one.channel === channel && one.isConnected) === true,
  );
  await at.say(channel, "patient", "!ping");
  const [account] = await at.until(
    async () => readAccounts(at, channel),
    (accounts) => accounts.length > 0,
  );
  expect(account).toMatchObject({ user: "patient", ended: "answered accepted" });
  expect(await at.replyTo(channel, "patient")).toContain("Pong");
}

describe("a worker on its way to its channel", () => {
  test("is replaced when Twitch never answers its login, and that is told with stage and time until it works again", async () => {
    const at = await open();
    await at.fault({ do: "mute", place: "irc" });
    await kill(at, ALICE);
    const stuck = await at.until(
      () => at.child(ALICE),
      ({ restarts, lastError }) => restarts >= 2 && lastError !== undefined,
    );
    const words = `did not reach the stage "chat" within ${STUCK_SECONDS} s and was replaced`;
    expect(stuck.lastError).toBe(words);
    expect(at.log("supervisor.log")).toContainEqual(
      expect.objectContaining({ who: ALICE, stage: "chat", msg: "child is stuck and is replaced" }),
    );
    // It could be asked to go: nobody had to be killed.
    expect(at.log("supervisor.log").filter(({ msg }) => msg === "child is killed")).toEqual([]);
    const shown = await kissbot(at.home.folder, "status");
    expect(shown.exitCode).toBe(1);
    expect(shown.out).toContain(words);

    await at.fault({ do: "mute", place: "irc", on: false });
    await isWell(at);
    const { lastError, errors } = await at.child(ALICE);
    expect(lastError).toBeUndefined();
    expect(errors?.find(({ text }) => text === words)).toMatchObject({ isOver: true });
    expect((await kissbot(at.home.folder, "status")).out).not.toContain(words);
  });

  test("stays the same process however long Twitch is away, and says what it waits for", async () => {
    const at = await open();
    await at.fault({ do: "refuse", place: "irc" });
    const old = await kill(at, ALICE);
    const waiting = await at.until(
      () => at.child(ALICE),
      ({ pid, uptimeMs = 0 }) => pid !== old && uptimeMs > 3 * STUCK_SECONDS * 1_000,
    );
    expect(waiting).toMatchObject({ state: "starting", restarts: 1 });
    const told = await at.until(
      () => at.child(ALICE),
      ({ waits = [] }) => waits.length > 0,
    );
    expect(told.pid).toBe(waiting.pid);
    expect(told.waits).toMatchObject([{ stage: "chat", for: "twitch" }]);
    await at.fault({ do: "refuse", place: "irc", on: false });
    await isWell(at);
    expect((await at.child(ALICE)).pid).toBe(waiting.pid);
  });
});

describe("the hub on its way to EventSub", () => {
  test("is not replaced while Twitch refuses its connection", async () => {
    const at = await open();
    await at.fault({ do: "refuse", place: "eventsub" });
    const old = await kill(at, "hub");
    const waiting = await at.until(
      () => at.child("hub"),
      ({ pid, uptimeMs = 0 }) => pid !== old && uptimeMs > 3 * STUCK_SECONDS * 1_000,
    );
    expect(waiting).toMatchObject({ state: "starting", restarts: 1 });
    await at.fault({ do: "refuse", place: "eventsub", on: false });
    await isWell(at);
    expect((await at.child("hub")).pid).toBe(waiting.pid);
  });

  test("is replaced when it is never welcomed, while its workers chat on", async () => {
    const at = await open();
    await at.fault({ do: "no-welcome" });
    await kill(at, "hub");
    await at.until(
      () => at.child("hub"),
      ({ restarts }) => restarts >= 2,
    );
    await Promise.all(CHANNELS.map((channel) => expectAnswer(at, channel)));
    expect((await at.child("hub")).errors?.[0]?.text).toBe(
      `did not reach the stage "eventsub" within ${STUCK_SECONDS} s and was replaced`,
    );
    await at.fault({ do: "no-welcome", on: false });
    await isWell(at);
  });
});

const Token = v.object({ accessToken: v.string(), refreshToken: v.string() });
/** The bot's account agrees again: new tokens, as a person gets them. */
async function newTokens(at: TrialHouse, scopes: readonly string[]): Promise<v.InferOutput<typeof Token>> {
  const answer = await fetch(`http://127.0.0.1:${at.sim.address.port}/sim/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ clientId: "kissbot-demo-client", user: "kissbot", scopes }),
  });
  return v.parse(Token, await answer.json());
}

test("a bot whose login was revoked waits for new tokens: told as such, nothing restarts, and a reload ends it", async () => {
  const at = await open();
  const before = await at.status();
  await at.fault({ do: "revoke-authorization", user: "kissbot", clientId: "kissbot-demo-client" });
  // Whoever comes back has to show the token.
  await at.fault({ do: "cut", place: "eventsub" });
  const told = await at.until(at.status, ({ children }) =>
    children.some(
      ({ childId, waits = [] }) => childId === "hub" && waits.some((wait) => wait.for === "operator"),
    ),
  );
  expect(told.sentence).toContain("hub waits for you: Twitch no longer accepts the bot's token");
  expect(told.sentence).toContain("./kissbot.sh auth login --bot");
  const shown = await kissbot(at.home.folder, "status");
  expect(shown.exitCode).toBe(1);
  expect(shown.out).toMatch(/^hub +waits for you /m);
  expect(shown.out).toContain("what to do: ");

  // As long as a stuck hub would have had, and more: it goes on waiting.
  const waitsOn = systemClock.now() + 2 * STUCK_SECONDS * 1_000;
  await at.until(at.status, () => systemClock.now() > waitsOn);
  const still = await at.status();
  expect(still.children.map(({ pid }) => pid)).toEqual(before.children.map(({ pid }) => pid));
  expect(still.health).not.toBe("healthy");

  const { accessToken, refreshToken } = await newTokens(at, ["chat:read", "chat:edit", "user:read:chat"]);
  const config = readFileSync(at.home.configFile, "utf8");
  writeFileSync(
    at.home.configFile,
    config
      .replace("kissbot-demo-access-token", accessToken)
      .replace("kissbot-demo-refresh-token", refreshToken),
  );
  const reloaded = await kissbot(at.home.folder, "reload");
  expect(reloaded.out).toContain("~ hub has other settings and restarts");
  await isWell(at);
  expect((await at.child("hub")).waits).toEqual([]);
  await at.say("alice_live", "back_again", "!ping");
  await at.replyTo("alice_live", "back_again");
  expect((await kissbot(at.home.folder, "status")).exitCode).toBe(0);
});

test("a supervisor that was stopped for a while changes nothing: everybody chats, nobody is restarted", async () => {
  const at = await open();
  const before = await at.status();
  process.kill(before.pid, "SIGSTOP");
  for (const viewer of ["one", "two", "three", "four"]) {
    await Promise.all(
      CHANNELS.map(async (channel) => {
        await at.say(channel, viewer, "!ping");
        await at.replyTo(channel, viewer);
      }),
    );
  }
  process.kill(before.pid, "SIGCONT");
  const after = await isWell(at);
  const processes = (status: typeof before) =>
    status.children.map(({ pid, restarts }) => ({ pid, restarts }));
  expect(processes(after)).toEqual(processes(before));
});
