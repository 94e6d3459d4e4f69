import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FeedLine } from "../../cli/trial/sim-feed.ts";
import { systemClock } from "../../shared/clock.ts";
import type { HubStatus } from "../../shared/ipc/hub-control.ts";
import { BOT, isReply, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse;
beforeAll(async () => {
  house = await openTrialHouse();
});
afterAll(() => house.close());

const pidOf = async (childId: string) => {
  const { pid } = await house.child(childId);
  if (pid === undefined) throw new Error(`${childId} has no process`);
  return pid;
};
const isBack = (childId: string, oldPid: number) =>
  house.until(
    () => house.child(childId),
    (child) => child.pid !== oldPid && child.state === "running" && child.counters !== undefined,
  );
/** How fast the viewers of a lively channel follow each other; Twitch lets a moderator bot answer 100 times in 30 s. */
const NEXT_VIEWER_MS = 400;

/** Viewers with numbered names ask until told to stop; resolves with their number when each was answered. */
async function askInTurn(channel: string, name: string, goOn: () => boolean): Promise<number> {
  let asked = 0;
  const answers: Promise<string>[] = [];
  while (goOn()) {
    asked += 1;
    await house.say(channel, `${name}${asked}`, "!ping");
    answers.push(house.replyTo(channel, `${name}${asked}`));
    await new Promise<void>((resolve) => {
      systemClock.after(NEXT_VIEWER_MS, resolve);
    });
  }
  await Promise.all(answers);
  return asked;
}
/** Its next sign of life: what it costs is never quite the same. */
const beatOf = async (childId: string) => {
  const before = JSON.stringify((await house.child(childId)).usage);
  await house.until(
    () => house.child(childId),
    ({ usage }) => JSON.stringify(usage) !== before,
  );
};
const isIdle = (worker: HubStatus["workers"][number]) => worker.unacknowledged === 0;
const answersTo = (channel: string, user: string) =>
  house.lines.filter((line) => isReply(line, channel, user)).length;

describe("SIGKILL", () => {
  test("a worker comes back and answers, while the other channel misses nothing", async () => {
    const old = await pidOf("worker:alice_live");
    let isDown = true;
    const others = askInTurn("bob_plays", "other", () => isDown);
    process.kill(old, "SIGKILL");
    const back = await isBack("worker:alice_live", old);
    await house.say("alice_live", "mila_92", "!ping");
    expect(await house.replyTo("alice_live", "mila_92")).toBe("@mila_92 Pong! 🏓");
    isDown = false;
    const asked = await others;
    expect(back.restarts).toBe(1);
    expect(back.errors?.[0]).toMatchObject({ text: "was killed by SIGKILL", isOver: true });
    expect(asked).toBeGreaterThan(0);
    for (let n = 1; n <= asked; n += 1) expect(answersTo("bob_plays", `other${n}`)).toBe(1);
  });

  test("the hub comes back and subscribes anew, while the workers never stop chatting", async () => {
    const old = await pidOf("hub");
    let isDown = true;
    const chatting = [
      askInTurn("alice_live", "anna", () => isDown),
      askInTurn("bob_plays", "ben", () => isDown),
    ];
    process.kill(old, "SIGKILL");
    await isBack("hub", old);
    await house.until(house.hubStatus, (one) => one.health === "healthy");
    isDown = false;
    const [inAlice, inBob] = await Promise.all(chatting);
    expect(inAlice).toBeGreaterThan(0);
    expect(inBob).toBeGreaterThan(0);

    await house.sim.order("/channels/alice_live/online", { title: "After the fall" });
    await house.heard((line) => line.user === BOT && String(line.text).includes("After the fall"));
    expect((await house.hubStatus()).subscriptions.every((one) => one.state === "enabled")).toBe(true);
  });

  test("an event that comes while its worker is dead is dealt with by the next, once", async () => {
    const old = await pidOf("worker:bob_plays");
    process.kill(old, "SIGKILL");
    await house.sim.order("/channels/bob_plays/online", { title: "Nobody there" });
    await isBack("worker:bob_plays", old);
    await house.heard((line) => line.user === BOT && String(line.text).includes("Nobody there"));
    await house.until(house.hubStatus, (one) => one.workers.every((worker) => worker.unacknowledged === 0));
    await house.say("bob_plays", "last_one", "!ping");
    await house.replyTo("bob_plays", "last_one");
    expect(
      house.lines.filter((line) => line.user === BOT && String(line.text).includes("Nobody there")),
    ).toHaveLength(1);
  });
});

test("an announcement whose worker was killed before it could speak is made by the next, once", async () => {
  const isSaid = (line: FeedLine) => line.user === BOT && String(line.text).includes("Said by the heir");
  const { received } = (await house.hubStatus()).events;
  await house.sim.order("/channels/bob_plays/offline", {});
  await house.until(
    house.hubStatus,
    ({ events, workers }) => events.received > received && workers.every(isIdle),
  );
  const old = await pidOf("worker:bob_plays");
  await house.fault({ do: "refuse", place: "irc", on: true });
  await house.fault({ do: "cut", place: "irc" });
  await house.until(
    () => house.child("worker:bob_plays"),
    ({ counters }) => counters?.chatLink === "closed",
  );
  await house.sim.order("/channels/bob_plays/online", { title: "Said by the heir" });
  await house.until(house.hubStatus, ({ workers }) => workers.some((worker) => !isIdle(worker)));
  // By now it has asked for the title and waits for nothing but its connection.
  await beatOf("worker:bob_plays");
  await beatOf("worker:bob_plays");
  process.kill(old, "SIGKILL");
  await house.until(
    () => house.child("worker:bob_plays"),
    ({ pid, stage }) => pid !== undefined && pid !== old && stage === "eventsub",
  );
  expect(house.lines.some(isSaid)).toBe(false);
  await house.fault({ do: "refuse", place: "irc", on: false });
  await house.heard(isSaid);
  await house.until(house.hubStatus, ({ workers }) => workers.every(isIdle));
  await house.until(house.status, (one) => one.health === "healthy");
  expect(house.lines.filter(isSaid)).toHaveLength(1);
});

test("a worker that hangs is found by its missing beats and replaced", async () => {
  const old = await pidOf("worker:alice_live");
  process.kill(old, "SIGSTOP");
  const back = await isBack("worker:alice_live", old);
  expect(back.errors?.[0]).toMatchObject({
    text: "stopped giving signs of life and was killed",
    isOver: true,
  });
  await house.say("alice_live", "after_hang", "!ping");
  await house.replyTo("alice_live", "after_hang");
});

test("a supervisor that was killed leaves a house that chats on, and `stop` ends what it left", async () => {
  const { pid: supervisor } = await house.status();
  process.kill(supervisor, "SIGKILL");
  await house.launched.exited;
  await house.say("alice_live", "orphan_fan", "!ping");
  await house.replyTo("alice_live", "orphan_fan");
});
