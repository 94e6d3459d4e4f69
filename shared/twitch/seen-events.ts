/**
 * Which events came already. Twitch delivers at least once: usually the repeat has the same message id, sometimes
 * another one and the same natural key.
 */
import type { Clock, Millis } from "../clock.ts";
import type { ChannelId } from "../ids.ts";
import type { ChannelEventBody } from "./channel-event.ts";
import { type Known, knownBy, naturalKeyOf, stateTold } from "./natural-key.ts";

export interface SeenEvents {
  /** True the first time; false for every repeat. */
  isNew(messageId: string, channelId: ChannelId, body: ChannelEventBody): boolean;
}

/** Twitch itself drops what is older than this, so no repeat comes later. */
const REMEMBERED_MS: Millis = 10 * 60_000;
/** Under more than a flood of this size memory gets shorter. */
const REMEMBERED_MAX = 20_000;
/** The same state told again after this is news: it may have changed and come back without a word. */
const SAME_STATE_MS: Millis = 60_000;

export function makeSeenEvents(clock: Clock): SeenEvents {
  // Chat comes in masses: it must not push out of memory what comes once an evening.
  const chat = { ids: makeNames(), keys: makeNames() };
  const rest = { ids: makeNames(), keys: makeNames() };
  /** What was said last of each state. */
  const states = makeMemory<{ readonly topic: string; readonly told: Known; readonly at: Millis }>();

  const isNewState = (about: string, body: ChannelEventBody, now: Millis) => {
    const before = states.recall(about, now);
    const told = knownBy(body) ?? NOTHING;
    const isSame = before?.topic === body.topic && isAlike(before.told, told);
    // A stream has an id of its own: it begins once, unless it has ended in between.
    if (isSame && (body.topic === "stream.online" || now - before.at < SAME_STATE_MS)) return false;
    states.keep(about, { topic: body.topic, told, at: now });
    return true;
  };
  return {
    isNew(messageId, channelId, body) {
      const now = clock.now();
      const memory = body.topic === "channel.chat.message" ? chat : rest;
      if (!memory.ids.isFirst(messageId, now)) return false;
      const state = stateTold(body);
      if (state !== undefined) return isNewState(`${channelId} ${state}`, body, now);
      const key = naturalKeyOf(channelId, body);
      return key === undefined || memory.keys.isFirst(key, now);
    },
  };
}

const NOTHING: Known = [];

/** A loop and not a closure: it runs for every event. */
function isAlike(a: Known, b: Known): boolean {
  if (a.length !== b.length) return false;
  for (let n = 0; n < a.length; n += 1) if (a[n] !== b[n]) return false;
  return true;
}

interface Generation {
  readonly size: number;
}

/** Two generations: what is older than both is forgotten at once, so that remembering costs the same however much is remembered. */
function makeGenerations<Kept extends Generation>(make: () => Kept) {
  let since: Millis | undefined;
  const generations = {
    young: make(),
    old: make(),
    age(now: Millis): void {
      since ??= now;
      if (now - since < REMEMBERED_MS && generations.young.size < REMEMBERED_MAX) return;
      generations.old = now - since >= 2 * REMEMBERED_MS ? make() : generations.young;
      generations.young = make();
      since = now;
    },
  };
  return generations;
}

function makeNames() {
  const names = makeGenerations(() => new Set<string>());
  return {
    isFirst(name: string, now: Millis): boolean {
      names.age(now);
      const { young, old } = names;
      const before = young.size;
      // Whether it is there already its adding tells: looking first would be looking twice.
      if (old.has(name) || young.add(name).size === before) return false;
      return true;
    },
  };
}

function makeMemory<Value>() {
  const memory = makeGenerations(() => new Map<string, Value>());
  return {
    recall(name: string, now: Millis): Value | undefined {
      memory.age(now);
      return memory.young.get(name) ?? memory.old.get(name);
    },
    keep(name: string, value: Value): void {
      memory.young.set(name, value);
    },
  };
}
