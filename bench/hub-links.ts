/**
 * Workers' ends of the hub's links, many in one process: dialled, checked at the door and acknowledged as a worker
 * does it, and nothing done with the events but to look at when they arrived and whether all did, in order.
 */
import { systemClock } from "../shared/clock.ts";
import { makeAcknowledgements } from "../shared/ipc/acknowledgements.ts";
import {
  HUB_WORKER_VERSION,
  type HubEvent,
  HubToWorker,
  type WorkerToHub,
} from "../shared/ipc/hub-worker.ts";
import { HOUSE_PULSE, type Link, openLink } from "../shared/ipc/link.ts";
import { dialSocket } from "../shared/ipc/socket-client.ts";
import { openLogFile } from "../shared/log.ts";
import { answerOrders, nowNanos, tellNews } from "./bench-child.ts";
import { BARE_EPOCH } from "./hub-fed.ts";
import type { WorkerBirth } from "./hub-house.ts";

const NEWS_EVERY_MS = 5;
const DIAL_WITHIN_MS = 5_000;

const { log } = openLogFile({ file: "/dev/null", level: "silent", bindings: {} });
let events = 0;
let wrong = 0;
let tookNanos: number[] = [];
let isTiming = false;
const links: Link<WorkerToHub>[] = [];

function take(event: HubEvent): void {
  events += 1;
  if (!isTiming || event.body.topic !== "channel.update") return;
  tookNanos.push(Number(nowNanos() - BigInt(event.body.title)));
}

async function attach(socket: string, birth: WorkerBirth): Promise<void> {
  const dialled = await dialSocket(socket, DIAL_WITHIN_MS);
  if (dialled.is === "refused") throw new Error(dialled.problem);
  let lastSeq: number | undefined;
  let isNumbered = false;
  await new Promise<void>((resolve, reject) => {
    const link = openLink<HubToWorker, WorkerToHub>(dialled.wire, HubToWorker, {
      clock: systemClock,
      log,
      pulse: HOUSE_PULSE,
      onMessage(message) {
        if (message.kind === "welcome") {
          isNumbered = message.epoch !== BARE_EPOCH;
          link.send({ kind: "want-topics", topics: ["channel.update"] });
        }
        if (message.kind === "topics-settled") resolve();
        if (message.kind === "gap") wrong += message.toSeq - message.fromSeq + 1;
        if (message.kind !== "event") return;
        if (isNumbered && lastSeq !== undefined && message.seq !== lastSeq + 1) wrong += 1;
        lastSeq = message.seq;
        take(message);
        acknowledgements.add(message.seq);
      },
    });
    const acknowledgements = makeAcknowledgements({
      clock: systemClock,
      say: (seq) => link.send({ kind: "event-received", seq }),
    });
    links.push(link);
    void link.closed.then((end) => reject(new Error(`a link ended: ${JSON.stringify(end)}`)));
    link.send({
      kind: "hello",
      conversation: "hub-worker",
      version: HUB_WORKER_VERSION,
      ...birth,
      uses: [],
      isFresh: true,
      weight: 1,
    });
  });
}

let stopNews = () => {};
const orders = {
  attach: ({ socket, births }: { readonly socket: string; readonly births: readonly WorkerBirth[] }) =>
    Promise.all(births.map((birth) => attach(socket, birth))).then(() => births.length),
  /** Times arrivals from now on. */
  begin(_: null) {
    tookNanos = [];
    isTiming = true;
  },
  /** Arrived since the process began. */
  events: (_: null) => events,
  /** Numbers that were skipped or came twice, since the process began. */
  wrong: (_: null) => wrong,
  /** From the feeder's stamp to the handler, since `begin`. */
  tookNanos(_: null) {
    isTiming = false;
    return tookNanos;
  },
  /** Tells how much has arrived, again and again. */
  tellProgress(isWanted: boolean) {
    stopNews();
    stopNews = isWanted ? systemClock.every(NEWS_EVERY_MS, () => tellNews(events)) : () => {};
  },
};
export type LinksOrders = typeof orders;

answerOrders(orders);
