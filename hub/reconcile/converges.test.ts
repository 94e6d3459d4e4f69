/**
 * The promise of the reconcile loop, against a Twitch that answers whatever it likes for a while: from any state and
 * any order of news, what is wanted is there in the end, nothing else of ours is, and nothing was ever made twice.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { topics } from "../../shared/twitch/topics.ts";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { type Fate, makeFakeEventSub } from "../../tests/support/fake-eventsub.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import { have, want } from "../../tests/support/subscriptions.ts";
import { type Nudge, startReconcileLoop } from "./loop.ts";
import { type Wanted, wantedKey } from "./subscription.ts";

const channel = fc.constantFrom("1", "2", "3", "4");
const topic = fc.constantFrom(...topics.slice(0, 5));

const row = fc.record({
  channel,
  topic,
  carrierId: fc.constantFrom("s0", "ancient", "theirs"),
  status: fc.constantFrom("enabled" as const, "pending" as const, "failed" as const),
});

const fate: fc.Arbitrary<Fate> = fc.oneof(
  fc.constant<Fate>({ is: "away", problem: "503" }),
  fc.constant<Fate>({ is: "lost-answer" }),
  fc.constant<Fate>({ is: "look-again", problem: "409 subscription already exists" }),
  fc.constant<Fate>({ is: "paced", waitMs: 900 }),
  fc.constant<Fate>({ is: "doubtful", code: "cost-exceeded", problem: "429 cost exceeded" }),
  fc.constant<Fate>({ is: "doubtful", code: "refused", problem: "429 number of websocket transports" }),
  fc.constant<Fate>({ is: "hopeless", code: "needs-grant", problem: "403 missing proper authorization" }),
  fc.constant<Fate>({ is: "carrier-gone", problem: "400 session does not exist" }),
);

const happening = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ is: fc.constant("time" as const), ms: fc.integer({ min: 0, max: 3_000 }) }),
  },
  { weight: 3, arbitrary: fc.record({ is: fc.constant("wish" as const), channel, topic }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant("unwish" as const), at: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constant("trouble" as const),
      fates: fc.array(fate, { minLength: 1, maxLength: 4 }),
    }),
  },
  fc.record({ is: fc.constant("away" as const), forMs: fc.integer({ min: 1, max: 5_000 }) }),
  fc.record({ is: fc.constant("revoke" as const), at: fc.nat(20) }),
  fc.record({ is: fc.constant("next-session" as const), isNoticed: fc.boolean() }),
  fc.record({ is: fc.constant("renewal" as const) }),
  fc.record({ is: fc.constant("second-session" as const) }),
  fc.record({ is: fc.constant("resync" as const) }),
  fc.record({
    is: fc.constant("nudge" as const),
    because: fc.constantFrom<Nudge>("want-changed", "carriers-changed", "revoked", "reload"),
  }),
);

test("whatever Twitch answers and whatever happens, it converges and makes nothing twice", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 8 }),
      fc.array(happening, { maxLength: 25 }),
      async (rows, happenings) => {
        const clock = makeFakeClock();
        const twitch = makeFakeEventSub({ capacity: 12 });
        twitch.open("ancient", "s0");
        twitch.open("s0");
        twitch.put(rows.map((one) => have(one.channel, one.topic, one)));
        const theirs = () =>
          twitch.rows().filter((one) => one.carrierId === "theirs" && one.status !== "failed");
        const theirsBefore = theirs();
        let wanted: readonly Wanted[] = [];
        let sessions = 0;
        const loop = startReconcileLoop({
          desk: twitch.desk,
          transport: twitch.transport,
          wanted: () => wanted,
          canCarry: () => ({ is: "yes" }),
          createsPerSecond: 4,
          joins: { waitMs: () => 0, begin: () => () => {} },
          clock,
          random: () => 0.5,
          log: silentLog,
          onRefused: () => {},
          onBug: () => {},
          onLooked: () => {},
          onSettled: () => {},
          onTried: () => {},
        });
        loop.nudge("carriers-changed");
        const reports: Promise<unknown>[] = [];
        for (const one of happenings) {
          const current = twitch.transport.carriers().current.map(({ id }) => id);
          switch (one.is) {
            case "time":
              await clock.advance(one.ms);
              break;
            case "wish":
              wanted = [...wanted, want(one.channel, one.topic)];
              loop.nudge("want-changed", want(one.channel, one.topic).channelId);
              break;
            case "unwish":
              wanted = wanted.toSpliced(one.at % Math.max(1, wanted.length), 1);
              loop.nudge("want-changed");
              break;
            case "trouble":
              twitch.fates.push(...one.fates);
              loop.nudge("revoked");
              await clock.advance(300);
              break;
            case "away":
              twitch.goAway(true);
              loop.nudge("reload");
              await clock.advance(one.forMs);
              twitch.goAway(false);
              break;
            case "revoke":
              twitch.revoke(one.at);
              loop.nudge("revoked");
              break;
            case "next-session":
              if (one.isNoticed) for (const id of current) twitch.end(id);
              twitch.open(`s${++sessions}`);
              loop.nudge("carriers-changed");
              break;
            case "second-session":
              if (current.length < 3) twitch.open(...current, `s${++sessions}`);
              loop.nudge("carriers-changed");
              break;
            case "renewal": {
              const [old] = current;
              twitch.open(...current, `s${++sessions}`);
              if (old !== undefined) twitch.retire(old);
              loop.nudge("carriers-changed");
              break;
            }
            case "resync":
              reports.push(loop.resync());
              break;
            case "nudge":
              loop.nudge(one.because);
              break;
          }
        }
        twitch.fates.length = 0;
        // Nobody nudges any more. What was refused is left alone for ten minutes.
        await clock.advance(30 * 60_000);
        await Promise.all(reports);
        const settled = loop.picture();
        loop.stop();
        const alive = twitch.alive().filter((one) => one.carrierId !== "theirs");
        expect(alive.map(wantedKey).sort()).toEqual([...new Set(wanted.map(wantedKey))].sort());
        const places = new Set(twitch.transport.carriers().current.map(({ id }) => id));
        expect(alive.every((one) => places.has(one.carrierId))).toBe(true);
        expect(twitch.retiring()).toEqual([]);
        expect(twitch.doubled()).toBe(0);
        expect(theirs().length).toBeLessThanOrEqual(theirsBefore.length);
        expect(
          twitch.asked.filter((asked) => theirsBefore.some((one) => asked === `delete ${one.twitchId}`)),
        ).toEqual([]);
        expect(settled).toMatchObject({ problem: undefined });
        expect(settled.refusals.size).toBe(0);
        expect(clock.pending()).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);
