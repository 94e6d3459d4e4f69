/** SIGTERM to the supervisor while a crowd chats: whatever a worker has heard has its end, and nothing is left. */
import { afterEach, expect, test } from "vitest";
import { type Account, readAccounts, readHeard } from "../support/accounts.ts";
import { type Ask, startCrowd } from "../support/crowd.ts";
import { makeTown } from "../support/town.ts";
import {
  findLeftovers,
  isReply,
  isSaidByBot,
  openTrialHouse,
  type TrialHouse,
} from "../support/trial-house.ts";

const CHANNELS = 5;
/** In each channel: a hundred questions a second in all. */
const EVERY_MS = 50;
/** Asked in one go just before the signal: more than anybody answers in that instant. */
const BURST_IN_EACH = 8;

let house: TrialHouse | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

interface Drilled {
  readonly house: TrialHouse;
  readonly accounts: readonly Account[];
  /** Those whose question Twitch had taken before the signal. */
  readonly before: readonly Pick<Ask, "channel" | "viewer">[];
}

/** Load, signal, load; comes back when the supervisor has gone, with everything the workers wrote down. */
async function drill(using: {
  readonly town: Omit<Parameters<typeof makeTown>[0], "channels">;
  readonly isTime: (open: TrialHouse) => boolean;
}): Promise<Drilled> {
  const { town, isTime } = using;
  const open = await openTrialHouse({}, { scene: makeTown({ channels: CHANNELS, ...town }) });
  house = open;
  const { pid, children } = await open.status();
  const crowd = startCrowd(open, { everyMs: EVERY_MS });
  await open.until(
    async () => isTime(open),
    (isIt) => isIt,
  );
  const late = open.channels.flatMap((channel) =>
    Array.from({ length: BURST_IN_EACH }, (_, at) => ({ channel, viewer: `late_${at}` })),
  );
  const before = [...crowd.asks.filter((ask) => hasBeenSaid(open, ask)), ...late];
  await Promise.all(late.map(({ channel, viewer }) => open.say(channel, viewer, "!ping")));
  const asksBefore = crowd.asks.length;
  process.kill(pid, "SIGTERM");
  const ended = await open.launched.exited;
  await crowd.hush();
  expect(crowd.asks.length).toBeGreaterThan(asksBefore);

  expect(ended).toEqual({ exitCode: 0 });
  expect(findLeftovers(open.home, [pid, ...children.map((child) => child.pid ?? 0)])).toEqual([]);
  expect(open.log("supervisor.log").at(-1)).toMatchObject({ msg: "all children have gone", hadToKill: [] });
  return { house: open, accounts: open.channels.flatMap((channel) => readAccounts(open, channel)), before };
}

const hasBeenSaid = (open: TrialHouse, { channel, viewer }: Ask) =>
  open.lines.some((line) => line.kind === "chat-message" && line.channel === channel && line.user === viewer);

/** One account for each that was heard, one reply for each accepted delivery, none for any other. */
function expectTruth({ house: open, accounts }: Drilled): void {
  for (const channel of open.channels) {
    const accounted = accounts.filter((one) => one.channel === channel).map(({ user }) => user);
    expect(accounted.toSorted(), channel).toEqual(readHeard(open, channel).toSorted());
    expect(new Set(accounted).size).toBe(accounted.length);
  }
  const wrong = accounts.filter(({ channel, user, ended }) => {
    const replies = open.lines.filter((line) => isReply(line, channel, user)).length;
    return replies !== (ended === "answered accepted" ? 1 : 0);
  });
  expect(wrong).toEqual([]);
  const accepted = accounts.filter(({ ended }) => ended === "answered accepted");
  expect(open.lines.filter(isSaidByBot)).toHaveLength(accepted.length);
  expect(open.lines.filter(({ kind }) => kind === "missed")).toEqual([]);
}

test("everything asked before the signal is answered, once, while the crowd goes on asking", async () => {
  const drilled = await drill({
    town: { botIsVerified: true },
    isTime: ({ lines }) => lines.filter(isSaidByBot).length >= 100,
  });
  expectTruth(drilled);
  const { accounts, before } = drilled;
  expect(accounts.filter(({ ended }) => ended !== "answered accepted")).toEqual([]);
  const answered = new Set(accounts.map(({ channel, user }) => `${channel} ${user}`));
  expect(before.filter(({ channel, viewer }) => !answered.has(`${channel} ${viewer}`))).toEqual([]);
});

test("what still waits for its turn at the signal is dropped, and each one's account says so", async () => {
  // A viewer's line a second in each channel: nearly everybody waits.
  const drilled = await drill({
    town: { botIsVerified: true, botModerates: false },
    isTime: ({ lines }) => lines.filter((line) => line.kind === "chat-message").length >= 100,
  });
  expectTruth(drilled);
  const endings = Map.groupBy(drilled.accounts, ({ ended }) => ended);
  // On a slow machine some had waited too long already, or among too many.
  expect(
    [...endings.keys()].filter((ended) => !/^answered (accepted|expired|dropped [a-z_-]+)$/.test(ended)),
  ).toEqual([]);
  expect(endings.get("answered dropped stopping")?.length).toBeGreaterThan(CHANNELS * (BURST_IN_EACH - 2));
});
