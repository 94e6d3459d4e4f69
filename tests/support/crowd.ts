/**
 * Viewers who ask `!ping` all the time, and the book of who was answered. Each asks once, so that an answer has one
 * asker: nobody may be left unanswered, nobody answered twice. Who asks where nobody can hear it is excused.
 */
import { type Millis, systemClock } from "../../shared/clock.ts";
import { BOT, type TrialHouse } from "./trial-house.ts";

export interface Ask {
  readonly channel: string;
  readonly viewer: string;
  /** Asked at, or not answered by, a time at which the channel's worker was dead: may be lost, but not answered twice. */
  isExcused: boolean;
}

export interface Crowd {
  readonly asks: readonly Ask[];
  /** Whoever has no answer in this channel now, and whoever asks there until `expect`, is excused. */
  excuse(channel: string): void;
  expect(channel: string): void;
  /** Nobody asks any more; resolves when Twitch has taken every question. */
  hush(): Promise<void>;
  /** Awaits the answers that are still owed, for a while; what is wrong after that, in words: nobody wants to see any. */
  findWrongs(): Promise<readonly string[]>;
}

/** The slowest answer is one whose hub was killed under it. */
const OWED_WITHIN_MS: Millis = 10_000;
const LOOK_EVERY_MS: Millis = 20;
let crowds = 0;

/** `everyMs`: from one question in a channel to the next. */
export function startCrowd(
  house: TrialHouse,
  { channels = house.channels, everyMs }: { readonly channels?: readonly string[]; readonly everyMs: Millis },
): Crowd {
  const clock = systemClock;
  const name = `fan${++crowds}`;
  const asks: Ask[] = [];
  const deaf = new Set<string>();
  const taken: Promise<unknown>[] = [];
  let answers: ReadonlyMap<string, number> = new Map();
  let readLines = 0;

  const ask = (channel: string) => {
    const viewer = `${name}_${asks.length}`;
    asks.push({ channel, viewer, isExcused: deaf.has(channel) });
    const said = house.say(channel, viewer, "!ping");
    // Told of in `hush`.
    said.catch(() => {});
    taken.push(said);
  };
  const cancels = channels.map((channel, at) => {
    let cancel = clock.after((at * everyMs) / channels.length, () => {
      ask(channel);
      cancel = clock.every(everyMs, () => ask(channel));
    });
    return () => cancel();
  });

  const fallSilent = () => {
    for (const cancel of cancels) cancel();
  };
  house.closing.addEventListener("abort", fallSilent);

  const count = () => {
    if (readLines === house.lines.length) return answers;
    readLines = house.lines.length;
    const counted = new Map<string, number>();
    for (const { kind, channel, user, text } of house.lines) {
      if (kind !== "chat-message" || user !== BOT) continue;
      const key = `${channel} ${/^@(\w+) /.exec(String(text))?.[1]}`;
      counted.set(key, (counted.get(key) ?? 0) + 1);
    }
    answers = counted;
    return answers;
  };
  const answersTo = ({ channel, viewer }: Ask) => count().get(`${channel} ${viewer}`) ?? 0;
  const owed = () => asks.filter((one) => !one.isExcused && answersTo(one) === 0);
  const describe = (one: Ask) =>
    `${one.viewer} in ${one.channel}${one.isExcused ? " (excused)" : ""} was answered ${answersTo(one)} times`;

  return {
    asks,
    excuse(channel) {
      deaf.add(channel);
      for (const one of asks) if (one.channel === channel && answersTo(one) === 0) one.isExcused = true;
    },
    expect: (channel) => void deaf.delete(channel),
    async hush() {
      fallSilent();
      await Promise.all(taken);
    },
    async findWrongs() {
      const deadline = clock.now() + OWED_WITHIN_MS;
      while (owed().length > 0 && clock.now() < deadline) {
        await new Promise<void>((resolve) => {
          clock.after(LOOK_EVERY_MS, resolve);
        });
      }
      const missed = house.lines.filter(({ kind }) => kind === "missed").map(() => "the feed lost lines");
      const wrong = asks.filter((one) => (one.isExcused ? answersTo(one) > 1 : answersTo(one) !== 1));
      return [...missed, ...wrong.map(describe)];
    },
  };
}
