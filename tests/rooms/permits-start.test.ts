/** Mass starts and rows of deaths: the real permits, fifty workers' desks, and time that a test turns. */
import { afterEach, expect, test } from "vitest";
import { makeRandom } from "../../sim/random.ts";
import { openPermitTown } from "../support/permit-town.ts";

type Town = ReturnType<typeof openPermitTown>;
let town: Town | undefined;
afterEach(() => {
  town?.close();
  town = undefined;
});

function open(workers: number, isVerified: boolean): Town {
  town = openPermitTown({
    isVerified,
    channels: Array.from({ length: workers }, () => ({ standing: "moderator" as const })),
    random: makeRandom(7).fraction,
    ipcMs: 1,
    jitterMs: 20,
  });
  return town;
}
const run = (of: Town, forMs: number) => of.time.run(of.time.now() + forMs);
const countsOf = ({ twitch }: Town) => [twitch.counted.auth.length, twitch.counted.join.length];

const WORKERS = 50;

test("fifty workers log in and join at Twitch's pace, and no slower than it allows", async () => {
  const of = open(WORKERS, false);
  await run(of, 1_000);
  for (const worker of of.workers) worker.logIn("auth");
  for (const worker of of.workers) worker.logIn("join");
  await run(of, 9_000);
  expect(countsOf(of)).toEqual([20, 20]);
  await run(of, 20_000);
  expect(countsOf(of)).toEqual([WORKERS, WORKERS]);
  expect(of.twitch.refused).toEqual([]);
});

test("and so they do when the hub that counted them is killed in the middle", async () => {
  const of = open(WORKERS, false);
  await run(of, 1_000);
  for (const worker of of.workers) worker.logIn("auth");
  await run(of, 12_000);
  of.killHub();
  await run(of, 300);
  of.startHub();
  await run(of, 90_000);
  expect(of.twitch.counted.auth.length).toBe(WORKERS);
  expect(of.twitch.refused).toEqual([]);
});

/** Longer than any worker's rest before it dials again, shorter than a hub's first sign of life used to take. */
const HUB_LIVES_MS = 7_000;

test("after a row of hubs that lived for seconds, and the death of a worker, everybody is answered at once", async () => {
  const of = open(2, true);
  await run(of, HUB_LIVES_MS);
  for (let death = 0; death < 10; death += 1) {
    of.killHub();
    if (death === 9) of.killWorker(1);
    await run(of, 300);
    of.startHub();
    if (death === 9) of.startWorker(1);
    await run(of, HUB_LIVES_MS);
  }
  const answers = of.workers.map((worker) => worker.send("Pong!", "command", 10_000));
  await run(of, 200);
  expect(await Promise.all(answers)).toMatchObject([{ is: "accepted" }, { is: "accepted" }]);
});
