/** Any combination of workers, hubs, links and deaths: what arrives at Twitch stays within its limits. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { LANES, STANDINGS } from "../../shared/ipc/permit-words.ts";
import { makeRandom } from "../../sim/random.ts";
import { openPermitTown } from "../support/permit-town.ts";

const RUN_MS = 120_000;
/** More are worth their time when the permits change: PERMIT_RUNS=1000 vitest run --project rooms … */
const RUNS = Number(process.env.PERMIT_RUNS ?? 25);
const WITHIN_MS = 60_000 + RUNS * 2_000;

const Trouble = fc.oneof(
  fc.record({ do: fc.constant("kill-hub" as const), forMs: fc.integer({ min: 200, max: 4_000 }) }),
  // Long enough that workers speak on their own shares.
  fc.record({ do: fc.constant("kill-hub" as const), forMs: fc.integer({ min: 30_000, max: 80_000 }) }),
  fc.record({ do: fc.constant("restart-hub" as const), forMs: fc.integer({ min: 200, max: 2_000 }) }),
  fc.record({
    do: fc.constant("kill-worker" as const),
    who: fc.nat(),
    forMs: fc.integer({ min: 300, max: 30_000 }),
  }),
  fc.record({ do: fc.constant("cut-link" as const), who: fc.nat() }),
  fc.record({
    do: fc.constant("freeze-worker" as const),
    who: fc.nat(),
    forMs: fc.integer({ min: 500, max: 30_000 }),
  }),
);
const Talk = fc.record({
  do: fc.constant("talk" as const),
  who: fc.nat(),
  count: fc.integer({ min: 1, max: 60 }),
  overMs: fc.integer({ min: 0, max: 20_000 }),
  lane: fc.constantFrom(...LANES),
});
const LogIn = fc.record({
  do: fc.constant("log-in" as const),
  count: fc.integer({ min: 1, max: 30 }),
  overMs: fc.integer({ min: 0, max: 5_000 }),
});
const Channel = fc.record({
  standing: fc.constantFrom(...STANDINGS),
  speaksBy: fc.constantFrom("irc" as const, "helix" as const),
});
const Happening = fc.record({
  atMs: fc.integer({ min: 0, max: RUN_MS - 20_000 }),
  what: fc.oneof(
    { weight: 5, arbitrary: Talk },
    { weight: 2, arbitrary: LogIn },
    { weight: 4, arbitrary: Trouble },
  ),
});

test.each([[false], [true]])(
  "nothing Twitch would refuse is ever done (verified bot: %s)",
  async (isVerified) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(Channel, { minLength: 1, maxLength: 6 }),
        fc.array(Happening, { maxLength: 30 }),
        // In each channel there is always somebody who asks: the account lives at its limit.
        fc.option(fc.integer({ min: 150, max: 3_000 }), { nil: undefined }),
        // So long without a hub that everybody speaks on its own share.
        fc.option(
          fc.record({
            atMs: fc.integer({ min: 3_000, max: 30_000 }),
            forMs: fc.integer({ min: 42_000, max: 65_000 }),
          }),
          { nil: undefined },
        ),
        fc.record({
          seed: fc.nat(),
          ipcMs: fc.constantFrom(0, 2, 40, 600),
          jitterMs: fc.constantFrom(0, 50, 450),
          helixMs: fc.constantFrom(1_000, 12_000, 40_000),
        }),
        async (channels, happenings, floodEveryMs, outage, { seed, ...ways }) => {
          const random = makeRandom(seed).fraction;
          const town = openPermitTown({
            isVerified,
            channels,
            random,
            ...ways,
          });
          const { time } = town;
          const pick = (who: number) => who % channels.length;
          for (const { atMs, what } of happenings) {
            const at = (laterMs: number, call: () => void) => time.after(atMs + laterMs, call);
            switch (what.do) {
              case "talk":
                for (let n = 0; n < what.count; n += 1)
                  at(random() * what.overMs, () => {
                    void town.workers[pick(what.who)]?.send(`m${n}`, what.lane, 10_000);
                  });
                break;
              case "log-in":
                for (let n = 0; n < what.count; n += 1)
                  at(random() * what.overMs, () =>
                    town.workers[pick(n)]?.logIn(random() < 0.5 ? "auth" : "join"),
                  );
                break;
              case "kill-hub":
                at(0, town.killHub);
                at(what.forMs, town.startHub);
                break;
              case "restart-hub":
                at(0, town.stopHub);
                at(what.forMs, town.startHub);
                break;
              case "kill-worker":
                at(0, () => town.killWorker(pick(what.who)));
                at(what.forMs, () => {
                  town.killWorker(pick(what.who));
                  town.startWorker(pick(what.who));
                });
                break;
              case "freeze-worker":
                at(0, () => town.workers[pick(what.who)]?.freeze(what.forMs));
                break;
              case "cut-link":
                at(0, () => town.workers[pick(what.who)]?.cut());
            }
          }
          if (outage) {
            time.after(outage.atMs, town.killHub);
            time.after(outage.atMs + outage.forMs, town.startHub);
          }
          if (floodEveryMs !== undefined)
            for (let atMs = 0; atMs < RUN_MS; atMs += floodEveryMs)
              time.after(atMs + random() * floodEveryMs, () => {
                for (const worker of town.workers) void worker.send(`f${atMs}`, "command", 10_000);
              });
          await time.run(time.now() + RUN_MS);
          town.close();
          expect(town.twitch.refused).toEqual([]);
        },
      ),
      { numRuns: RUNS, endOnFailure: RUNS > 100 },
    );
  },
  WITHIN_MS,
);
