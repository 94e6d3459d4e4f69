/** What the processes of a house weigh, in MB of proportional set size: what is shared counts once, in parts. */
import type { ChildStatus, SupervisorStatus } from "../shared/ipc/control.ts";

export interface Weight {
  readonly workersMb: readonly number[];
  readonly hubMb: number;
  readonly supervisorMb: number;
}

const KB_PER_MB = 1_024;

export const isWorker = ({ childId }: Pick<ChildStatus, "childId">): boolean => childId !== "hub";

/** Pure. */
export function toWeight({ children, pssKb }: Pick<SupervisorStatus, "children" | "pssKb">): Weight {
  return {
    workersMb: children.filter(isWorker).map((child) => toMb(child.pssKb)),
    hubMb: toMb(children.find((child) => !isWorker(child))?.pssKb),
    supervisorMb: toMb(pssKb),
  };
}

const toMb = (kb: number | undefined) => (kb ?? Number.NaN) / KB_PER_MB;

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
