/** The worker's side of the hub-worker conversation, against a hub of a few lines on a real socket. */
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../shared/clock.ts";
import { ChannelId, ChildId, Login, UserId } from "../../shared/ids.ts";
import {
  HUB_WORKER_VERSION,
  type HubEvent,
  type HubToWorker,
  WorkerToHub,
} from "../../shared/ipc/hub-worker.ts";
import { type HubDesk, startHubDesk } from "../../worker/hub-desk.ts";
import { makePermitDesk, type PermitDesk } from "../../worker/permits/permit-desk.ts";
import { makeTestLog } from "../support/test-log.ts";
import { openTestPeer } from "../support/test-peer.ts";

const welcome = (epoch: string): HubToWorker => ({
  kind: "welcome",
  version: HUB_WORKER_VERSION,
  epoch,
  channelId: v.parse(ChannelId, "100"),
  channelName: "Streamer",
  bot: { userId: v.parse(UserId, "900"), login: v.parse(Login, "kissbot") },
});
const event = (seq: number, id = `id-${seq}`): HubEvent => ({
  kind: "event",
  seq,
  id,
  at: "2026-01-01T00:00:00Z",
  body: { topic: "stream.offline", broadcasterLogin: "streamer", broadcasterName: "Streamer" },
});

let hub: Awaited<ReturnType<typeof openTestPeer<WorkerToHub, HubToWorker>>>;
let desk: HubDesk;
let troubles: string[];
let permits: PermitDesk;
let testLog: ReturnType<typeof makeTestLog>;

beforeEach(async () => {
  hub = await openTestPeer<WorkerToHub, HubToWorker>(WorkerToHub);
  hub.onHear((message, link) => {
    if (message.kind === "hello") link.send(welcome("a"));
  });
  troubles = [];
  testLog = makeTestLog();
  permits = makePermitDesk({
    spawnId: "s",
    weight: 2,
    clock: systemClock,
    send: (message) => desk.send(message),
  });
  desk = startHubDesk({
    path: hub.path,
    papers: {
      childId: v.parse(ChildId, "worker:streamer"),
      spawnId: "s",
      credential: "c",
      channel: v.parse(Login, "streamer"),
    },
    permits: permits.hubSide,
    clock: systemClock,
    random: () => 0,
    log: testLog.log,
    onTrouble: (code, detail) => troubles.push(`${code}: ${detail}`),
  });
});
afterEach(async () => {
  permits.stop();
  desk.stop();
  await hub.close();
});

test("says who it is, and after each welcome the whole wish; hears when that is settled", async () => {
  const settled = Promise.withResolvers<void>();
  const first = hub.next("want-topics");
  desk.wantTopics(["stream.online", "stream.offline"], settled.resolve);
  expect((await first).topics).toEqual(["stream.online", "stream.offline"]);
  expect(hub.heard[0]).toMatchObject({ kind: "hello", childId: "worker:streamer", channel: "streamer" });
  expect(hub.heard[0]).not.toHaveProperty("resumeAfter");
  expect(desk.welcome()).toMatchObject({ channelId: "100" });

  const second = hub.next("want-topics");
  hub.cut();
  expect((await second).topics).toEqual(["stream.online", "stream.offline"]);
  hub.say({ kind: "topics-settled" });
  await settled.promise;
});

test("acknowledges an event when it has been dealt with, in order, and resumes after it", async () => {
  await desk.firstWelcome;
  const finish = new Map<number, () => void>();
  const taken: number[] = [];
  const allTaken = Promise.withResolvers<void>();
  desk.takeEvents(
    ({ seq }) =>
      new Promise((resolve) => {
        finish.set(seq, () => resolve("dealt-with"));
        if (taken.push(seq) === 3) allTaken.resolve();
      }),
  );
  for (const seq of [1, 2, 3]) hub.say(event(seq));
  await allTaken.promise;
  const acknowledged = hub.next("event-received");
  finish.get(2)?.();
  finish.get(1)?.();
  expect((await acknowledged).seq).toBe(2);

  // The hub repeats what was not acknowledged: what is still in hand is not begun again.
  hub.onHear((message, link) => {
    if (message.kind !== "hello") return;
    link.send(welcome("a"));
    link.send(event(3));
    link.send(event(4));
  });
  const hello = hub.next("hello");
  const last = hub.next("event-received", ({ seq }) => seq === 4);
  hub.cut();
  expect((await hello).resumeAfter).toEqual({ epoch: "a", seq: 2 });
  await expect.poll(() => taken).toEqual([1, 2, 3, 4]);
  finish.get(3)?.();
  finish.get(4)?.();
  expect((await last).seq).toBe(4);
});

