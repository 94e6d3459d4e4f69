/**
 * EventSub by a conduit: Twitch keeps the subscriptions, we plug a connection into each shard. When a connection
 * ends the next one is bound in its place and everything is there; what happened in between Twitch drops. The
 * conduit is looked for before anything is dialled, because what is dialled must be bound at once.
 */
import * as v from "valibot";
import type { HubState } from "../../db/hub-state.ts";
import { type Backoff, restMs } from "../../shared/backoff.ts";
import type { Clock } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import { adoptConduit } from "./adopt-conduit.ts";
import type { ConduitDesk, Trouble } from "./conduit-desk.ts";
import { SHARD_DISABLED, ShardDisabled } from "./conduits.external.ts";
import type { OwnCarriers } from "./own-carriers.ts";
import type { Notification } from "./parse-frame.ts";
import { openShardLine, type ShardLine } from "./shard-line.ts";
import type { Dial } from "./socket.ts";
import { type EventSubTransport, IDLE_AFTER_MS, type Renewed, type TransportListeners } from "./transport.ts";

/** Twitch names no number of subscriptions for a conduit; the application's total cost is at most this. */
const CAPACITY = 10_000;
const AGAIN: Backoff = { first: 1_000, longest: 60_000, jitter: 0.5 };
/** The application has no secret, a wrong one, or no conduit left: somebody must change something. */
const AFTER_REFUSAL: Backoff = { first: 60_000, longest: 600_000, jitter: 0.5 };
/** One refusal without a reason that lasts may be a bad minute of Twitch's; so many are meant. */
const REFUSALS_MAX = 3;

export interface ConduitTransportParts {
  readonly url: string;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly desk: ConduitDesk;
  readonly memory: HubState;
  readonly own: OwnCarriers;
  /** Connections side by side, among which Twitch spreads the channels. */
  readonly shards: number;
  readonly listeners: TransportListeners;
  /** No conduit is to be had until somebody changes something. It goes on trying, rarely. */
  readonly onHopeless: (because: string) => void;
}

