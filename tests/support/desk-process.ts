/**
 * A process with nothing but workers' desks for the hub, as they are: to be stopped and killed like a worker. What
 * they handle is claimed in the database, as an announcement is, so that it can be looked up after the process's death.
 */

import { answerOrders } from "../../bench/bench-child.ts";
import type { WorkerBirth } from "../../bench/hub-house.ts";
import { openModuleMemory } from "../../db/module-memory.ts";
import { systemClock } from "../../shared/clock.ts";
import type { Home } from "../../shared/home.ts";
import { type HubDesk, startHubDesk } from "../../worker/hub-desk.ts";
import { noPermits } from "./no-permits.ts";
import { silentLog } from "./silent-log.ts";

/** The module that claims. */
export const CLAIMANT = "delivery-test";

/** By channel, the feeder's numbers of the events in the order they were begun. */
const begun: Record<string, number[]> = {};
const lost: Record<string, string[]> = {};
const desks: HubDesk[] = [];

async function attach(home: Pick<Home, "hubSocket" | "database">, birth: WorkerBirth): Promise<void> {
  const { channel } = birth;
  const numbers: number[] = [];
  const gaps: string[] = [];
  begun[channel] = numbers;
  lost[channel] = gaps;
  const memory = openModuleMemory(home.database, channel);
  const desk = startHubDesk({
    path: home.hubSocket,
    papers: birth,
    permits: noPermits,
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    onTrouble: (code, detail) => void (code === "events-lost" && gaps.push(detail)),
  });
  desks.push(desk);
  desk.takeEvents(async ({ id }) => {
    const number = Number(id.replace("feed-", ""));
    if (Number.isNaN(number)) return "dealt-with";
    numbers.push(number);
    memory.claim(CLAIMANT, id);
    return "dealt-with";
  });
  await new Promise<void>((resolve) => desk.wantTopics(["channel.update"], resolve));
}

const orders = {
  attach: ({
    home,
    births,
  }: {
    readonly home: Pick<Home, "hubSocket" | "database">;
    readonly births: readonly WorkerBirth[];
  }) => Promise.all(births.map((birth) => attach(home, birth))).then(() => births.length),
  begun: (_: null) => begun,
  lost: (_: null) => lost,
};
export type DeskOrders = typeof orders;

answerOrders(orders);
