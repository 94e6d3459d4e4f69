import * as v from "valibot";
import { expect, test } from "vitest";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import { ChildId } from "../ids.ts";
import { startChildLife } from "./child-life.ts";

const quiet = { lagMs: 0, lagP99Ms: 0, cpuPercent: 0, heapKb: 0, rssKb: 0, handles: 0 };
const counters = {
  messagesSeen: 0,
  messagesAnswered: 0,
  messagesSent: 0,
  eventsSeen: 0,
  chatLink: "none",
  hubLink: "none",
} as const;

test("a child that no supervisor takes in stops after its time, however often it is turned away at the door", async () => {
  const clock = makeFakeClock();
  const stops: string[] = [];
  const life = startChildLife({
    path: "/nowhere/supervisor.sock",
    papers: { childId: v.parse(ChildId, "hub"), spawnId: "s", credential: "c", orphanAfterMs: 10_000 },
    pid: 1,
    clock,
    random: () => 0,
    log: silentLog,
    usage: () => quiet,
    counters: () => counters,
    onPleaseStop: (because) => stops.push(because),
    onReopenLogs: () => {},
  });
  await clock.advance(9_999);
  expect(stops).toEqual([]);
  await clock.advance(1);
  expect(stops).toEqual(["no supervisor for too long"]);
  life.stop();
  await settled();
});
