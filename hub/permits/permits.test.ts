import { beforeEach, describe, expect, test } from "vitest";
import type { PermitWish } from "../../shared/ipc/permit-words.ts";
import { type FakeClock, makeFakeClock } from "../../tests/support/fake-clock.ts";
import { CHANNELS_JOINED_MAX } from "./joined-channels.ts";
import { LAST_WORDS_MS, SLACK_MS } from "./limits.ts";
import type { JournalLine, Restored } from "./permit-journal.ts";
import { makePermits, type Newcomer, type PermitLink, type Permits } from "./permits.ts";

const UP_MS = 1_000_000;
const NOTHING: Restored = { lines: [], hubGoneAt: undefined, wasHouseEmpty: false, isOtherBoot: false };

let clock: FakeClock;
let permits: Permits;
let written: JournalLine[];
let number = 0;

function open(restored: Partial<Restored> = {}, channels: readonly string[] = ["a", "b"], upMs = UP_MS) {
  clock = makeFakeClock();
  written = [];
  permits = makePermits({
    isVerified: false,
    epoch: "epoch-12345",
    channels,
    machine: { bootId: "boot", upMs: () => upMs + clock.now() },
    journal: {
      restored: { ...NOTHING, ...restored },
      write: (line) => written.push(line),
      note: () => {},
      close: () => {},
    },
    clock,
  });
}
beforeEach(() => open());

type Word = Parameters<PermitLink["send"]>[0];
function come(channel: string, more: Partial<Newcomer> = {}) {
  const heard: Word[] = [];
  const link: PermitLink = {
    send(word) {
      heard.push(word);
      return "sent";
    },
  };
  permits.greet(channel, link, { spawnId: channel, weight: 1, uses: [], isFresh: true, ...more });
  return {
    link,
    heard,
    granted: () => heard.filter((word) => word.kind === "permit"),
    wish(more: Partial<PermitWish> = {}) {
      number += 1;
      const wish: PermitWish = {
        kind: "permit-wish",
        wants: "send",
        number,
        lane: "command",
        asViewer: false,
        withinMs: 10_000,
        isAhead: false,
        uses: [],
        ...more,
      };
      permits.hear(channel, link, wish);
      return number;
    },
    leave: () => permits.left(channel, link),
  };
}
const counted = () => permits.state().lines.send.counted;

test("a wish is granted at once while there is room, and written down before anybody hears of it", () => {
  const a = come("a");
  expect(a.heard).toMatchObject([{ kind: "permits-open" }]);
  const asked = a.wish();
  expect(a.granted()).toMatchObject([{ number: asked, waitedMs: 0, goodForMs: 10_000, asViewer: false }]);
  const [grant] = a.granted();
  expect(written.at(-1)).toMatchObject({ is: "granted", name: grant?.grant, until: UP_MS + 10_000 });
  expect(counted()).toBe(grant?.count);
});

test("logins wait in line and are told how long it will take", async () => {
  const a = come("a");
  for (let n = 0; n < 20; n += 1) come(`c${n}`).wish({ wants: "auth", asViewer: true });
  a.wish({ wants: "auth", asViewer: true, withinMs: 600_000 });
  expect(a.heard.at(-1)).toEqual({ kind: "permit-queued", wants: "auth", number, expectedMs: 35_500 });
  await clock.advance(35_500);
  expect(a.granted()).toMatchObject([{ wants: "auth", count: 1, waitedMs: 35_500 }]);
});

