/**
 * The children as they are now. Events come in (exits, hellos, beats, time, a new shape), `stepChild` decides, the
 * orders are carried out here. Promises: one process per child at a time; a child that fell is dealt with in the same
 * turn of the loop; nothing but the touched child starts or stops; `stopAll` resolves when the last process has gone.
 */
import { join } from "node:path";
import type { AuditWriter } from "../db/audit-log.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import { toError } from "../shared/errors.ts";
import type { Home } from "../shared/home.ts";
import { type ChildId, channelOfWorker } from "../shared/ids.ts";
import { childIdentity, type HouseKey, makeCredential } from "../shared/ipc/house-key.ts";
import type { Link } from "../shared/ipc/link.ts";
import { BEAT_EVERY_MS, type SupervisorToChild } from "../shared/ipc/supervisor-child.ts";
import type { Logger } from "../shared/log.ts";
import { noteEnd, noteReady } from "./child-errors.ts";
import { type ChildNote, hashSpec, removeChildNote, writeChildNote } from "./child-notes.ts";
import type { ChildEvent, ChildOrder, ChildSpec, Exit } from "./child-spec.ts";
import { type ChildTells, hearChild } from "./hear-child.ts";
import { awaitLastWords } from "./last-words.ts";
import { bornAt, forgetLastLife, isUp, type Member, newPost, type Post, toMember } from "./post.ts";
import type { spawnChild } from "./spawn.ts";
import { mayStart, mayStop } from "./start-order.ts";
import { isUnwished, stepChild } from "./step-child.ts";
import { watchProcess } from "./watch-process.ts";

/** What a new shape changed, by child. */
export interface Reshaped {
  readonly added: readonly ChildId[];
  readonly removed: readonly ChildId[];
  readonly changed: readonly ChildId[];
  /** Those that are to be told of something new, and are not replaced. */
  readonly told: readonly ChildId[];
}

export interface Crew {
  members(): readonly Member[];
  /** Who should be here: new ones are started, missing ones stopped and forgotten, changed ones replaced by and by. */
  shape(specs: readonly ChildSpec[]): Reshaped;
  /** A process said hello; false when it is not the one we know under this id. */
  attach(childId: ChildId, spawnId: string, link: Link<SupervisorToChild>): boolean;
  hear(childId: ChildId, spawnId: string, message: ChildTells): void;
  tell(childId: ChildId, message: SupervisorToChild): "sent" | "closed";
  tellAll(message: SupervisorToChild): void;
  /** A fresh process in the place of this one; resolves with its pid, or undefined when the child is not here. */
  restart(childId: ChildId): Promise<number | undefined>;
  /** As `restart`, a few at a time, until all have had their turn. */
  restartInTurn(childIds: readonly ChildId[]): void;
  /** Resolves when the child has no process. */
  gone(childId: ChildId): Promise<void>;
  stopAll(): Promise<{ readonly hadToKill: readonly ChildId[] }>;
}

/** Later than this and it was not the loop's ordinary lag. */
const LATE_WAKE_MS: Millis = 1_000;
/** Whoever lives has spoken by then. */
const HEAR_FIRST_MS: Millis = BEAT_EVERY_MS + 1_000;
/** A look at the sockets: a word that lies unread in them counts before silence does. */
const HEAR_UNREAD_MS: Millis = 50;

/** Starting costs CPU until a child has said hello; more at once would only make each of them slower. */
const STARTS_AT_ONCE = 4;

