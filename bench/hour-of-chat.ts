/** What is said in a channel in an hour, played as fast as Twitch would let the same people say it. */
import { sleep } from "../cli/house/await-ready.ts";
import { type Millis, systemClock } from "../shared/clock.ts";
import type { SupervisorStatus } from "../shared/ipc/control.ts";
import type { RunningHouse } from "./run-house.ts";

/**
 * A line every 1.8 s from 150 people, one line in ten a command: a channel with some hundred viewers, where chat is
 * lively and can still be read. Fewer lines would leave part of what a worker remembers of its viewers unfilled.
 */
export const HOUR_OF_CHAT = { messages: 2_000, viewers: 150, commandEvery: 10 } as const;
/** A viewer then speaks every 7.5 s; Twitch lets nobody say more than 20 lines in 30 s. */
const LINES_PER_SECOND = 20;
const ROUND_MS: Millis = 1_000 / LINES_PER_SECOND;
const HEARD_WITHIN_MS: Millis = 60_000;
const LOOK_EVERY_MS: Millis = 500;

/** Resolves when the worker of each of `channels` has told that it has seen all of it. */
export async function playHourOfChat(house: RunningHouse, channels: readonly string[]): Promise<void> {
  const clock = systemClock;
  const before = seenBy(await house.look());
  const beganAt = clock.now();
  for (let line = 0; line < HOUR_OF_CHAT.messages; line += 1) {
    const said = channels.map((channel, at) =>
      house.sim.order("/chat", {
        channel,
        user: `regular_${at}_${line % HOUR_OF_CHAT.viewers}`,
        // Numbered, because Twitch drops what somebody says twice within 30 s.
        text: line % HOUR_OF_CHAT.commandEvery === 0 ? `!ping ${line}` : `that was close, number ${line}`,
      }),
    );
    await Promise.all(said);
    await sleep(clock, Math.max(0, beganAt + (line + 1) * ROUND_MS - clock.now()));
  }
  const deadline = clock.now() + HEARD_WITHIN_MS;
  while (clock.now() < deadline) {
    const now = seenBy(await house.look());
    if (channels.every((channel) => hasHeardAll(channel, before, now))) return;
    await sleep(clock, LOOK_EVERY_MS);
  }
  throw new Error(`not every worker has seen ${HOUR_OF_CHAT.messages} messages`);
}

type Seen = ReadonlyMap<string, number>;

const seenBy = ({ children }: SupervisorStatus): Seen =>
  new Map(children.map(({ childId, counters }) => [childId, counters?.messagesSeen ?? 0]));

const hasHeardAll = (channel: string, before: Seen, now: Seen): boolean => {
  const worker = `worker:${channel}`;
  return (now.get(worker) ?? 0) - (before.get(worker) ?? 0) >= HOUR_OF_CHAT.messages;
};
