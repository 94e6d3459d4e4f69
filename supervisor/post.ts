/** What the crew holds of one child beside its life: the process, its link, and what it told. */
import type { Millis } from "../shared/clock.ts";
import type { ChildStatus } from "../shared/ipc/control.ts";
import type { Link } from "../shared/ipc/link.ts";
import type { Counters, SupervisorToChild, Usage } from "../shared/ipc/supervisor-child.ts";
import type { ChildError } from "./child-errors.ts";
import { type Child, type ChildSpec, newChild } from "./child-spec.ts";
import type { LastWords } from "./last-words.ts";
import { type MinuteMarks, toPerMinute } from "./minute-rates.ts";
import type { ProcessWatch } from "./watch-process.ts";

export interface Post {
  child: Child;
  /** What the living process was spawned from. */
  specHash: string | undefined;
  spawnId: string | undefined;
  link: Link<SupervisorToChild> | undefined;
  watch: ProcessWatch | undefined;
  lastWords: LastWords | undefined;
  usage: Usage | undefined;
  counters: Counters | undefined;
  minute: MinuteMarks;
  errors: readonly ChildError[];
  isLeaving: boolean;
  cancelWake: () => void;
  onSpawned: ((pid: number) => void)[];
  onGone: (() => void)[];
}

/** A child as `status` and the memory watch see it. */
export interface Member {
  readonly child: Child;
  readonly usage: Usage | undefined;
  readonly counters: Counters | undefined;
  readonly perMinute: ChildStatus["perMinute"];
  readonly errors: readonly ChildError[];
}

export const newPost = (spec: ChildSpec): Post => ({
  child: newChild(spec),
  specHash: undefined,
  spawnId: undefined,
  link: undefined,
  watch: undefined,
  lastWords: undefined,
  usage: undefined,
  counters: undefined,
  minute: [],
  errors: [],
  isLeaving: false,
  cancelWake: () => {},
  onSpawned: [],
  onGone: [],
});

export const toMember = ({ child, usage, counters, minute, errors }: Post): Member => ({
  child,
  usage,
  counters,
  perMinute: toPerMinute(minute),
  errors,
});

export const isUp = ({ state }: Child) =>
  state.is === "starting" || state.is === "running" || state.is === "stopping";

/** What was told by the process before means nothing of this one. */
export function forgetLastLife(post: Post, spawnId: string): void {
  post.spawnId = spawnId;
  post.counters = undefined;
  post.minute = [];
  post.usage = undefined;
}

/** Before this process was born, or found; its time on our clock. */
export const bornAt = (now: Millis, wallNow: Millis, since: string): Millis =>
  now - (wallNow - Date.parse(since));
