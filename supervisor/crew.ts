/**
 * The children as they are now. Events come in (exits, hellos, beats, time), `stepChild` decides, the orders are
 * carried out here. Promises: one process per child at a time; a child that fell is dealt with in the same turn of
 * the loop; `stopAll` resolves when the last process has gone.
 */
import { join } from "node:path";
import type { Clock } from "../shared/clock.ts";
import type { Home } from "../shared/home.ts";
import type { ChildId } from "../shared/ids.ts";
import { childIdentity, type HouseKey, makeCredential } from "../shared/ipc/house-key.ts";
import type { Link } from "../shared/ipc/link.ts";
import type {
  ChildToSupervisor,
  Counters,
  SupervisorToChild,
  Usage,
} from "../shared/ipc/supervisor-child.ts";
import type { Logger } from "../shared/log.ts";
import { makeProcessNote, removeProcessNote, writeProcessNote } from "../shared/process-note.ts";
import { type Child, type ChildEvent, type ChildOrder, type ChildSpec, newChild } from "./child-spec.ts";
import { spawnChild } from "./spawn.ts";
import { mayStart, mayStop } from "./start-order.ts";
import { stepChild } from "./step-child.ts";

export interface Member {
  readonly child: Child;
  readonly usage: Usage | undefined;
  readonly counters: Counters | undefined;
  /** The last trouble it told of, or how it last ended. */
  readonly lastError: string | undefined;
}

export interface Crew {
  members(): readonly Member[];
  /** A process said hello; false when it is not the one we spawned last under this id. */
  attach(childId: ChildId, spawnId: string, link: Link<SupervisorToChild>): boolean;
  hear(childId: ChildId, spawnId: string, message: Exclude<ChildToSupervisor, { kind: "hello" }>): void;
  stopAll(): Promise<{ readonly hadToKill: readonly ChildId[] }>;
}

/** Starting costs CPU until a child has said hello; more at once would only make each of them slower. */
const STARTS_AT_ONCE = 4;

interface Post {
  child: Child;
  spawnId: string | undefined;
  link: Link<SupervisorToChild> | undefined;
  usage: Usage | undefined;
  counters: Counters | undefined;
  lastError: string | undefined;
  cancelWake: () => void;
}