export function makeConduitTransport(using: ConduitTransportParts): EventSubTransport {
  const { clock, log, desk, listeners, own } = using;
  let lines: readonly ShardLine[] = [];
  let conduitId: string | undefined;
  let problem: string | undefined;
  let wanted = 0;
  let failures = 0;
  let refusals = 0;
  let hasBegun = false;
  let isPaused = false;
  let adoption: "none" | "asking" | "resting" = "none";
  let renewal: Promise<Renewed> | undefined;
  let cancelIdle: (() => void) | undefined;
  let cancelRest = () => {};

  const isServing = () => hasBegun && !isPaused && wanted > 0;

  const serve = () => {
    if (!isServing()) return;
    if (conduitId === undefined) {
      if (adoption === "none") void adopt();
      return;
    }
    if (lines.length === 0) lines = Array.from({ length: using.shards }, (_, shard) => openLine(shard));
    for (const line of lines) line.serve(conduitId);
  };
  const openLine = (shard: number) =>
    openShardLine({
      ...using,
      shard,
      isServing,
      listeners: {
        ...listeners,
        onBound() {
          listeners.onOpen();
          listeners.onCarriers();
        },
        onGone: loseConduit,
        onNotification: hear,
      },
    });
  const adopt = async () => {
    adoption = "asking";
    const got = await adoptConduit(using);
    adoption = "none";
    if (!hasBegun) return;
    if (got.is !== "done") return restAfter(got);
    log.info({ conduit: got.value.id, how: got.value.how }, "this installation's conduit");
    failures = 0;
    refusals = 0;
    problem = undefined;
    conduitId = got.value.id;
    own.note(conduitId);
    serve();
  };
  const restAfter = (trouble: Trouble) => {
    failures += 1;
    problem = trouble.problem;
    const isRefusal = trouble.is !== "away" && trouble.is !== "gone";
    if (isRefusal) refusals += 1;
    const isHopeless = isRefusal && (trouble.is !== "refused" || refusals >= REFUSALS_MAX);
    const forMs = restMs(isRefusal ? AFTER_REFUSAL : AGAIN, failures, using.random());
    log[isHopeless ? "error" : "warn"]({ problem, forMs, failures }, "no conduit is to be had");
    listeners.onRest?.();
    adoption = "resting";
    cancelRest = clock.after(forMs, () => {
      adoption = "none";
      serve();
    });
    if (isHopeless) using.onHopeless(problem);
  };
  const loseConduit = (because: string) => {
    if (conduitId === undefined) return;
    log.error({ conduit: conduitId, because }, "the conduit is gone, with every subscription on it");
    conduitId = undefined;
    for (const line of lines) line.unbind();
    serve();
  };

  const hear = (notification: Notification) => {
    if (notification.type !== SHARD_DISABLED) return listeners.onNotification(notification);
    const fallen = v.safeParse(ShardDisabled, notification.event);
    if (!fallen.success || fallen.output.conduit_id !== conduitId) return;
    log.warn({ shard: fallen.output.shard_id, status: fallen.output.status }, "Twitch disabled a shard");
    void checkShards();
  };
  const checkShards = async (): Promise<void> => {
    if (conduitId === undefined) return;
    const asked = lines.map((line, shard) => ({ line, shard: String(shard), askedAs: line.boundAs() }));
    const got = await desk.shards(conduitId);
    if (got.is === "gone") return loseConduit(got.problem);
    if (got.is !== "done") return log.warn(got, "the conduit's shards could not be looked at");
    for (const { line, shard, askedAs } of asked)
      if (askedAs !== undefined)
        line.compare(
          got.value.find(({ id }) => id === shard),
          askedAs,
        );
  };
  const watchShards = async (id: string) => {
    const got = await desk.watch(id);
    if (got.is !== "done")
      log.warn(got, "nobody will tell when a shard falls: only the drift check finds it");
  };

  const renewAll = async (): Promise<Renewed> => {
    const startedAt = clock.now();
    if (lines.length === 0) return { is: "refused", because: "no connection is open" };
    for (const line of lines) {
      const because = await line.renew();
      if (because !== undefined) return { is: "refused", because };
    }
    return { is: "renewed", connections: lines.length, endedEarly: 0, tookMs: clock.now() - startedAt };
  };
  const closeAll = () => {
    for (const line of lines) line.close();
    lines = [];
  };
  const toCarriers = () => {
    if (conduitId === undefined || !lines.some((line) => line.boundAs() !== undefined)) return [];
    return [{ id: conduitId, method: "conduit", capacity: CAPACITY } as const];
  };

  return {
    kind: "conduit",
    begin() {
      hasBegun = true;
      serve();
    },
    need(count) {
      const wasServing = isServing();
      wanted = count;
      if (count > 0) {
        cancelIdle?.();
        cancelIdle = undefined;
        if (!wasServing || lines.length === 0) serve();
        return;
      }
      cancelIdle ??= clock.after(IDLE_AFTER_MS, closeAll);
    },
    carriers: () => ({
      current: toCarriers(),
      retiring: [],
      limits: { carriers: 1, capacity: CAPACITY, areShared: false },
      nameOf: (id) => id,
      isOurs: own.isOurs,
    }),
    letGo() {},
    async inspect(listed) {
      if (conduitId === undefined) return;
      const isWatched = listed.some(
        (row) => row.type === SHARD_DISABLED && row.carrierId === conduitId && row.isEnabled,
      );
      if (!isWatched) await watchShards(conduitId);
      await checkShards();
    },
    renew() {
      renewal ??= renewAll()
        .catch((thrown: unknown): Renewed => ({ is: "refused", because: toError(thrown).message }))
        .finally(() => {
          renewal = undefined;
        });
      return renewal;
    },
    pause() {
      isPaused = true;
      closeAll();
    },
    resume() {
      isPaused = false;
      serve();
    },
    state: () => ({
      kind: "conduit",
      isPaused,
      connections: lines.map((line) => line.state()),
      conduitId,
      problem,
    }),
    stop() {
      hasBegun = false;
      cancelIdle?.();
      cancelRest();
      closeAll();
    },
  };
}
