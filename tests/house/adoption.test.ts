import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type Launched, launchSupervisor } from "../../cli/house/launch.ts";
import { systemClock } from "../../shared/clock.ts";
import { findStartTicks } from "../../shared/proc.ts";
import { openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse | undefined;
let next: Launched | undefined;
afterEach(async () => {
  await house?.close();
  await next?.exited;
  house = undefined;
  next = undefined;
});

const NEXT_VIEWER_MS = 300;

/** Viewers ask one after the other, whatever happens, until told to stop; each must have been answered. */
async function chatAllTheTime(open: TrialHouse, channel: string, goOn: () => boolean): Promise<number> {
  const answers: Promise<string>[] = [];
  while (goOn()) {
    const viewer = `fan_${channel.slice(0, 3)}_${answers.length}`;
    await open.say(channel, viewer, "!ping");
    answers.push(open.replyTo(channel, viewer));
    await new Promise<void>((resolve) => {
      systemClock.after(NEXT_VIEWER_MS, resolve);
    });
  }
  await Promise.all(answers);
  return answers.length;
}

const running = (open: TrialHouse) =>
  open.until(
    () => open.status().catch(() => undefined),
    (status) => status?.health === "healthy",
  );

test("a killed supervisor's successor adopts every child, restarts none, and no message is lost", async () => {
  const open = await openTrialHouse();
  house = open;
  const before = await open.status();
  let isOver = false;
  const chatting = ["alice_live", "bob_plays"].map((channel) => chatAllTheTime(open, channel, () => !isOver));
  process.kill(before.pid, "SIGKILL");
  await open.launched.exited;
  next = launchSupervisor(open.home, process.env);
  const after = await running(open);
  isOver = true;
  for (const asked of await Promise.all(chatting)) expect(asked).toBeGreaterThan(0);
  expect(after?.pid).not.toBe(before.pid);
  const shown = (status: typeof before | undefined) =>
    status?.children.map(({ childId, pid, restarts }) => ({ childId, pid, restarts }));
  expect(shown(after)).toEqual(shown(before));

  // The adopted are watched like its own: one that is killed comes back.
  const old = after?.children.find((child) => child.childId === "worker:alice_live")?.pid ?? 0;
  process.kill(old, "SIGKILL");
  await open.until(
    () => open.child("worker:alice_live"),
    (child) => child.state === "running" && child.pid !== old,
  );
  await open.say("alice_live", "after_all", "!ping");
  await open.replyTo("alice_live", "after_all");
});

test("a channel that was stopped on purpose has no process and no marks, over restarts too, until it is started again", async () => {
  const open = await openTrialHouse();
  house = open;
  const marks = () =>
    ["starting", "irc", "eventsub", "ready"].filter((name) =>
      existsSync(join(open.home.pids, `bob_plays.${name}`)),
    );
  expect(marks()).toEqual(["starting", "irc", "eventsub", "ready"]);
  const pidOfAlice = (await open.child("worker:alice_live")).pid;
  expect(await open.order({ do: "stop-channel", channel: "bob_plays" })).toMatchObject({ kind: "done" });
  expect(marks()).toEqual([]);
  const hub = await open.until(open.hubStatus, (one) =>
    one.subscriptions.every((row) => row.channel === "alice_live"),
  );
  expect(hub.health).toBe("healthy");

  const { pid } = await open.status();
  process.kill(pid, "SIGKILL");
  await open.launched.exited;
  next = launchSupervisor(open.home, process.env);
  const status = await running(open);
  expect(status?.children.map((child) => child.childId)).toEqual(["hub", "worker:alice_live"]);
  expect(status?.asleep).toMatchObject([{ channel: "bob_plays", isStopped: true }]);

  expect(await open.order({ do: "start-channel", channel: "bob_plays" })).toMatchObject({ kind: "done" });
  await running(open);
  await open.say("bob_plays", "welcome_back", "!ping");
  await open.replyTo("bob_plays", "welcome_back");
  expect((await open.child("worker:alice_live")).pid).toBe(pidOfAlice);
});

test("a channel can be restarted, added and removed while the others go on", async () => {
  const open = await openTrialHouse();
  house = open;
  const pids = async () =>
    new Map((await open.status()).children.map((child) => [child.childId as string, child.pid]));
  const before = await pids();
  const restarted = await open.order({ do: "restart-channel", channel: "bob_plays" });
  expect(restarted).toMatchObject({ kind: "done" });
  const after = await pids();
  expect(after.get("worker:bob_plays")).toBe(restarted.kind === "done" ? restarted.pid : undefined);
  expect(after.get("worker:bob_plays")).not.toBe(before.get("worker:bob_plays"));

  expect(await open.order({ do: "add-channel", channel: "mila_92" })).toMatchObject({ kind: "done" });
  await running(open);
  await open.say("mila_92", "first_guest", "!ping");
  await open.replyTo("mila_92", "first_guest");
  await open.sim.order("/channels/mila_92/online", { title: "Mila is here" });
  await open.heard((line) => String(line.text).includes("Mila is here"));

  expect(await open.order({ do: "remove-channel", channel: "alice_live" })).toMatchObject({
    kind: "refused",
    because: expect.stringContaining("config.yaml"),
  });
  expect(await open.order({ do: "remove-channel", channel: "nobody" })).toMatchObject({
    kind: "refused",
    because: expect.stringContaining("alice_live, bob_plays, mila_92"),
  });
  expect(await open.order({ do: "remove-channel", channel: "mila_92" })).toMatchObject({ kind: "done" });
  expect((await pids()).get("worker:alice_live")).toBe(before.get("worker:alice_live"));
  expect((await pids()).get("hub")).toBe(before.get("hub"));
});

test("children whose supervisor is gone for too long stop by themselves, cleanly", async () => {
  const open = await openTrialHouse({ limits: { orphan_seconds: 1 } });
  house = open;
  const { pid, children } = await open.status();
  process.kill(pid, "SIGKILL");
  await open.launched.exited;
  const alive = () =>
    children.filter((child) => child.pid !== undefined && findStartTicks(child.pid) !== undefined);
  expect(alive()).toHaveLength(3);
  await open.until(
    async () => alive().length,
    (count) => count === 0,
  );
  for (const log of ["hub.log", "broadcast/alice_live/instance.log"]) {
    expect(open.log(log).some((line) => line.because === "no supervisor for too long")).toBe(true);
  }
});