test("events that come before anybody takes them are kept", async () => {
  await desk.firstWelcome;
  const isHeard = hub.next("request");
  hub.say(event(1));
  void desk.ask({ about: "channel" }, 50);
  await isHeard;
  const acknowledged = hub.next("event-received");
  desk.takeEvents(async () => "dealt-with");
  expect((await acknowledged).seq).toBe(1);
});

test("a new epoch starts its numbers anew, and hears nothing of the old ones", async () => {
  await desk.firstWelcome;
  const finish: (() => void)[] = [];
  const ids: string[] = [];
  desk.takeEvents(({ id }) => {
    ids.push(id);
    return new Promise((resolve) => finish.push(() => resolve("dealt-with")));
  });
  hub.say(event(7, "old"));
  await expect.poll(() => ids).toEqual(["old"]);
  hub.onHear((message, link) => {
    if (message.kind !== "hello") return;
    link.send(welcome("b"));
    link.send(event(1, "new"));
  });
  const acknowledged = hub.next("event-received");
  hub.cut();
  await expect.poll(() => ids).toEqual(["old", "new"]);
  finish[0]?.();
  finish[1]?.();
  expect((await acknowledged).seq).toBe(1);
  expect(hub.heard.filter(({ kind }) => kind === "event-received")).toHaveLength(1);
});

test("a restarted hub's repetitions are acknowledged, and not begun again", async () => {
  await desk.firstWelcome;
  const finish = new Map<string, () => void>();
  const ids: string[] = [];
  desk.takeEvents(({ id }) => {
    ids.push(id);
    if (id !== "in-hand") return Promise.resolve("dealt-with");
    return new Promise((resolve) => finish.set(id, () => resolve("dealt-with")));
  });
  const first = hub.next("event-received");
  hub.say(event(7, "done"));
  hub.say(event(8, "in-hand"));
  expect((await first).seq).toBe(7);
  hub.onHear((message, link) => {
    if (message.kind !== "hello") return;
    link.send(welcome("b"));
    for (const [seq, id] of [
      [1, "done"],
      [2, "in-hand"],
      [3, "new"],
    ] as const)
      link.send(event(seq, id));
  });
  const second = hub.next("event-received");
  const last = hub.next("event-received", ({ seq }) => seq === 3);
  hub.cut();
  expect((await second).seq).toBe(1);
  await expect.poll(() => ids).toEqual(["done", "in-hand", "new"]);
  finish.get("in-hand")?.();
  await last;
  expect(ids).toHaveLength(3);
});

test("a gap is acknowledged, so that the hub need not tell it again", async () => {
  await desk.firstWelcome;
  const acknowledged = hub.next("event-received");
  hub.say({ kind: "gap", fromSeq: 1, toSeq: 9 });
  expect((await acknowledged).seq).toBe(9);
});

test("a gap and a refused topic are told to the operator", async () => {
  await desk.firstWelcome;
  hub.say({ kind: "gap", fromSeq: 3, toSeq: 9 });
  hub.say({ kind: "topic-refused", topic: "stream.online", code: "cost-exceeded", detail: "max_total_cost" });
  await expect
    .poll(() => troubles)
    .toEqual(["events-lost: events 3 to 9 are lost", "topic-cost-exceeded: stream.online: max_total_cost"]);
  expect(testLog.lines.filter(({ level }) => level === "warn")).toHaveLength(2);
});

