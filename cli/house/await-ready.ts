/** Watches a house come up, over its control socket. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Home } from "../../shared/home.ts";
import { hubChildId } from "../../shared/ids.ts";
import type { ChildStatus, SupervisorStatus } from "../../shared/ipc/control.ts";
import { dialSupervisor } from "../control-link.ts";
import { describeState, who } from "../status/status-page.ts";
import type { Launched } from "./launch.ts";

export type Coming =
  | { readonly is: "ready"; readonly status: SupervisorStatus }
  /** Time is up, or some child was given up: `status` says how far they are. */
  | { readonly is: "not-ready"; readonly status: SupervisorStatus | undefined }
  | { readonly is: "exited"; readonly exitCode: number };

const LOOK_EVERY_MS: Millis = 50;

export async function awaitReady(using: {
  readonly home: Home;
  readonly clock: Clock;
  readonly launched: Pick<Launched, "exited">;
  readonly withinMs: Millis;
  readonly onStatus?: (status: SupervisorStatus) => void;
}): Promise<Coming> {
  const { home, clock } = using;
  const until = clock.now() + using.withinMs;
  let exit: { readonly exitCode: number } | undefined;
  const exited = using.launched.exited.then((end) => {
    exit = end;
  });
  const rest = () => Promise.race([exited, sleep(clock, LOOK_EVERY_MS)]);

  let status: SupervisorStatus | undefined;
  while (clock.now() < until && !exit) {
    const dialled = await dialSupervisor(home, clock);
    while (dialled.is === "open" && clock.now() < until && !exit) {
      const asked = await dialled.control.ask({ do: "status" }, until - clock.now());
      if (asked.is === "away" || asked.answer.kind !== "status") break;
      status = asked.answer.status;
      using.onStatus?.(status);
      const judged = judgeComing(status.children);
      if (judged !== "coming") {
        dialled.control.close();
        return { is: judged, status };
      }
      await rest();
    }
    if (dialled.is === "open") dialled.control.close();
    await rest();
  }
  return exit ? { is: "exited", exitCode: exit.exitCode } : { is: "not-ready", status };
}

type OnItsWay = Pick<ChildStatus, "childId" | "state" | "stage" | "waits">;

const isReady = ({ state, stage }: OnItsWay) => state === "running" && stage === "ready";

/** Pure. */
export function judgeComing(children: readonly OnItsWay[]): "ready" | "coming" | "not-ready" {
  if (children.every(isReady)) return "ready";
  const isHopeless = (child: OnItsWay) => child.state === "given-up" || isKept(child);
  return children.some(isHopeless) ? "not-ready" : "coming";
}

/** A person has to do something first. Where the hub has to wait for that, everybody has. */
const waitsForOperator = (child: OnItsWay) =>
  isReady(child) && child.childId !== hubChildId
    ? []
    : (child.waits ?? []).filter((wait) => wait.for === "operator");

/** What no waiting cures. Of topics that a channel's owner has to grant first a worker goes without, and gets ready. */
const isKept = (child: OnItsWay): boolean =>
  waitsForOperator(child).some(({ stage }) => child.childId === hubChildId || stage !== "eventsub");

/** Pure: who is missing, how far it is and what to do: "hub: starting (eventsub), alice_live: resting". */
export function describeMissing(children: readonly ChildStatus[]): string {
  const missing = children
    .filter((child) => !isReady(child) || waitsForOperator(child).length > 0)
    .map((child) => `${who(child.childId)}: ${describeState(child)}`);
  const advice = new Set(children.flatMap((child) => waitsForOperator(child)[0]?.detail ?? []));
  return `${missing.join(", ")}.${[...advice].map((words) => ` ${words}.`).join("")}`;
}

export const sleep = (clock: Clock, forMs: Millis): Promise<void> =>
  new Promise((resolve) => {
    clock.after(forMs, resolve);
  });
