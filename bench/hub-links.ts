/**
 * A worker's ends of two links, the hub's and the bare server's: dialled, checked at the door and acknowledged as a worker
 * does it, and nothing done with the events but to look at when they arrived and whether all did, in order.
 */
import { type Millis, systemClock } from "../shared/clock.ts";
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
import { BARE_EPOCH, type Fed } from "./hub-fed.ts";
import type { WorkerBirth } from "./hub-house.ts";

const DIAL_WITHIN_MS = 5_000;

const { log } = openLogFile({ file: "/dev/null", level: "silent", bindings: {} });
interface Tally {
  events: number;
  /** Numbers that were skipped or came twice. */
  wrong: number;
  tookNanos: number[];
  isTiming: boolean;
}

const makeTally = (): Tally => ({ events: 0, wrong: 0, tookNanos: [], isTiming: false });
const tallies: Readonly<Record<Fed, Tally>> = { hub: makeTally(), bare: makeTally() };
const links: Link<WorkerToHub>[] = [];

function take(tally: Tally, event: HubEvent): void {
  tally.events += 1;
  if (!tally.isTiming || event.body.topic !== "channel.update") return;
  tally.tookNanos.push(Number(nowNanos() - BigInt(event.body.title)));
}

async function attach(tally: Tally, socket: string, birth: WorkerBirth): Promise<void> {
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
        if (message.kind === "gap") tally.wrong += message.toSeq - message.fromSeq + 1;
        if (message.kind !== "event") return;
        if (isNumbered && lastSeq !== undefined && message.seq !== lastSeq + 1) tally.wrong += 1;
        lastSeq = message.seq;
        take(tally, message);
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
  attach: (to: { readonly fed: Fed; readonly socket: string; readonly birth: WorkerBirth }) =>
    attach(tallies[to.fed], to.socket, to.birth),
  /** Times arrivals from now on. */
  begin(fed: Fed) {
    tallies[fed].tookNanos = [];
    tallies[fed].isTiming = true;
  },
  /** Arrived since the process began. */
  events: (fed: Fed) => tallies[fed].events,
  /** Since the process began. */
  wrong: (fed: Fed) => tallies[fed].wrong,
  /** From the feeder's stamp to the handler, since `begin`. */
  tookNanos(fed: Fed) {
    tallies[fed].isTiming = false;
    return tallies[fed].tookNanos;
  },
  /** Tells how much has arrived, again and again, of whichever is fed; null: no more. */
  tellProgress(wanted: { readonly fed: Fed; readonly everyMs: Millis } | null) {
    stopNews();
    if (wanted === null) return;
    let told = -1;
    stopNews = systemClock.every(wanted.everyMs, () => {
      const { events } = tallies[wanted.fed];
      if (events !== told) tellNews(events);
      told = events;
    });
  },
};
export type LinksOrders = typeof orders;

answerOrders(orders);
