import type { Backoff } from "../shared/backoff.ts";
import type { Millis } from "../shared/clock.ts";
import type { ChildId } from "../shared/ids.ts";
import type { Stage } from "../shared/ipc/supervisor-child.ts";

/** What to keep alive, as data. The supervisor knows an entry file's path and never imports it. */
export interface ChildSpec {
  readonly id: ChildId;
  readonly entry: string;
  /** Flags for node itself. */
  readonly execArgv: readonly string[];
  /** Handed over on standard input, with the credential added at spawn. */
  readonly papers: Readonly<Record<string, unknown>>;
  /** Relative to the logs folder; whatever a crash writes to stdout and stderr ends here. */
  readonly crashLog: string;
  /** Children that must have said hello before this one is spawned for the first time. */
  readonly startsAfter: readonly ChildId[];
  /**
   * One of these stages must be reached within this time of the spawn, or a new process is tried. Only stages that a
   * new process could reach sooner: what waits for Twitch or for another child is not mended by a restart.
   */
  readonly mustReach: { readonly oneOf: readonly Stage[]; readonly withinMs: Millis };
  /** A process that has not said hello by then never will. */
  readonly helloWithinMs: Millis;
  readonly heartbeat: { readonly everyMs: Millis; readonly missesMax: number };
  readonly stopWithinMs: Millis;
  /** Proportional set size; above it the process is replaced by a fresh one. */
  readonly pssKbMax: number;
  readonly patience: RestartPatience;
}

/** Up to `restartsMax` falls inside `windowMs` are answered at once; past that we rest, longer each time, and never stop trying. */
export interface RestartPatience {
  readonly restartsMax: number;
  readonly windowMs: Millis;
  readonly rest: Backoff;
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
      readonly since: Millis;
      readonly lastSign: Millis | undefined;
      readonly stage: Stage;
    }
  | { readonly is: "running"; readonly pid: number; readonly since: Millis; readonly lastSign: Millis }
  | { readonly is: "stopping"; readonly pid: number; readonly killAt: Millis; readonly because: StopReason }
  | { readonly is: "resting"; readonly until: Millis }
  | { readonly is: "given-up"; readonly because: "bad-config" };

export type StopReason = "not-wanted" | "restart" | "no-hello" | "not-ready" | "no-heartbeat";

export type ChildEvent =
  | { readonly kind: "wanted"; readonly running: boolean }
  | { readonly kind: "spawned"; readonly pid: number }
  /** A process of an earlier supervisor was found alive; it will say hello. `bornAt`: on our clock. */
  | { readonly kind: "adopted"; readonly pid: number; readonly bornAt: Millis }
  /** A fresh process is wanted in the place of this one: that is no fall. */
  | { readonly kind: "restart" }
  | { readonly kind: "stage"; readonly stage: Stage }
  | { readonly kind: "beat" }
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
  | { readonly do: "ask-to-stop"; readonly pid: number }
  | { readonly do: "kill"; readonly pid: number; readonly because: StopReason }
  | { readonly do: "wake-me"; readonly at: Millis };

/** A child as the supervisor remembers it: where it is, and the falls that still count. */
export interface Child {
  readonly spec: ChildSpec;
  readonly wanted: boolean;
  readonly state: ChildState;
  /** Instants of the falls inside the patience window. */
  readonly falls: readonly Millis[];
  readonly restsInARow: number;
  readonly restarts: number;
  /** When the living process was spawned. */
  readonly bornAt: Millis | undefined;
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
  lastExit: undefined,
});
