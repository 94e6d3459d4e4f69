import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LANES, type Lane } from "../../output.ts";
import {
  emptySendQueue,
  type SendEvent,
  type SendOrder,
  type SendQueue,
  stepSendQueue,
  TICK_MS,
  WAITING_MAX,
  WAY_MS,
} from "./step-send-queue.ts";

type Row = readonly [at: number, event: SendEvent];
const offered = (ticket: number, lane: Lane = "command", deadlineAt = 60_000): SendEvent => ({
  kind: "offered",
  item: { ticket, lane, deadlineAt },
});
const permitted: SendEvent = { kind: "permitted" };
const answered: SendEvent = { kind: "answered" };
const refused = (until: number): SendEvent => ({ kind: "refused", until });

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
      return `ask ${order.lane} ${order.deadlineAt}`;
    case "unask":
    case "give-back":
      return order.do;
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
        [5, permitted],
      ],
      ["0 ask command 60000", "0 wake 60000", "5 send 1"],
    ],
    [
      "the most urgent goes first, though it came last; a permit is asked for what would go next",
      [
        [0, offered(1, "timer")],
        [1, offered(2, "command", 10_000)],
        [2, permitted],
        [3, permitted],
      ],
      [
        "0 ask timer 60000",
        "0 wake 60000",
        "1 ask command 10000",
        "1 wake 10000",
        "2 send 2",
        "2 ask timer 60000",
        "2 wake 60000",
        "3 send 1",
      ],
    ],
    [
      "the channel's pace comes before the permit",
      [
        [0, { kind: "pace-changed", paceMs: 1_000 }],
        [0, offered(1)],
        [0, permitted],
        [10, offered(2)],
        [90, answered],
        [1_200, { kind: "tick" }],
        [1_200, permitted],
      ],
      [
        "0 ask command 60000",
        "0 wake 60000",
        "0 send 1",
        "10 wake 60000",
        "90 wake 1200",
        "1200 ask command 60000",
        "1200 wake 60000",
        "1200 send 2",
      ],
    ],
    [
      "the pace of a message that was late on its way counts from its answer",
      [
        [0, { kind: "pace-changed", paceMs: 1_000 }],
        [0, offered(1)],
        [0, permitted],
        [10, offered(2)],
        [1_500, { kind: "tick" }],
        [1_600, answered],
        [2_610, permitted],
      ],
      [
        "0 ask command 60000",
        "0 wake 60000",
        "0 send 1",
        "10 wake 60000",
        "1500 wake 60000",
        "1600 wake 2610",
        "2610 send 2",
      ],
    ],
    [
      "where there is no pace nobody waits for an answer",
      [
        [0, offered(1)],
        [0, permitted],
        [1, offered(2)],
        [1, permitted],
      ],
      ["0 ask command 60000", "0 wake 60000", "0 send 1", "1 ask command 60000", "1 wake 60000", "1 send 2"],
    ],
    [
      "what is too late is not sent, and nothing is asked for it any more",
      [
        [0, offered(1, "command", 50)],
        [50, { kind: "tick" }],
        [60, permitted],
      ],
      ["0 ask command 50", "0 wake 50", "50 expire 1", "50 unask", "60 give-back"],
    ],
    [
      "what can't be permitted in time is given up; what can wait is asked for anew",
      [
        [0, offered(1, "command", 10_000)],
        [0, offered(2, "command", 9_000)],
        [0, offered(3, "event", 120_000)],
        [1, refused(12_000)],
      ],
      [
        "0 ask command 10000",
        "0 wake 10000",
        "0 wake 9000",
        "0 wake 9000",
        "1 drop 1 crowded",
        "1 drop 2 crowded",
        "1 ask event 120000",
        "1 wake 120000",
      ],
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
      "it goes when the connection comes; nothing is asked for while there is none",
      [
        [0, { kind: "voice-closed" }],
        [0, offered(1)],
        [20, { kind: "voice-opened" }],
        [21, { kind: "voice-closed" }],
        [22, permitted],
        [23, { kind: "voice-opened" }],
        [24, permitted],
      ],
      [
        "0 wake 60000",
        "20 ask command 60000",
        "20 wake 60000",
        "21 unask",
        "21 wake 60000",
        "22 give-back",
        "22 wake 60000",
        "23 ask command 60000",
        "23 wake 60000",
        "24 send 1",
      ],
    ],
    [
      "stopping drops what waits and what comes",
      [
        [0, offered(1)],
        [1, { kind: "stopped" }],
        [2, offered(2)],
      ],
      ["0 ask command 60000", "0 wake 60000", "1 drop 1 stopping", "1 unask", "2 drop 2 stopping"],
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
    type Happening =
      | SendEvent
      | { readonly lane: Lane; readonly forMs: number }
      | { readonly refusedMs: number }
      | { readonly arrivedAt: number };
    const happening: fc.Arbitrary<Happening> = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ lane: fc.constantFrom(...LANES), forMs: fc.integer({ min: 1, max: 8_000 }) }),
      },
      { weight: 2, arbitrary: fc.constant(permitted) },
      { weight: 1, arbitrary: fc.record({ refusedMs: fc.integer({ min: 0, max: 9_000 }) }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<SendEvent>(
          { kind: "voice-opened" },
          { kind: "voice-closed" },
          { kind: "tick" },
        ),
      },
      // Of what was said last. When Twitch had it lies between.
      {
        weight: 3,
        arbitrary: fc.record({ arrivedAt: fc.double({ min: 0, max: 1, noNaN: true }) }),
      },
    );
    const script = fc.array(fc.record({ restMs: fc.integer({ min: 0, max: 900 }), what: happening }), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(script, (steps) => {
        let queue: SendQueue = { ...emptySendQueue, voice: "open", paceMs: PACE_MS };
        let now = 0;
        let nextTicket = 1;
        let asked: Extract<SendOrder, { do: "ask-permit" }> | undefined;
        let lastSentAt: number | undefined;
        let lastAnsweredAt: number | undefined;
        let isAnswered = true;
        const arrivedAt: number[] = [];
        const open = new Map<number, { readonly lane: Lane; readonly deadlineAt: number }>();
        const isMostUrgent = (lane: Lane) =>
          [...open.values()].every((other) => LANES.indexOf(other.lane) >= LANES.indexOf(lane));
        const tell = (event: SendEvent) => {
          const step = stepSendQueue(queue, event, now);
          queue = step.queue;
          if (event.kind === "permitted" || event.kind === "refused") asked = undefined;
          // A permit in hand is used or given back in the same step, and only then.
          const spent = step.orders.filter((order) => order.do === "send" || order.do === "give-back");
          expect(spent).toHaveLength(event.kind === "permitted" ? 1 : 0);
          for (const order of step.orders) {
            if (order.do === "wake-me") expect(order.at).toBeGreaterThan(now);
            if (order.do === "unask") asked = undefined;
            if (order.do === "ask-permit") {
              asked = order;
              expect(order.deadlineAt).toBeGreaterThan(now);
              expect(isMostUrgent(order.lane)).toBe(true);
            }
            if (order.do === "send") {
              const item = open.get(order.ticket);
              expect(item?.deadlineAt).toBeGreaterThan(now);
              expect(isMostUrgent(item?.lane ?? "model")).toBe(true);
              expect(isAnswered).toBe(true);
              isAnswered = false;
              lastSentAt = now;
            }
            // Every ticket ends once.
            if ("ticket" in order) expect(open.delete(order.ticket)).toBe(true);
          }
          // Whoever could speak is asking.
          const isRested =
            now >= (lastSentAt ?? -9_000) + PACE_MS + WAY_MS &&
            now >= (lastAnsweredAt ?? -9_000) + PACE_MS + TICK_MS;
          const isReady = queue.voice === "open" && isAnswered && isRested;
          expect(asked !== undefined).toBe(open.size > 0 && isReady);
        };
        for (const { restMs, what } of steps) {
          now += restMs;
          if ("kind" in what) tell(what);
          else if ("refusedMs" in what) {
            if (asked) tell(refused(now + what.refusedMs));
          } else if ("arrivedAt" in what) {
            if (isAnswered || lastSentAt === undefined) continue;
            arrivedAt.push(lastSentAt + what.arrivedAt * (now - lastSentAt));
            isAnswered = true;
            lastAnsweredAt = now;
            tell(answered);
          } else {
            const item = { ticket: nextTicket++, lane: what.lane, deadlineAt: now + what.forMs };
            open.set(item.ticket, item);
            tell({ kind: "offered", item });
          }
        }
        now += 100_000;
        tell({ kind: "tick" });
        expect(open.size).toBe(0);
        for (const [place, at] of arrivedAt.slice(1).entries())
          expect(at - (arrivedAt[place] ?? 0)).toBeGreaterThanOrEqual(PACE_MS);
      }),
    );
  });
});