test("a question ends in a reply, a refusal, or away: too late or nobody there", async () => {
  await desk.firstWelcome;
  let isFirst = true;
  hub.onHear((message, link) => {
    if (message.kind === "hello") link.send(welcome("a"));
    if (message.kind !== "request") return;
    const { id, question } = message;
    if (question.about === "chat-token") {
      link.send({ kind: "request-failed", id, code: "needs-reauth", detail: "refresh token revoked" });
    } else if (isFirst) {
      isFirst = false;
      link.send({
        kind: "response",
        id,
        reply: { about: "channel", title: "one", categoryId: "1", categoryName: "" },
      });
    }
  });
  expect(await desk.ask({ about: "channel" }, 1_000)).toEqual({
    is: "answered",
    reply: { about: "channel", title: "one", categoryId: "1", categoryName: "" },
  });
  expect(await desk.ask({ about: "chat-token", rejected: "f" }, 1_000)).toEqual({
    is: "refused",
    code: "needs-reauth",
    detail: "refresh token revoked",
  });
  expect(await desk.ask({ about: "channel" }, 20)).toMatchObject({ is: "away" });
  const asked = desk.ask({ about: "channel" }, 60_000);
  await hub.goAway();
  expect(await asked).toMatchObject({ is: "away" });
  expect(await desk.ask({ about: "channel" }, 60_000)).toMatchObject({ is: "away" });
  await hub.comeBack();
  await expect.poll(() => desk.isOpen(), { timeout: 5_000 }).toBe(true);
});

test("being turned away at the door is told to the operator", async () => {
  await desk.firstWelcome;
  hub.onHear((message, link) => {
    if (message.kind === "hello") link.close("Twitch has no account named streamer");
  });
  hub.cut();
  await expect.poll(() => troubles).toEqual(["hub-refused: Twitch has no account named streamer"]);
});

test("tells each hub what it used and still holds, whichever granted it", async () => {
  await desk.firstWelcome;
  expect(hub.heard[0]).toMatchObject({ kind: "hello", uses: [], isFresh: true, weight: 2 });
  const shares = { count: 1, windowMs: 1_000, afterMs: 1_000 };
  const wish = hub.next("permit-wish");
  hub.say({ kind: "permits-open", shares: { auth: shares, join: shares, send: shares } });
  permits.wish("send", { lane: "event", asViewer: true, deadlineAt: systemClock.now() + 5_000 });
  const { wants, number, lane, asViewer } = await wish;
  expect({ wants, lane, asViewer }).toEqual({ wants: "send", lane: "event", asViewer: true });
  const granted = new Promise<void>((resolve) =>
    permits.listen("send", { ready: () => resolve(), refused: () => {} }),
  );
  const permit = { wants, number, asViewer, waitedMs: 0, goodForMs: 60_000 } as const;
  hub.say({ kind: "permit", grant: "old-1", count: 3, ...permit });
  await granted;
  permits.take("send", true)?.used();

  const hello = hub.next("hello");
  hub.cut();
  expect(await hello).toMatchObject({
    uses: [{ grant: "old-1", wants: "send", usedAgoMs: [expect.any(Number)], left: 2 }],
    isFresh: false,
  });
});

test("an event that was left undone is not acknowledged, nor is what came after it", async () => {
  await desk.firstWelcome;
  const taken: number[] = [];
  desk.takeEvents(async ({ seq }) => {
    taken.push(seq);
    return seq === 2 ? "left-undone" : "dealt-with";
  });
  const acknowledged = hub.next("event-received");
  for (const seq of [1, 2, 3]) hub.say(event(seq));
  expect((await acknowledged).seq).toBe(1);
  await expect.poll(() => taken).toEqual([1, 2, 3]);
  const hello = hub.next("hello");
  hub.cut();
  expect((await hello).resumeAfter).toEqual({ epoch: "a", seq: 1 });
});

test("events are held back while the worker stops", async () => {
  await desk.firstWelcome;
  const taken: string[] = [];
  desk.takeEvents(async ({ id }) => {
    taken.push(id);
    return "dealt-with";
  });
  desk.holdEvents();
  const isHeard = hub.next("request");
  hub.say(event(1));
  void desk.ask({ about: "channel" }, 50);
  await isHeard;
  expect(taken).toEqual([]);
  expect(hub.heard.some(({ kind }) => kind === "event-received")).toBe(false);
});
