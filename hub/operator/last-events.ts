import type { Clock, Millis } from "../../shared/clock.ts";
import type { Topic } from "../../shared/twitch/topics.ts";

/** When an event of each topic came last. */
export interface LastEvents {
  note(topic: Topic): void;
  agoMs(): Readonly<Record<string, Millis>>;
}

export function makeLastEvents(clock: Clock): LastEvents {
  const at = new Map<Topic, Millis>();
  return {
    note: (topic) => void at.set(topic, clock.now()),
    agoMs: () => Object.fromEntries([...at].map(([topic, when]) => [topic, clock.now() - when])),
  };
}
