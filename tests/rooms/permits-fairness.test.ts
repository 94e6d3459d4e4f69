/** Who speaks first when not all can: the real permits and send desks, and time that a test turns. */
import { afterEach, expect, test } from "vitest";
import type { Lane, Standing } from "../../shared/ipc/permit-words.ts";
import { makeRandom } from "../../sim/random.ts";
import type { Delivery } from "../../worker/output.ts";
import { openPermitTown } from "../support/permit-town.ts";

type Town = ReturnType<typeof openPermitTown>;
let town: Town | undefined;
afterEach(() => {
  town?.close();
  town = undefined;
});

function open(channels: readonly { readonly standing: Standing; readonly weight?: number }[]): Town {
  town = openPermitTown({
    isVerified: false,
    channels,
    random: makeRandom(7).fraction,
    ipcMs: 0.5,
    jitterMs: 5,
  });
  return town;
}
const same = (count: number, standing: Standing) => Array.from({ length: count }, () => ({ standing }));

interface Asked {
  readonly from: number;
  readonly askedAt: number;
  end?: Delivery["is"];
  because?: string | undefined;
  endedAt?: number;
}
function ask(of: Town, from: number, lane: Lane = "command", forMs = 10_000): Asked {
  const asked: Asked = { from, askedAt: of.time.now() };
  void of.workers[from]?.send("Pong!", lane, forMs).then((delivery) => {
    asked.end = delivery.is;
    asked.because = delivery.is === "dropped" ? delivery.because : undefined;
    asked.endedAt = of.time.now();
  });
  return asked;
}
const run = (of: Town, forMs: number) => of.time.run(of.time.now() + forMs);
const acceptedIn = (of: Town, from: number) =>
  of.twitch.counted.send.filter(({ channel }) => channel === from).length;

test.each<Standing>(["viewer", "moderator"])(
  "one channel floods (as %s), another's single command is answered as if nothing were",
  async (standing) => {
    const of = open(same(5, standing));
    await run(of, 1_000);
    const flood = Array.from({ length: 50 }, () => ask(of, 0));
    await run(of, 25_000);
    for (let n = 0; n < 40; n += 1) flood.push(ask(of, 0));
    await run(of, 500);
    const single = ask(of, 1);
    await run(of, 50);
    expect(single.end).toBe("accepted");
    await run(of, 15_000);
    // Those of the flood that could not be said in time have their end, too.
    expect(flood.filter(({ end }) => end === undefined)).toEqual([]);
    expect(of.twitch.refused).toEqual([]);
  },
);

test("when all channels flood each gets its part, by its weight", async () => {
  const of = open([{ standing: "moderator", weight: 3 }, ...same(3, "moderator")]);
  await run(of, 1_000);
  for (let second = 0; second < 120; second += 1) {
    for (let channel = 0; channel < 4; channel += 1) for (let n = 0; n < 4; n += 1) ask(of, channel);
    await run(of, 1_000);
  }
  const [heavy = 0, ...others] = [0, 1, 2, 3].map((channel) => acceptedIn(of, channel));
  const all = heavy + others.reduce((sum, one) => sum + one, 0);
  // A hundred in 30 s, less what stays free for more urgent words and for those who have had less.
  expect(all).toBeGreaterThan(280);
  for (const one of others) {
    expect(one / all).toBeGreaterThan(0.13);
    expect(one / all).toBeLessThan(0.2);
  }
  expect(heavy / all).toBeGreaterThan(0.42);
  expect(of.twitch.refused).toEqual([]);
});

test("lanes: in a crowd moderation goes first, and a command before what a timer says", async () => {
  const of = open(same(2, "viewer"));
  await run(of, 1_000);
  // Both channels have used up what there is.
  const crowd = [0, 1].flatMap((channel) =>
    Array.from({ length: 30 }, () => ask(of, channel, "timer", 120_000)),
  );
  await run(of, 20_000);
  const moderation = ask(of, 0, "moderation", 60_000);
  const command = ask(of, 1, "command", 60_000);
  const timersBefore = crowd.filter(({ end }) => end === "accepted").length;
  await run(of, 60_000);
  const timersAfter = crowd.filter(
    ({ endedAt, end }) => end === "accepted" && (endedAt ?? 0) > moderation.askedAt,
  );
  expect(timersBefore).toBeGreaterThan(5);
  expect(moderation.end).toBe("accepted");
  expect(command.end).toBe("accepted");
  const firstTimer = Math.min(...timersAfter.map(({ endedAt }) => endedAt ?? 0));
  expect(moderation.endedAt).toBeLessThan(firstTimer);
  expect(command.endedAt).toBeLessThan(firstTimer);
  expect(of.twitch.refused).toEqual([]);
});

