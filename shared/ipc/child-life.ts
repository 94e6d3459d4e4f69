/**
 * A child's side of the supervisor-child conversation: says how far it is, beats, tells of trouble, and hears when
 * to stop. A child without a supervisor goes on for a while, because a new one may adopt it, and then stops: no
 * child outlives the house for long.
 */
import type { Clock, Millis } from "../clock.ts";
import type { WorkerSettings } from "../config/own-settings.ts";
import type { Login } from "../ids.ts";
import type { Logger } from "../log.ts";
import { type ChildCondition, cutDetail, makeChildCondition } from "./child-condition.ts";
import { startLastingLink } from "./lasting-link.ts";
import { HOUSE_PULSE } from "./link.ts";
import {
  BEAT_EVERY_MS,
  type ChildToSupervisor,
  type Counters,
  type Stage,
  SUPERVISOR_CHILD_VERSION,
  SupervisorToChild,
  type Usage,
} from "./supervisor-child.ts";

export interface ChildLife {
  /** Say each stage when it is reached; a later hello repeats the last one. */
  reach(stage: Stage): void;
  /** Out of turn: a figure that somebody may wait for has changed. */
  beat(): void;
  /** It happened and is past. The latest is kept and said when there is somebody to hear it. */
  trouble(code: string, detail: string): void;
  /** What the channel has of its own was changed by us: the supervisor looks when it can be reached. */
  settingsChanged(): void;
  /** What lasts: waits, and troubles that begin and end. */
  readonly condition: ChildCondition;
  stop(): void;
}

export function startChildLife(using: {
  readonly path: string;
  readonly papers: {
    readonly childId: ChildHello["childId"];
    readonly spawnId: string;
    readonly credential: string;
    readonly orphanAfterMs: Millis;
  };
  readonly pid: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Since the last beat. */
  readonly usage: () => Usage;
  readonly counters: () => Counters;
  /** Just before each: for who looks at itself now and then. */
  readonly onBeat?: () => void;
  readonly onPleaseStop: (because: string) => void;
  readonly onReopenLogs: () => void;
  /** The hub's: every channel that has a worker now. */
  readonly onChannels?: (channels: readonly Login[]) => void;
  /** A worker's. */
  readonly onSettings?: (settings: WorkerSettings) => void;
}): ChildLife {
  const { clock, log, papers } = using;
  let stage: Stage = "starting";
  let isWelcome = false;
  let unsaid: Extract<ChildToSupervisor, { kind: "trouble" }> | undefined;
  const orphaned = () => using.onPleaseStop("no supervisor for too long");
  let cancelOrphan = clock.after(papers.orphanAfterMs, orphaned);

  const sayCondition = () => {
    if (isWelcome) link.send({ kind: "condition", ...condition.now() });
  };
  const condition = makeChildCondition({ clock, onChange: sayCondition });
  const sayTrouble = () => {
    if (unsaid && link.send(unsaid) === "sent") unsaid = undefined;
  };
  const link = startLastingLink<SupervisorToChild, ChildToSupervisor>({
    name: "supervisor",
    path: using.path,
    incoming: SupervisorToChild,
    hello: () => ({
      kind: "hello",
      conversation: "supervisor-child",
      version: SUPERVISOR_CHILD_VERSION,
      childId: papers.childId,
      spawnId: papers.spawnId,
      credential: papers.credential,
      pid: using.pid,
      stage,
    }),
    clock,
    random: using.random,
    log,
    pulse: HOUSE_PULSE,
    // Short rests: a killed supervisor's successor should find everybody within a second.
    backoff: { first: 100, longest: 500, jitter: 0.5 },
    onMessage(message) {
      switch (message.kind) {
        case "welcome":
          isWelcome = true;
          cancelOrphan();
          // Whoever rotated them while there was no link could not tell us.
          using.onReopenLogs();
          // Also when there is nothing to tell: this supervisor may remember what is over.
          sayCondition();
          sayTrouble();
          return beat();
        case "please-stop":
          return using.onPleaseStop(message.because);
        case "reopen-logs":
          return using.onReopenLogs();
        case "channels":
          return using.onChannels?.(message.channels);
        case "settings":
          return using.onSettings?.(message);
      }
    },
    onEnd(end) {
      if (end.is === "closed-by-us") return cancelOrphan();
      // Turned away at the door is as good as nobody there: the time goes on.
      if (!isWelcome) return;
      isWelcome = false;
      cancelOrphan = clock.after(papers.orphanAfterMs, orphaned);
    },
  });
  const beat = () => {
    using.onBeat?.();
    link.send({ kind: "beat", usage: using.usage(), counters: using.counters() });
  };
  const stopBeats = clock.every(BEAT_EVERY_MS, beat);

  return {
    beat,
    reach(to) {
      if (to === stage) return;
      log.info({ from: stage, to }, "stage reached");
      stage = to;
      link.send({ kind: "stage", stage: to });
    },
    trouble(code, detail) {
      unsaid = { kind: "trouble", code, detail: cutDetail(detail) };
      sayTrouble();
    },
    settingsChanged: () => void link.send({ kind: "settings-changed" }),
    condition,
    stop() {
      stopBeats();
      cancelOrphan();
      link.stop();
    },
  };
}

type ChildHello = Extract<ChildToSupervisor, { kind: "hello" }>;