export function startCrew(using: {
  /** Living children of an earlier supervisor; those the first shape has no place for are ended elsewhere. */
  readonly found: readonly ChildNote[];
  readonly specs: readonly ChildSpec[];
  readonly home: Home;
  readonly houseKey: HouseKey;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newSpawnId: () => string;
  readonly spawn: typeof spawnChild;
  readonly log: Logger;
  readonly audit: AuditWriter;
  /** A process has gone; what it left on disk is its heir's to clear. */
  readonly onExit: (childId: ChildId, lastWords: string | undefined) => void;
}): Crew {
  const { home, clock, log, audit } = using;
  const posts = new Map<ChildId, Post>();
  const toRestart = new Set<ChildId>();
  const hadToKill = new Set<ChildId>();
  let isStopping = false;
  let resolveStopped: () => void = () => {};

  const apply = (post: Post, event: ChildEvent) => {
    const before = post.child.state;
    const stepped = stepChild(post.child, event, clock.now(), using.random());
    post.child = stepped.child;
    const after = post.child.state;
    if (before.is !== after.is) {
      log.info({ who: post.child.spec.id, from: before.is, to: after.is, because: event.kind }, "child");
      if (after.is === "given-up")
        audit.write("child-given-up", { child: post.child.spec.id, because: after.because }, about(post));
    }
    for (const order of stepped.orders) carryOut(post, order);
    if (!isUp(post.child)) for (const resolve of post.onGone.splice(0)) resolve();
  };

  const carryOut = (post: Post, order: ChildOrder) => {
    switch (order.do) {
      case "spawn":
        return spawn(post);
      case "ask-to-stop":
        if (order.because.is === "stage-missed")
          log.warn({ who: post.child.spec.id, ...order.because.missed }, "child is stuck and is replaced");
        if (post.link?.send({ kind: "please-stop", because: "stop" }) !== "sent")
          signal(order.pid, "SIGTERM");
        return;
      case "kill":
        log.warn({ who: post.child.spec.id, pid: order.pid, because: order.because.is }, "child is killed");
        audit.write("child-killed", { child: post.child.spec.id, because: order.because.is }, about(post));
        hadToKill.add(post.child.spec.id);
        signal(order.pid, "SIGKILL");
        return;
      case "wake-me":
        return wakeAt(post, order.at);
    }
  };

  const wakeAt = (post: Post, at: Millis) => {
    post.cancelWake();
    post.cancelWake = clock.after(Math.max(0, at - clock.now()), () => {
      // When we were asleep ourselves (a paused machine) the children may be on their way back to us.
      const hearForMs = clock.now() - at > LATE_WAKE_MS ? HEAR_FIRST_MS : HEAR_UNREAD_MS;
      post.cancelWake = clock.after(hearForMs, () => apply(post, { kind: "tick" }));
    });
  };

  const spawn = (post: Post) => {
    const { spec } = post.child;
    const spawnId = using.newSpawnId();
    forgetLastLife(post, spawnId);
    post.lastWords = awaitLastWords(join(home.logs, spec.crashLog));
    const credential = makeCredential(using.houseKey, childIdentity(spec.id, spawnId));
    const birth = { childId: spec.id, spawnId, credential };
    const spawned = using.spawn({ spec, home, birth, onExit: (exit) => exited(post, exit) });
    if (spawned.is === "failed") {
      // In a turn of its own: the fall may order the next spawn, and so on.
      clock.after(0, () => exited(post, { is: "spawn-failed", problem: spawned.problem }));
      return;
    }
    const at = new Date(clock.wall());
    post.specHash = hashSpec(spec);
    try {
      writeChildNote(home.pids, { spec, pid: spawned.pid, spawnId, at });
    } catch (problem) {
      // Only a successor would have read it.
      log.warn({ err: toError(problem), who: spec.id }, "a child's note could not be written");
    }
    apply(post, { kind: "spawned", pid: spawned.pid });
    for (const resolve of post.onSpawned.splice(0)) resolve(spawned.pid);
  };

  const exited = (post: Post, exit: Exit) => {
    const { id } = post.child.spec;
    const lastWords = post.lastWords?.read();
    log.info({ who: id, exit, lastWords }, "child exited");
    removeChildNote(home.pids, id);
    using.onExit(id, lastWords);
    post.watch?.stop();
    post.watch = undefined;
    post.link?.close();
    post.link = undefined;
    const wasUnwished = isUnwished(post.child);
    apply(post, { kind: "exited", exit });
    const how = [post.child.lastExit, lastWords].filter((words) => words !== undefined).join(": ");
    if (wasUnwished) audit.write("child-fell", { child: id, exit: how }, about(post));
    post.errors = noteEnd(post.errors, wasUnwished ? how : undefined, clock.now());
    if (post.isLeaving && !isUp(post.child)) posts.delete(id);
    afterChange();
  };

  const adopt = (post: Post, note: ChildNote) => {
    const { spec } = post.child;
    post.spawnId = note.spawnId;
    post.specHash = note.specHash;
    post.lastWords = awaitLastWords(join(home.logs, spec.crashLog));
    post.watch = watchProcess(note, { clock, onGone: () => exited(post, { is: "unseen" }) });
    const born = bornAt(clock.now(), clock.wall(), note.since);
    apply(post, { kind: "adopted", pid: note.pid, bornAt: born });
    if (note.specHash !== hashSpec(spec)) toRestart.add(spec.id);
  };

  const hasSaidHello = (id: ChildId) => {
    const post = posts.get(id);
    return (
      post !== undefined &&
      (post.child.state.is === "running" || (post.link !== undefined && isUp(post.child)))
    );
  };
  /** How many more may start now. */
  const room = () =>
    STARTS_AT_ONCE -
    [...posts.values()].filter((post) => isUp(post.child) && !post.link && !post.child.spec.health).length;

  const startWaiting = () => {
    const waiting = [...posts.values()].filter(({ child, isLeaving }) => !child.wanted && !isLeaving);
    const specs = waiting.map(({ child }) => child.spec);
    for (const spec of mayStart(specs, hasSaidHello).slice(0, Math.max(0, room()))) {
      const post = posts.get(spec.id);
      if (post) apply(post, { kind: "wanted", running: true });
    }
    for (const id of [...toRestart].slice(0, Math.max(0, room()))) {
      toRestart.delete(id);
      const post = posts.get(id);
      if (post) apply(post, { kind: "restart" });
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

  const shape = (specs: readonly ChildSpec[]): Reshaped => {
    const added: ChildId[] = [];
    const changed: ChildId[] = [];
    const told: ChildId[] = [];
    for (const spec of specs) {
      const post = posts.get(spec.id);
      if (!post) {
        posts.set(spec.id, newPost(spec));
        added.push(spec.id);
        continue;
      }
      if (post.isLeaving) added.push(spec.id);
      else if (post.specHash !== undefined && post.specHash !== hashSpec(spec)) changed.push(spec.id);
      else if (!isToldSame(post.child.spec, spec)) told.push(spec.id);
      post.isLeaving = false;
      post.child = { ...post.child, spec };
    }
    const wanted = new Set(specs.map((spec) => spec.id));
    const removed = [...posts.keys()].filter((id) => !wanted.has(id) && !posts.get(id)?.isLeaving);
    for (const id of removed) dismiss(id);
    for (const id of changed) toRestart.add(id);
    return { added, removed, changed, told };
  };
  const dismiss = (id: ChildId) => {
    const post = posts.get(id);
    if (!post) return;
    post.isLeaving = true;
    toRestart.delete(id);
    apply(post, { kind: "wanted", running: false });
    if (!isUp(post.child)) posts.delete(id);
  };

  shape(using.specs);
  for (const note of using.found) {
    const post = posts.get(note.childId);
    if (post) adopt(post, note);
  }
  startWaiting();

  return {
    members: () => [...posts.values()].map(toMember),
    shape(specs) {
      const reshaped = shape(specs);
      afterChange();
      return reshaped;
    },
    attach(childId, spawnId, link) {
      const post = posts.get(childId);
      if (!post || post.spawnId !== spawnId) return false;
      post.link = link;
      void link.closed.then(() => {
        if (post.link === link) post.link = undefined;
        post.watch?.lookSoon();
      });
      return true;
    },
    hear(childId, spawnId, message) {
      const post = posts.get(childId);
      if (!post || post.spawnId !== spawnId) return;
      const event = hearChild(post, message, { clock, log });
      if (event) apply(post, event);
      if (event?.kind !== "stage") return;
      if (post.child.state.is === "running") post.errors = noteReady(post.errors, clock.now());
      afterChange();
    },
    tell: (childId, message) => posts.get(childId)?.link?.send(message) ?? "closed",
    tellAll(message) {
      for (const post of posts.values()) post.link?.send(message);
    },
    restart(childId) {
      const post = posts.get(childId);
      if (!post || post.isLeaving || isStopping) return Promise.resolve(undefined);
      const spawned = new Promise<number>((resolve) => post.onSpawned.push(resolve));
      if (post.child.wanted) apply(post, { kind: "restart" });
      else apply(post, { kind: "wanted", running: true });
      return spawned;
    },
    restartInTurn(childIds) {
      for (const id of childIds) toRestart.add(id);
      afterChange();
    },
    gone(childId) {
      const post = posts.get(childId);
      if (!post || !isUp(post.child)) return Promise.resolve();
      return new Promise((resolve) => post.onGone.push(resolve));
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

const isToldSame = (before: ChildSpec, after: ChildSpec): boolean =>
  (after.toldKeys ?? []).every(
    (key) => JSON.stringify(before.papers[key]) === JSON.stringify(after.papers[key]),
  );

/** The channel an event of the audit log is about. */
const about = ({ child }: Post) => ({ channel: channelOfWorker(child.spec.id) });

function signal(pid: number, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, name);
  } catch {
    // It left by itself meanwhile; its exit event is on the way.
  }
}
