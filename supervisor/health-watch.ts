/**
 * Looks after the children that have no words for us: asks each for its health, and takes a good answer as its sign of
 * life. Whoever answers says which spawn it is, so another program at the same port keeps nobody alive.
 */
import * as v from "valibot";
import type { Clock, Millis } from "../shared/clock.ts";
import { KEEPER_HEADER } from "../shared/house-services.ts";
import type { ChildId } from "../shared/ids.ts";
import type { ChildSpec } from "./child-spec.ts";
import type { Member } from "./post.ts";

export interface HealthWatch {
  /** There may be somebody to look after. */
  look(): void;
  stop(): void;
}

/** The text of an answer with status 200; undefined for anything else. Never rejects. */
export type AskHealth = (
  health: NonNullable<ChildSpec["health"]>,
  withinMs: Millis,
) => Promise<string | undefined>;

/** A start is over soon, and somebody waits for it. */
const LOOK_EVERY_MS: Millis = 250;
const ASK_EVERY_MS: Millis = 4_000;
const ANSWER_WITHIN_MS: Millis = 2_000;

const Health = v.object({ status: v.literal("ok"), spawn_id: v.string() });

export function startHealthWatch(using: {
  readonly members: () => readonly Member[];
  /** This spawn of this child lives and works. */
  readonly onWell: (childId: ChildId, spawnId: string) => void;
  readonly ask: AskHealth;
  readonly clock: Clock;
}): HealthWatch {
  const { clock } = using;
  /** When each was asked last; `Infinity` while an answer is awaited. */
  const askedAt = new Map<ChildId, Millis>();
  let cancel: (() => void) | undefined;
  let isStopped = false;

  const askOne = async (id: ChildId, health: NonNullable<ChildSpec["health"]>) => {
    askedAt.set(id, Number.POSITIVE_INFINITY);
    const spawnId = parseHealth(await using.ask(health, ANSWER_WITHIN_MS));
    askedAt.set(id, clock.now());
    if (spawnId !== undefined && !isStopped) using.onWell(id, spawnId);
  };
  const look = () => {
    cancel = undefined;
    const watched = using.members().flatMap(({ child: { spec, state } }) => {
      const { id, health } = spec;
      return health ? [{ id, health, isStarting: state.is === "starting", hasProcess: "pid" in state }] : [];
    });
    if (watched.length === 0 || isStopped) return askedAt.clear();
    const now = clock.now();
    for (const { id, health, isStarting, hasProcess } of watched) {
      const rested = now - (askedAt.get(id) ?? Number.NEGATIVE_INFINITY);
      if (hasProcess && rested >= (isStarting ? LOOK_EVERY_MS : ASK_EVERY_MS)) void askOne(id, health);
    }
    const isCalm = watched.every(({ isStarting }) => !isStarting);
    cancel = clock.after(isCalm ? LOOK_EVERY_MS * 4 : LOOK_EVERY_MS, look);
  };
  return {
    look() {
      cancel?.();
      look();
    },
    stop() {
      isStopped = true;
      cancel?.();
    },
  };
}

/** Pure. */
export function parseHealth(text: string | undefined): string | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Health), text);
  return parsed.success ? parsed.output.spawn_id : undefined;
}

const TEXT_MAX = 10_000;

export const askHealth: AskHealth = async ({ url, keeper }, withinMs) => {
  try {
    const response = await fetch(url, {
      headers: { [KEEPER_HEADER]: keeper },
      redirect: "error",
      signal: AbortSignal.timeout(withinMs),
    });
    const text = await response.text();
    return response.status === 200 && text.length <= TEXT_MAX ? text : undefined;
  } catch {
    return undefined;
  }
};
