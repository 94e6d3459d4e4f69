import type { Backoff } from "../shared/backoff.ts";
import type { Millis } from "../shared/clock.ts";
import type { ChildId } from "../shared/ids.ts";
import type { Stage, Wait } from "../shared/ipc/supervisor-child.ts";

/** What to keep alive, as data. The supervisor knows an entry file's path and never imports it. */
export interface ChildSpec {
  readonly id: ChildId;
  readonly entry: string;
  /** Flags for node itself; of a program that is no Node, its arguments. */
  readonly execArgv: readonly string[];
  /** Beside what every child gets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Set for a program that is no Node and has no words for us: instead it is asked how it is, by whom it knows. */
  readonly health?: { readonly url: string; readonly keeper: string };
  /** Handed over on standard input, with the credential added at spawn. */
  readonly papers: Readonly<Record<string, unknown>>;
  /** Keys of its papers that a living child is told of when they change: for them it is not replaced. */
  readonly toldKeys?: readonly string[];
  /** Relative to the logs folder; whatever a crash writes to stdout and stderr ends here. */
  readonly crashLog: string;
  /** Children that must have said hello before this one is spawned for the first time. */
  readonly startsAfter: readonly ChildId[];
  /** Its way to work, in the order the stages are expected; one that comes early is taken as it comes. */
  readonly stages: readonly StageDeadline[];
  readonly heartbeat: { readonly everyMs: Millis; readonly missesMax: number };
  readonly stopWithinMs: Millis;
  /** Proportional set size; above it the process is replaced by a fresh one. */
  readonly pssKbMax: number;
  readonly patience: RestartPatience;
}

/**
 * The stage must be reached within this time of the one before, `starting` (its hello) within this time of the spawn.
 * What the child tells it waits for does not count: a new process would wait as long.
 */
export interface StageDeadline {
  readonly stage: Stage;
  readonly withinMs: Millis;
}

/**
 * Up to `restartsMax` falls inside `windowMs` are answered at once; past that we rest, longer each time, and never
 * stop trying. A life that never became ready forgives no fall before it, however long it took.
 */
export interface RestartPatience {
  readonly restartsMax: number;
  readonly windowMs: Millis;
  readonly rest: Backoff;
}

/** As the child tells it. `until`: it will have tried again; undefined: it waits for a person. */
export interface ChildWait extends Omit<Wait, "forMs"> {
  readonly until: Millis | undefined;
}

/**
 * `starting`: spawned, on its way through its stages. `running`: ready. `stopping`: asked to go or about to be
 * killed. `resting`: fell too often. `given-up`: only a change (of configuration) can help.
 */
export type ChildState =
  | { readonly is: "stopped" }
  | {
      readonly is: "starting";
      readonly pid: number | undefined;
      readonly lastSign: Millis | undefined;
      /** In the order they came. */
      readonly reached: readonly Stage[];
      /** From here the time to the next stage counts; `Infinity` while it waits for a person. */
      readonly countsFrom: Millis;
    }
  | { readonly is: "running"; readonly pid: number; readonly lastSign: Millis }
  | { readonly is: "stopping"; readonly pid: number; readonly killAt: Millis; readonly because: StopReason }
  | { readonly is: "resting"; readonly until: Millis }
  | { readonly is: "given-up"; readonly because: "bad-config" };

export type StopReason =
  | { readonly is: "not-wanted" | "restart" | "no-heartbeat" }
  | { readonly is: "stage-missed"; readonly missed: StageDeadline };

export type ChildEvent =
  | { readonly kind: "wanted"; readonly running: boolean }
  | { readonly kind: "spawned"; readonly pid: number }
  /** A process of an earlier supervisor was found alive; it will say hello. `bornAt`: on our clock. */
  | { readonly kind: "adopted"; readonly pid: number; readonly bornAt: Millis }
  /** A fresh process is wanted in the place of this one: that is no fall. */
  | { readonly kind: "restart" }
  | { readonly kind: "stage"; readonly stage: Stage }
  | { readonly kind: "beat" }
  /** Everything it waits for now. */
  | { readonly kind: "waits"; readonly waits: readonly Wait[] }
  /** Time has passed; sent at the instant the last `wake-me` named. */
  | { readonly kind: "tick" }
  | { readonly kind: "exited"; readonly exit: Exit };

export type Exit =
  | { readonly is: "code"; readonly code: number }
  | { readonly is: "signal"; readonly signal: string }
  | { readonly is: "spawn-failed"; readonly problem: string }
  /** An adopted process is nobody's child: its exit code is lost. */
  | { readonly is: "unseen" };

export type ChildOrder =
  | { readonly do: "spawn" }
  | { readonly do: "ask-to-stop"; readonly pid: number; readonly because: StopReason }
  | { readonly do: "kill"; readonly pid: number; readonly because: StopReason }
  | { readonly do: "wake-me"; readonly at: Millis };

/** A child as the supervisor remembers it: where it is, and the falls that still count. */
export interface Child {
  readonly spec: ChildSpec;
  readonly wanted: boolean;
  readonly state: ChildState;
  /** Instants of the falls that still count against its patience. */
  readonly falls: readonly Millis[];
  readonly restsInARow: number;
  readonly restarts: number;
  /** When the living process was spawned. */
  readonly bornAt: Millis | undefined;
  /** When the living process, or the last one, became ready; undefined when it never did. */
  readonly readyAt: Millis | undefined;
  /** What the living process waits for, one wait for each stage at most. */
  readonly waits: readonly ChildWait[];
  readonly lastExit: string | undefined;
}

export const newChild = (spec: ChildSpec): Child => ({
  spec,
  wanted: false,
  state: { is: "stopped" },
  falls: [],
  restsInARow: 0,
  restarts: 0,
  bornAt: undefined,
  readyAt: undefined,
  waits: [],
  lastExit: undefined,
});