export function startCrew(using: {
  readonly specs: readonly ChildSpec[];
  readonly home: Home;
  readonly houseKey: HouseKey;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newSpawnId: () => string;
  readonly log: Logger;
}): Crew {
  const { home, clock, log } = using;
  const posts = new Map<ChildId, Post>(using.specs.map((spec) => [spec.id, newPost(spec)]));
  const hadToKill = new Set<ChildId>();
  let isStopping = false;
  let resolveStopped: () => void = () => {};

  const noteFile = (id: ChildId) => join(home.pids, `${id.replace(":", "-")}.json`);
  const apply = (post: Post, event: ChildEvent) => {
    const before = post.child.state;
    const stepped = stepChild(post.child, event, clock.now(), using.random());
    post.child = stepped.child;
    const after = post.child.state;
    if (before.is !== after.is) {
      log.info({ who: post.child.spec.id, from: before.is, to: after.is, because: event.kind }, "child");
    }
    for (const order of stepped.orders) carryOut(post, order);
  };

  const carryOut = (post: Post, order: ChildOrder) => {
    switch (order.do) {
      case "spawn":
        return spawn(post);
      case "ask-to-stop":
        if (post.link?.send({ kind: "please-stop", because: "stop" }) !== "sent")
          signal(order.pid, "SIGTERM");
        return;
      case "kill":
        log.warn({ who: post.child.spec.id, pid: order.pid, because: order.because }, "child is killed");
        hadToKill.add(post.child.spec.id);
        signal(order.pid, "SIGKILL");
        return;
      case "wake-me":
        post.cancelWake();
        post.cancelWake = clock.after(Math.max(0, order.at - clock.now()), () =>
          apply(post, { kind: "tick" }),
        );
    }
  };

  const spawn = (post: Post) => {
    const { spec } = post.child;
    const spawnId = using.newSpawnId();
    post.spawnId = spawnId;
    post.counters = undefined;
    post.usage = undefined;
    const credential = makeCredential(using.houseKey, childIdentity(spec.id, spawnId));
    const spawned = spawnChild({
      spec,
      home,
      birth: { childId: spec.id, spawnId, credential },
      onExit: (exit) => {
        log.info({ who: spec.id, exit }, "child exited");
        removeProcessNote(noteFile(spec.id));
        post.link?.close();
        post.link = undefined;
        apply(post, { kind: "exited", exit });
        post.lastError = post.child.wanted ? post.child.lastExit : post.lastError;
        afterChange();
      },
    });
    if (spawned.is === "failed") {
      post.lastError = spawned.problem;
      // In a turn of its own: the fall may order the next spawn, and so on.
      clock.after(0, () =>
        apply(post, { kind: "exited", exit: { is: "spawn-failed", problem: spawned.problem } }),
      );
      return;
    }
    writeProcessNote(noteFile(spec.id), makeProcessNote(spawned.pid, new Date(clock.wall())));
    apply(post, { kind: "spawned", pid: spawned.pid });
  };

  const hasSaidHello = (id: ChildId) => {
    const state = posts.get(id)?.child.state;
    return state?.is === "running" || (state?.is === "starting" && state.lastSign !== undefined);
  };
  const startWaiting = () => {
    const all = [...posts.values()];
    const busy = all.filter(
      ({ child }) => child.state.is === "starting" && child.state.lastSign === undefined,
    ).length;
    const waiting = all.filter(({ child }) => !child.wanted).map(({ child }) => child.spec);
    for (const spec of mayStart(waiting, hasSaidHello).slice(0, Math.max(0, STARTS_AT_ONCE - busy))) {
      const post = posts.get(spec.id);
      if (post) apply(post, { kind: "wanted", running: true });
    }
  };
  const stopNext = () => {
    const running = [...posts.values()].filter(({ child }) => isUp(child)).map(({ child }) => child.spec);
    if (running.length === 0) return resolveStopped();
    for (const spec of mayStop(running)) {
      const post = posts.get(spec.id);
      if (post?.child.wanted) apply(post, { kind: "wanted", running: false });
    }
  };
  const afterChange = () => (isStopping ? stopNext() : startWaiting());
  startWaiting();

  return {
    members: () =>
      [...posts.values()].map(({ child, usage, counters, lastError }) => ({
        child,
        usage,
        counters,
        lastError,
      })),
    attach(childId, spawnId, link) {
      const post = posts.get(childId);
      if (!post || post.spawnId !== spawnId) return false;
      post.link = link;
      return true;
    },
    hear(childId, spawnId, message) {
      const post = posts.get(childId);
      if (!post || post.spawnId !== spawnId) return;
      switch (message.kind) {
        case "stage":
          apply(post, { kind: "stage", stage: message.stage });
          return afterChange();
        case "beat":
          post.usage = message.usage;
          post.counters = message.counters;
          return apply(post, { kind: "beat" });
        case "trouble":
          log.warn({ who: childId, code: message.code, detail: message.detail }, "child told of trouble");
          post.lastError = `${message.code}: ${message.detail}`;
      }
    },
    async stopAll() {
      isStopping = true;
      hadToKill.clear();
      const stopped = new Promise<void>((resolve) => {
        resolveStopped = resolve;
      });
      for (const post of posts.values())
        if (!isUp(post.child)) apply(post, { kind: "wanted", running: false });
      stopNext();
      await stopped;
      for (const post of posts.values()) post.cancelWake();
      return { hadToKill: [...hadToKill] };
    },
  };
}

const newPost = (spec: ChildSpec): Post => ({
  child: newChild(spec),
  spawnId: undefined,
  link: undefined,
  usage: undefined,
  counters: undefined,
  lastError: undefined,
  cancelWake: () => {},
});

const isUp = ({ state }: Child) =>
  state.is === "starting" || state.is === "running" || state.is === "stopping";

function signal(pid: number, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, name);
  } catch {
    // It left by itself meanwhile; its exit event is on the way.
  }
}