test("a wish that can't be met in time is refused at once; a new wish takes the place of the old", async () => {
  const a = come("a");
  for (let n = 0; n < 12; n += 1) {
    a.wish({ asViewer: true });
    const { grant = "" } = a.granted().at(-1) ?? {};
    permits.hear("a", a.link, {
      kind: "permits-used",
      uses: [{ grant, wants: "send", usedAgoMs: [0], left: 0 }],
    });
    await clock.advance(1_000);
  }
  come("b");
  // It leaves some to more urgent words and to the other channel: the first of its uses leaves in 18.5 s.
  for (const withinMs of [5_000, 15_000]) a.wish({ asViewer: true, lane: "model", withinMs });
  expect(a.heard.filter((word) => word.kind === "permit-refused")).toMatchObject([
    { because: "crowded" },
    { because: "crowded" },
  ]);
  a.wish({ asViewer: true, lane: "model", withinMs: 60_000 });
  const later = a.wish({ asViewer: true, lane: "model", withinMs: 50_000 });
  expect(permits.state().lines.send.waiting).toHaveLength(1);
  await clock.advance(40_000);
  expect(a.granted().at(-1)).toMatchObject({ number: later });
  expect(permits.state().lines.send.waiting).toEqual([]);
});

test("leases are called back, once, when somebody has to wait", () => {
  const channels = ["a", "b", "c", "d"];
  open({}, channels);
  const [a, ...others] = channels.map((channel) => come(channel));
  a?.wish({ asViewer: true });
  expect(a?.granted()[0]?.count).toBeGreaterThan(1);
  const wants = { asViewer: true, lane: "model" } as const;
  for (const other of others) for (let n = 0; n < 6; n += 1) other.wish(wants);
  const recalls = () => a?.heard.filter(({ kind }) => kind === "permits-recalled") ?? [];
  expect(recalls()).toHaveLength(1);
  const before = permits.state().lines.send.waiting.length;
  expect(before).toBeGreaterThan(0);
  const uses = (a?.granted() ?? []).map(({ grant }) => ({
    grant,
    wants: "send" as const,
    usedAgoMs: [0],
    left: 0,
  }));
  if (a) permits.hear("a", a.link, { kind: "permits-used", uses });
  expect(permits.state().lines.send.waiting.length).toBeLessThan(before);
});

test("where the bot is a viewer a channel's words keep a second apart, over its worker's death", async () => {
  const first = come("a");
  first.wish({ asViewer: true });
  first.leave();
  const next = come("a", { spawnId: "other" });
  next.wish({ asViewer: true });
  expect(next.granted()).toEqual([]);
  await clock.advance(1_000);
  expect(next.granted()).toHaveLength(1);
});

test("a worker that left is granted nothing, and what it held counts on", async () => {
  const a = come("a");
  a.wish();
  const held = counted();
  a.leave();
  a.wish();
  expect(a.granted()).toHaveLength(1);
  await clock.advance(40_000);
  expect(counted()).toBe(held);
  await clock.advance(1_000);
  expect(counted()).toBe(0);
});

test("a viewer's lease that died with its worker binds nobody to the viewers' limit once there is a successor", async () => {
  const a = come("a");
  a.wish({ asViewer: true });
  expect(a.granted()[0]?.count).toBeGreaterThan(1);
  const b = come("b");
  for (let count = 0; count < 20; count += 1) b.wish();
  const heldBack = b.granted().length;
  // As many as viewers may say, for everybody.
  b.wish();
  expect(b.granted()).toHaveLength(heldBack);
  a.leave();
  await clock.advance(500);
  expect(b.granted()).toHaveLength(heldBack);
  come("a", { spawnId: "successor" });
  await clock.advance(LAST_WORDS_MS + SLACK_MS);
  expect(b.granted().length).toBeGreaterThan(heldBack);
});

test("while a viewer's message is slow on its way no other channel passes the viewers' limit", async () => {
  const [viewer, mod] = [come("a"), come("b")];
  viewer.wish({ asViewer: true });
  const answered = permits.posts("a");
  const uses = viewer
    .granted()
    .map(({ grant }) => ({ grant, wants: "send" as const, usedAgoMs: [], left: 1 }));
  permits.hear("a", viewer.link, { kind: "permits-used", uses });
  await clock.advance(12_000);
  for (let count = 0; count < 40; count += 1) mod.wish();
  expect(counted()).toBeLessThanOrEqual(20);
  mod.wish({ withinMs: 30_000 });
  const heldBack = mod.granted().length;
  answered();
  await clock.advance(SLACK_MS);
  expect(mod.granted().length).toBeGreaterThan(heldBack);
});

