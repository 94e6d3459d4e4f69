import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LANES, type Lane } from "../../output.ts";
import {
  emptySendQueue,
  type SendEvent,
  type SendOrder,
  type SendQueue,
  stepSendQueue,
  WAITING_MAX,
} from "./step-send-queue.ts";

type Row = readonly [at: number, event: SendEvent];
const offered = (ticket: number, lane: Lane = "command", deadlineAt = 60_000): SendEvent => ({
  kind: "offered",
  item: { ticket, lane, deadlineAt },
});
const permitted = (waitMs = 0): SendEvent => ({ kind: "permitted", waitMs });

/** Each order as "time what". */
function play(rows: readonly Row[], start: SendQueue = { ...emptySendQueue, voice: "open" }) {
  let queue = start;
  return rows.flatMap(([at, event]) => {
    const step = stepSendQueue(queue, event, at);
    queue = step.queue;
    return step.orders.map((order) => `${at} ${describeOrder(order)}`);
  });
}

function describeOrder(order: SendOrder): string {
  switch (order.do) {
    case "ask-permit":
      return "ask";
    case "send":
    case "expire":
      return `${order.do} ${order.ticket}`;
    case "drop":
      return `drop ${order.ticket} ${order.because}`;
    case "wake-me":
      return `wake ${order.at}`;
  }
}

describe("stepSendQueue", () => {
  test.each<[string, readonly Row[], readonly string[]]>([
    [
      "a text waits for its permit, then goes",
      [
        [0, offered(1)],
        [5, permitted()],
      ],
      ["0 ask", "0 wake 60000", "5 send 1"],
    ],
    [
      "a permit for later is waited out",
      [
        [0, offered(1)],
        [5, permitted(100)],
        [105, { kind: "tick" }],
      ],
      ["0 ask", "0 wake 60000", "5 wake 105", "105 send 1"],
    ],
    [
      "the most urgent goes first, though it came last",
      [
        [0, offered(1, "timer")],
        [1, offered(2, "command")],
        [2, permitted()],
        [3, permitted()],
      ],
      ["0 ask", "0 wake 60000", "1 wake 60000", "2 send 2", "2 ask", "2 wake 60000", "3 send 1"],
    ],
    [
      "the channel's pace comes before the permit",
      [
        [0, { kind: "pace-changed", paceMs: 1_000 }],
        [0, offered(1)],
        [0, permitted()],
        [10, offered(2)],
        [1_000, { kind: "tick" }],
        [1_000, permitted()],
      ],
      ["0 ask", "0 wake 60000", "0 send 1", "10 wake 1000", "1000 ask", "1000 wake 60000", "1000 send 2"],
    ],
    [
      "what is too late is not sent",
      [
        [0, offered(1, "command", 50)],
        [50, { kind: "tick" }],
        [60, permitted()],
      ],
      ["0 ask", "0 wake 50", "50 expire 1"],
    ],
    [
      "without a connection it waits, and says so at its end",
      [
        [0, { kind: "voice-closed" }],
        [0, offered(1, "command", 50)],
        [50, { kind: "tick" }],
      ],
      ["0 wake 50", "50 drop 1 no-connection"],
    ],
    [
      "it goes when the connection comes",
      [
        [0, { kind: "voice-closed" }],
        [0, offered(1)],
        [20, { kind: "voice-opened" }],
        [21, permitted()],
      ],
      ["0 wake 60000", "20 ask", "20 wake 60000", "21 send 1"],
    ],
    [
      "a permit nobody needs any more is let go, not saved up",
      [
        [0, offered(1, "command", 50)],
        [1, permitted(100)],
        [50, { kind: "tick" }],
        [101, { kind: "tick" }],
        [200, offered(2)],
      ],
      ["0 ask", "0 wake 50", "1 wake 50", "50 expire 1", "50 wake 101", "200 ask", "200 wake 60000"],
    ],
    [
      "stopping drops what waits and what comes",
      [
        [0, offered(1)],
        [1, { kind: "stopped" }],
        [2, offered(2)],
      ],
      ["0 ask", "0 wake 60000", "1 drop 1 stopping", "2 drop 2 stopping"],
    ],
  ])("%s", (_what, rows, orders) => {
    expect(play(rows)).toEqual(orders);
  });

  test("a full queue gives up its least urgent, latest text", () => {
    const full = Array.from({ length: WAITING_MAX }, (_, index): Row => [0, offered(index, "timer")]);
    const drops = (rows: readonly Row[]) => play(rows).filter((order) => order.includes("drop"));
    expect(drops([...full, [1, offered(900, "command")]])).toEqual([`1 drop ${WAITING_MAX - 1} queue-full`]);
    expect(drops([...full, [1, offered(901, "model")]])).toEqual(["1 drop 901 queue-full"]);
  });

  test("keeps every promise, whatever happens in whatever order", () => {
    const PACE_MS = 1_000;
    const happening = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ lane: fc.constantFrom(...LANES), forMs: fc.integer({ min: 1, max: 8_000 }) }),
      },
      { weight: 2, arbitrary: fc.record({ permitMs: fc.integer({ min: 0, max: 3_000 }) }) },
      { weight: 1, arbitrary: fc.constantFrom<SendEvent["kind"]>("voice-opened", "voice-closed", "tick") },
    );
    const script = fc.array(fc.record({ restMs: fc.integer({ min: 0, max: 900 }), what: happening }), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(script, (steps) => {
        let queue: SendQueue = { ...emptySendQueue, voice: "open", paceMs: PACE_MS };
        let now = 0;
        let nextTicket = 1;
        let asked = 0;
        let usableAt: number | undefined;
        let lastSentAt: number | undefined;
        const open = new Map<number, { readonly lane: Lane; readonly deadlineAt: number }>();
        const tell = (event: SendEvent) => {
          const step = stepSendQueue(queue, event, now);
          queue = step.queue;
          for (const order of step.orders) {
            if (order.do === "wake-me") expect(order.at).toBeGreaterThan(now);
            if (order.do === "ask-permit") {
              asked += 1;
              expect(usableAt).toBeUndefined();
            }
            if (order.do === "send") {
              const item = open.get(order.ticket);
              expect(item).toBeDefined();
              expect(item?.deadlineAt).toBeGreaterThan(now);
              expect(usableAt).toBeLessThanOrEqual(now);
              if (lastSentAt !== undefined) expect(now - lastSentAt).toBeGreaterThanOrEqual(PACE_MS);
              const urgency = [...open.values()].map(({ lane }) => LANES.indexOf(lane));
              expect(LANES.indexOf(item?.lane ?? "model")).toBe(Math.min(...urgency));
              lastSentAt = now;
            }
            // Every ticket ends once.
            if ("ticket" in order) expect(open.delete(order.ticket)).toBe(true);
          }
          if (usableAt !== undefined && usableAt <= now) usableAt = undefined;
        };
        for (const { restMs, what } of steps) {
          now += restMs;
          if (typeof what === "string") tell({ kind: what } as SendEvent);
          else if ("permitMs" in what) {
            if (asked === 0) continue;
            asked -= 1;
            usableAt = now + what.permitMs;
            tell({ kind: "permitted", waitMs: what.permitMs });
          } else {
            const item = { ticket: nextTicket++, lane: what.lane, deadlineAt: now + what.forMs };
            open.set(item.ticket, item);
            tell({ kind: "offered", item });
          }
          expect(asked).toBeLessThanOrEqual(1);
        }
        now += 100_000;
        tell({ kind: "tick" });
        expect(open.size).toBe(0);
      }),
    );
  });
});
