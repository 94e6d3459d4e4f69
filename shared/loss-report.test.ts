import { expect, test } from "vitest";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import { describeLosses, makeLossReport, TOLD_AGAIN_MS } from "./loss-report.ts";

const because = "ENOSPC: no space left on device, write";
const loss = (name: string) => ({ file: `/logs/alice/${name}.log`, lines: 1, because });

test("tells of each file once, with all that lose lines, and again after a while", async () => {
  const clock = makeFakeClock();
  const told: string[] = [];
  const report = makeLossReport({ clock, tell: (detail) => told.push(detail) });
  report(loss("chat"));
  report(loss("chat"));
  report(loss("commands"));
  await clock.advance(TOLD_AGAIN_MS - 1);
  report(loss("chat"));
  await clock.advance(1);
  report(loss("chat"));
  expect(told).toEqual([
    `/logs/alice/chat.log: ${because}`,
    `/logs/alice/chat.log, commands.log: ${because}`,
    `/logs/alice/chat.log: ${because}`,
  ]);
});

test("a status names what is being lost, and nothing else", () => {
  expect(describeLosses([undefined, { ...loss("chat"), lines: 7 }, loss("system")])).toEqual([
    `7 lines of /logs/alice/chat.log are lost: ${because}`,
    `1 line of /logs/alice/system.log is lost: ${because}`,
  ]);
});