test("a worker that comes over a new link is heard there only, but what it says of the past counts", () => {
  const old = come("a");
  old.wish();
  const [grant] = old.granted();
  const again = come("a", { isFresh: false });
  old.leave();
  again.wish();
  expect(again.granted()).toHaveLength(1);
  const before = counted();
  permits.hear("a", old.link, {
    kind: "permits-used",
    uses: [{ grant: grant?.grant ?? "", wants: "send", usedAgoMs: [0], left: 0 }],
  });
  expect(counted()).toBe(before - (grant?.count ?? 0) + 1);
});

test("a join into one channel too many is refused with the reason", () => {
  for (let n = 0; n < CHANNELS_JOINED_MAX; n += 1) {
    const { link } = come(`c${n}`);
    permits.hear(`c${n}`, link, { kind: "chat-place", isJoined: true, standing: "viewer" });
  }
  const a = come("a");
  permits.hear("a", a.link, { kind: "chat-place", isJoined: false, standing: "viewer" });
  a.wish({ wants: "join", asViewer: true });
  expect(a.heard.at(-1)).toMatchObject({
    kind: "permit-refused",
    because: "too-many-channels",
    detail: expect.stringContaining("make it a moderator in a"),
  });
  expect(permits.state().joined).toEqual({ counted: 100, free: 0, max: 100, refused: ["a"] });
});

describe("a hub that follows another", () => {
  const granted = (name: string, count: number, untilUp: number): JournalLine => ({
    is: "granted",
    kind: "send",
    name,
    channel: "a",
    count,
    asViewer: false,
    until: untilUp,
  });
  const lines = [granted("g1", 20, UP_MS + 5_000), granted("g2", 1, UP_MS - 1_000)] as Restored["lines"];

  test("counts what it granted, as its workers tell it", async () => {
    open({ lines, hubGoneAt: UP_MS - 800 });
    expect(counted()).toBe(21);
    come("a", { isFresh: false, uses: [{ grant: "g1", wants: "send", usedAgoMs: [10_000], left: 2 }] });
    expect(counted()).toBe(4);
    await clock.advance(20_600);
    expect(counted()).toBe(3);
  });

  test("after a long time lets nobody speak until all have told what they did on their own", async () => {
    open({ hubGoneAt: UP_MS - 60_000 });
    const a = come("a", {
      isFresh: false,
      uses: [{ grant: "own-1", wants: "send", usedAgoMs: [2_000], left: 0 }],
    });
    a.wish();
    expect(a.granted()).toEqual([]);
    await clock.advance(200);
    come("b", { isFresh: false });
    expect(a.granted()).toHaveLength(1);
  });

  test("waits for nobody longer than it takes to find this hub", async () => {
    open({ hubGoneAt: UP_MS - 60_000 });
    const a = come("a", { isFresh: false });
    a.wish({ withinMs: 60_000 });
    await clock.advance(10_000);
    // Who did not come may have spoken until then, and as a viewer: that is over when it has reached Twitch.
    expect(counted()).toBe(20);
  });

  test("goes on at once when the house was empty, or the last hub went just now", () => {
    for (const restored of [
      { hubGoneAt: UP_MS - 60_000, wasHouseEmpty: true },
      { hubGoneAt: UP_MS - 2_000 },
      {},
    ]) {
      open(restored);
      const a = come("a");
      a.wish();
      expect(a.granted()).toHaveLength(1);
    }
  });

  test("on a machine that was just started waits until nothing from before can count", async () => {
    open({ isOtherBoot: true }, ["a"], 12_000);
    const a = come("a");
    a.wish({ withinMs: 60_000 });
    await clock.advance(18_400);
    expect(a.granted()).toEqual([]);
    await clock.advance(700);
    expect(a.granted()).toHaveLength(1);
  });
});

test("stopped, it grants nothing any more and says who was there", () => {
  const a = come("a");
  permits.stop();
  a.wish();
  expect(a.granted()).toEqual([]);
  expect(written.at(-1)).toMatchObject({ is: "left", workers: 1 });
  expect(clock.pending()).toBe(0);
});
