/**
 * Hub and worker as they are (router, journal, links, inbox and all) with the wire, the clock, the disk and every
 * death in a test's hand; and a book of what was promised to whom.
 */
import * as v from "valibot";
import type { EventJournal } from "../../db/event-journal.ts";
import { makeJournal } from "../../hub/journal.ts";
import type { NewEvent } from "../../hub/replay-window.ts";
import { makeRouter } from "../../hub/router.ts";
import { ChildId, UserId } from "../../shared/ids.ts";
import { HUB_WORKER_VERSION, type HubToWorker, WorkerToHub } from "../../shared/ipc/hub-worker.ts";
import { HOUSE_PULSE, openLink } from "../../shared/ipc/link.ts";
import type { Dialled } from "../../shared/ipc/socket-client.ts";
import { type HubDesk, startHubDesk } from "../../worker/hub-desk.ts";
import { makeFakeClock, settled } from "./fake-clock.ts";
import { makeMemoryJournal, noTrouble } from "./memory-journal.ts";
import { noPermits } from "./no-permits.ts";
import { alice, idOf, titled } from "./router-room.ts";
import { silentLog } from "./silent-log.ts";
import { makeSlowWire, type SlowWire } from "./slow-wire.ts";

/** Events are known by their place in Twitch's order. */
export interface Promises {
  /** In each worker's life, in the order they were begun; without those of which a killed hub had no time to strike them off. */
  readonly begun: readonly (readonly number[])[];
  /** Begun although a hub had heard that they were finished. */
  readonly begunAgain: readonly number[];
  /** Neither finished, nor told to be lost, nor what a killed hub had no time to write down. */
  readonly missing: readonly number[];
  /** Numbers told to be lost of which only an earlier hub knew which events they were. */
  readonly toldLostBefore: number;
}

interface Life {
  readonly desk: HubDesk;
  readonly begun: number[];
  readonly finish: Map<number, () => void>;
}

/** Longer than the journal takes to settle. */
const QUIET_MS = 600;
const HEAL_ROUNDS = 40;
const HEAL_STEP_MS = 1_000;
const aliceId = idOf.get(alice) as NonNullable<ReturnType<typeof idOf.get>>;
const names = { broadcasterLogin: "alice", broadcasterName: "alice" };

/** Titles differ, so that none repeats another; cleared chats are never taken for one another. */
const eventOf = (index: number, isChat: boolean): NewEvent => ({
  id: `${index}`,
  at: "",
  body: isChat ? { topic: "channel.chat.clear", ...names } : titled(`${index}`),
});
const welcome = (epoch: string): HubToWorker => ({
  kind: "welcome",
  version: HUB_WORKER_VERSION,
  epoch,
  channelId: aliceId,
  channelName: "Alice",
  bot: { userId: v.parse(UserId, "900"), login: alice },
});

