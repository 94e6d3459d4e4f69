/** A worker's permits, granted one by one by a hub that lives in memory and can go. */
import type { WorkerToHub } from "../../shared/ipc/hub-worker.ts";
import type { AwayShares } from "../../shared/ipc/permit-words.ts";
import { makePermitDesk } from "../../worker/permits/permit-desk.ts";
import type { FakeClock } from "./fake-clock.ts";
import type { Surroundings } from "./worker-room.ts";

const DIAL_EVERY_MS = 2_000;
const GOOD_FOR_MS = 3_000;
const share = { count: 4, windowMs: 30_500, afterMs: 40_500 };
const SHARES: AwayShares = { auth: share, join: share, send: share };

export function openMemoryPermits(clock: FakeClock, surroundings: Surroundings) {
  let isAway = false;
  let granted = 0;
  const waiting = new Map<string, () => void>();
  const hear = (message: WorkerToHub) => {
    if (message.kind === "permit-unwish") waiting.get(message.wants)?.();
    if (message.kind !== "permit-wish" || message.isAhead) return;
    const { wants, number, asViewer } = message;
    waiting.get(wants)?.();
    const waitedMs = surroundings.permitWaitMs;
    const grant = () => {
      const name = `g${granted++}`;
      const common = { wants, number, asViewer, waitedMs } as const;
      desk.hubSide.hear({ kind: "permit", grant: name, count: 1, goodForMs: GOOD_FOR_MS, ...common });
    };
    if (waitedMs === 0) queueMicrotask(grant);
    else waiting.set(wants, clock.after(waitedMs, grant));
  };
  const desk = makePermitDesk({
    spawnId: "spawn",
    weight: 1,
    clock,
    send(message) {
      if (isAway) return "closed";
      hear(message);
      return "sent";
    },
  });
  desk.hubSide.hear({ kind: "permits-open", shares: SHARES });
  let stopDialling = () => {};
  const look = () => {
    if (surroundings.isHubAway === isAway) return;
    isAway = surroundings.isHubAway;
    stopDialling();
    if (!isAway) {
      desk.hubSide.dialled("perhaps-somebody", clock.now());
      return desk.hubSide.hear({ kind: "permits-open", shares: SHARES });
    }
    for (const cancel of waiting.values()) cancel();
    desk.hubSide.linkLost();
    desk.hubSide.dialled("nobody", clock.now());
    stopDialling = clock.every(DIAL_EVERY_MS, () => desk.hubSide.dialled("nobody", clock.now()));
  };
  look();
  return {
    desk,
    /** The surroundings may have changed. */
    look,
    close() {
      stopDialling();
      for (const cancel of waiting.values()) cancel();
      desk.stop();
    },
  };
}
