/**
 * What happened at the simulated Twitch against what each channel's worker was told: the same, once, in order. Only
 * what is still on its way is kept, so that a whole day of it weighs nothing.
 */
import type { HubEvent, HubToWorker } from "../../shared/ipc/hub-worker.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import type { Happening } from "../../sim/world/happening.ts";
import type { World } from "../../sim/world/world.ts";

export interface DayBooks {
  /** What this channel's worker was told by its hub. */
  told(login: string, message: HubToWorker): void;
  happened(): number;
  heard(): number;
  /** What happened and was not told yet. */
  missing(): readonly string[];
  /** Out of order, twice, never happened, or not said as it should be; the first of them. */
  readonly wrong: readonly string[];
  close(): void;
}

const WRONG_KEPT_MAX = 20;

export function openDayBooks(world: World, topicsOf: (login: string) => readonly Topic[]): DayBooks {
  const due = new Map<string, string[]>();
  const lastSeq = new Map<string, number>();
  const wrong: string[] = [];
  let [happened, heard] = [0, 0];

  const complain = (what: string) => {
    if (wrong.length < WRONG_KEPT_MAX) wrong.push(what);
  };
  const dueOf = (login: string) => {
    const its = due.get(login) ?? [];
    due.set(login, its);
    return its;
  };
  const stop = world.onHappening((happening) => {
    const fact = findFact(happening);
    if (!fact || !topicsOf(fact.login).includes(fact.topic)) return;
    happened += 1;
    dueOf(fact.login).push(`${fact.topic} ${fact.which}`);
  });
  const hearEvent = (login: string, event: HubEvent) => {
    heard += 1;
    const is = `${event.body.topic} ${describeBody(event)}`;
    const expected = dueOf(login).shift();
    if (is !== expected) complain(`${login} was told ${is} instead of ${expected}`);
    if (event.recovered) complain(`${login}: ${is} was found by asking`);
    const before = lastSeq.get(login);
    if (before !== undefined && event.seq !== before + 1)
      complain(`${login} was told ${event.seq} after ${before}`);
    lastSeq.set(login, event.seq);
  };
  return {
    told(login, message) {
      if (message.kind === "event") hearEvent(login, message);
      else if (message.kind === "gap" || message.kind === "topic-refused")
        complain(`${login} was told ${JSON.stringify(message)}`);
    },
    happened: () => happened,
    heard: () => heard,
    missing: () => [...due].flatMap(([login, its]) => its.map((one) => `${login} ${one}`)),
    wrong,
    close: stop,
  };
}

interface Fact {
  readonly login: string;
  readonly topic: Topic;
  /** What tells it from others of its kind. */
  readonly which: string;
}

function findFact(happening: Happening): Fact | undefined {
  switch (happening.kind) {
    case "stream-online":
      return toFact(happening, "stream.online", happening.stream.id);
    case "stream-offline":
      return toFact(happening, "stream.offline", "");
    case "channel-updated":
      return toFact(happening, "channel.update", happening.channel.title);
    case "followed":
      return toFact(happening, "channel.follow", happening.user.login);
    case "subscribed":
      return toFact(happening, "channel.subscribe", happening.user.login);
    default:
      return undefined;
  }
}

const toFact = (
  { channel }: { readonly channel: { readonly owner: { readonly login: string } } },
  topic: Topic,
  which: string,
): Fact => ({ login: channel.owner.login, topic, which });

function describeBody({ body }: HubEvent): string {
  switch (body.topic) {
    case "stream.online":
      return body.streamId;
    case "channel.update":
      return body.title;
    case "channel.follow":
    case "channel.subscribe":
      return body.user.login;
    default:
      return "";
  }
}