export function openDeliveryStage() {
  const clock = makeFakeClock();
  const disk = makeMemoryJournal();
  const lives: Life[] = [];
  const finished = new Set<number>();
  const acknowledged = new Set<number>();
  const toldLost = new Set<number>();
  const excused = new Set<number>();
  const resurrected = new Set<number>();
  const begunAgain: number[] = [];
  let toldLostBefore = 0;
  let sent = 0;
  let epochs = 0;
  let isHubThere = true;
  let wire: SlowWire | undefined;

  const openHub = () => {
    let isAlive = true;
    const store: EventJournal = {
      load: disk.load,
      write: (...given) => (isAlive ? disk.write(...given) : { is: "busy" }),
    };
    const journal = makeJournal({ store, clock, log: silentLog, onTrouble: noTrouble });
    const router = makeRouter({ clock, log: silentLog, journal });
    router.know(alice, aliceId);
    /** Which event each number means; undefined: one that an earlier hub lost. */
    const numbers: (number | undefined)[] = [];
    const left = journal.load();
    for (const { lost, events } of left) {
      numbers.push(...Array.from({ length: lost }, () => undefined));
      numbers.push(...events.map(({ event }) => Number(event?.id)));
    }
    router.restore(left);
    epochs += 1;
    return { router, journal, numbers, epoch: `${epochs}`, die: () => (isAlive = false) };
  };
  let hub = openHub();

  const hubHearsOf = (seq: number) => {
    for (const index of hub.numbers.slice(0, seq)) if (index !== undefined) acknowledged.add(index);
  };
  const hearGap = ({ fromSeq, toSeq }: { readonly fromSeq: number; readonly toSeq: number }) => {
    for (const index of hub.numbers.slice(fromSeq - 1, toSeq)) {
      if (index === undefined) toldLostBefore += 1;
      else toldLost.add(index);
    }
  };
  const answerDial = (): Dialled => {
    if (!isHubThere) return { is: "refused", problem: "nobody" };
    const made = makeSlowWire((message) => {
      const told = message as HubToWorker;
      if (told.kind === "gap") hearGap(told);
    });
    wire = made;
    const { router, epoch } = hub;
    const link = openLink<WorkerToHub, HubToWorker>(made.ends[1], WorkerToHub, {
      clock,
      log: silentLog,
      pulse: HOUSE_PULSE,
      onMessage(message) {
        if (message.kind === "event-received") {
          hubHearsOf(message.seq);
          router.acknowledge(alice, link, message.seq);
        }
        if (message.kind !== "hello") return;
        link.send(welcome(epoch));
        const resumed = message.resumeAfter?.epoch === epoch ? message.resumeAfter.seq : undefined;
        hubHearsOf(resumed ?? 0);
        router.attach(alice, link, resumed);
      },
    });
    void link.closed.then(() => router.detach(alice, link));
    return { is: "open", wire: made.ends[0] };
  };
  const beBorn = (): Life => {
    const begun: number[] = [];
    const finish = new Map<number, () => void>();
    const desk = startHubDesk({
      path: "",
      papers: { childId: v.parse(ChildId, "worker:alice"), spawnId: "s", credential: "c", channel: alice },
      permits: noPermits,
      clock,
      random: () => 0,
      log: silentLog,
      onTrouble: () => {},
      dial: async () => answerDial(),
    });
    desk.takeEvents(({ id }) => {
      const index = Number(id);
      begun.push(index);
      if (acknowledged.has(index)) begunAgain.push(index);
      return new Promise((resolve) => {
        finish.set(index, () => {
          finished.add(index);
          finish.delete(index);
          resolve("dealt-with");
        });
      });
    });
    const life = { desk, begun, finish };
    lives.push(life);
    return life;
  };
  let worker = beBorn();

  return {
    clock,
    twitchSends(isChat: boolean) {
      hub.numbers.push(sent);
      hub.router.routeOwn(aliceId, eventOf(sent, isChat));
      sent += 1;
    },
    /** One message of each direction, when there is one. */
    async wirePasses(to: "worker" | "hub") {
      wire?.pass(to === "worker" ? 0 : 1);
      await settled();
    },
    /** One of those in hand; which is the number's business. */
    async workerFinishes(which: number) {
      const inHand = [...worker.finish.values()];
      inHand[which % Math.max(1, inHand.length)]?.();
      await settled();
    },
    async lineIsCut(underWay: "gone" | "arrives") {
      wire?.cut(underWay === "gone" ? [] : [0, 1]);
      await settled();
    },
    async workerIsKilled() {
      wire?.cut([1]);
      await settled();
      worker.desk.stop();
      worker = beBorn();
      await settled();
    },
    hubGoes(isThere: boolean) {
      isHubThere = isThere;
    },
    async hubDies(how: "killed" | "killed-when-quiet" | "stopped") {
      if (how === "killed-when-quiet") await clock.advance(QUIET_MS);
      if (how === "stopped") hub.journal.close();
      const written = new Set(disk.rows().map((row) => Number(row.split(" ")[1])));
      const unwritten = hub.numbers.flatMap((index) =>
        index === undefined || written.has(index) ? [] : index,
      );
      if (how === "killed") {
        for (const index of unwritten) excused.add(index);
        // Struck off in memory only: when the worker died as well, its heir begins them again.
        for (const index of written) if (acknowledged.delete(index)) resurrected.add(index);
      }
      hub.die();
      wire?.cut([0]);
      await settled();
      hub = openHub();
    },
    /** From now on everybody lives and is quick. */
    async heal() {
      isHubThere = true;
      for (let round = 0; round < HEAL_ROUNDS; round += 1) {
        for (const done of [...worker.finish.values()]) done();
        await clock.advance(HEAL_STEP_MS);
        while (wire?.pass(0) || wire?.pass(1)) await settled();
      }
    },
    promises: (): Promises => ({
      begun: lives.map(({ begun }) => begun.filter((index) => !resurrected.has(index))),
      begunAgain,
      missing: Array.from({ length: sent }, (_, index) => index).filter(
        (index) => !finished.has(index) && !toldLost.has(index) && !excused.has(index),
      ),
      toldLostBefore,
    }),
    left: () => ({ rows: disk.rows(), losses: [...disk.losses.values()] }),
    async close() {
      isHubThere = false;
      wire?.cut([]);
      await settled();
      for (const { desk } of lives) desk.stop();
    },
  };
}