test("a command that can't be answered in time is told so long before its time is over", async () => {
  const of = open(same(1, "viewer"));
  await run(of, 1_000);
  for (let n = 0; n < 19; n += 1) {
    ask(of, 0);
    await run(of, 1_200);
  }
  // The account has had its 19 within 23 s: the first leaves the window in 7 s.
  const late = ask(of, 0, "command", 5_000);
  await run(of, 1_300);
  expect(late).toMatchObject({ end: "dropped", because: "crowded" });
  const inTime = ask(of, 0, "command", 10_000);
  await run(of, 10_000);
  expect(inTime.end).toBe("accepted");
});

test("a channel where the bot is a viewer gets its answer in spite of a flood where it moderates", async () => {
  const of = open([{ standing: "viewer" }, ...same(3, "moderator")]);
  await run(of, 1_000);
  // One moderated channel has had its quarter: too many for a viewer, but the first leave soon.
  for (let n = 0; n < 26; n += 1) {
    ask(of, 1);
    await run(of, 450);
  }
  await run(of, 14_000);
  const single = ask(of, 0);
  await run(of, 10);
  const flood = Array.from({ length: 40 }, () => ask(of, 1));
  await run(of, 10_000);
  expect(single.end).toBe("accepted");
  await run(of, 30_000);
  expect(flood.every(({ end }) => end !== undefined)).toBe(true);
  expect(of.twitch.refused).toEqual([]);
});

test("an asker that gave up takes nothing from anybody", async () => {
  const of = open(same(2, "viewer"));
  await run(of, 1_000);
  for (let n = 0; n < 20; n += 1) {
    for (const channel of [0, 1]) ask(of, channel, "timer", 30_000);
    await run(of, 1_200);
  }
  const { lines } = of.hub().state();
  const askedFor = ask(of, 0, "command", 3_000);
  await run(of, 4_000);
  expect(askedFor.end).not.toBe(undefined);
  await run(of, 60_000);
  const after = of.hub().state().lines.send;
  // Every permit that was granted was used: none went to somebody who no longer wanted it.
  expect(after.waiting).toEqual([]);
  expect(after.counted).toBe(0);
  expect(lines.send.asked).toBeGreaterThan(0);
});

test("at ordinary load hardly any message needs a question, and none waits for one twice", async () => {
  const of = open(same(10, "moderator"));
  await run(of, 15_000);
  const before = of.hub().state().lines.send.asked;
  const asked: Asked[] = [];
  // Three commands a second over ten channels: what Twitch allows a moderator in the long run.
  for (let n = 0; n < 90; n += 1) {
    asked.push(ask(of, n % 10));
    await run(of, 333);
  }
  await run(of, 1_000);
  const { lines } = of.hub().state();
  expect(asked.every(({ end }) => end === "accepted")).toBe(true);
  expect(Math.max(...asked.map(({ askedAt, endedAt }) => (endedAt ?? 0) - askedAt))).toBeLessThan(20);
  // Questions of which a message waited for the answer.
  expect((lines.send.asked - before) / asked.length).toBeLessThan(0.6);
});

test("a hub that was killed in a busy house is followed by one that goes on at once", async () => {
  const of = open(same(4, "moderator"));
  await run(of, 15_000);
  const talk = (count: number) => Array.from({ length: count }, (_, n) => ask(of, n % 4));
  const before = talk(20);
  await run(of, 2_000);
  of.killHub();
  const meanwhile = talk(4);
  await run(of, 700);
  of.startHub();
  await run(of, 6_000);
  const after = talk(20);
  await run(of, 200);
  expect([...before, ...meanwhile, ...after].filter(({ end }) => end !== "accepted")).toEqual([]);
  expect(of.twitch.refused).toEqual([]);
});

test("without a hub for long each worker speaks on its own share, and a hub that comes hears of it", async () => {
  const of = open(same(4, "viewer"));
  await run(of, 15_000);
  of.killHub();
  await run(of, 50_000);
  const own = [0, 1, 2, 3].flatMap((channel) => Array.from({ length: 8 }, () => ask(of, channel)));
  await run(of, 12_000);
  // Twenty among four.
  expect(own.filter(({ end }) => end === "accepted")).toHaveLength(20);
  of.startHub();
  await run(of, 9_000);
  expect(of.hub().state().lines.send.counted).toBe(20);
  expect(of.twitch.refused).toEqual([]);
});
