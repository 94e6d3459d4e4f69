import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChildId } from "../shared/ids.ts";
import type { Child, ChildEvent, ChildSpec } from "./child-spec.ts";
import { newChild } from "./child-spec.ts";
import { mayStart, mayStop } from "./start-order.ts";
import { stepChild } from "./step-child.ts";

const id = (name: string) => v.parse(ChildId, name);
const spec: ChildSpec = {
  id: id("worker:alice"),
  entry: "worker.mjs",
  execArgv: [],
  papers: {},
  crashLog: "crash.log",
  startsAfter: [],
  mustReach: { oneOf: ["chat", "ready"], withinMs: 1_000 },
  helloWithinMs: 100,
  heartbeat: { everyMs: 10, missesMax: 3 },
  stopWithinMs: 50,
  pssKbMax: 100_000,
  patience: { restartsMax: 2, windowMs: 10_000, rest: { first: 100, longest: 400, jitter: 0 } },
};

/** Rows of `instant event`, and what comes of them: the orders and the state after the last. */
const live = (rows: readonly (readonly [number, ChildEvent])[], from: Child = newChild(spec)) => {
  let child = from;
  const orders: string[] = [];
  for (const [now, event] of rows) {
    const stepped = stepChild(child, event, now, 0);
    child = stepped.child;
    for (const order of stepped.orders) {
      if (order.do === "wake-me") orders.push(`${now} wake ${order.at}`);
      else orders.push(`${now} ${order.do}${order.do === "kill" ? ` ${order.because}` : ""}`);
    }
  }
  return { child, orders };
};

const wanted: ChildEvent = { kind: "wanted", running: true };
const unwanted: ChildEvent = { kind: "wanted", running: false };
const spawned: ChildEvent = { kind: "spawned", pid: 7 };
const hello: ChildEvent = { kind: "stage", stage: "starting" };
const ready: ChildEvent = { kind: "stage", stage: "ready" };
const tick: ChildEvent = { kind: "tick" };
const crashed: ChildEvent = { kind: "exited", exit: { is: "signal", signal: "SIGKILL" } };
const left: ChildEvent = { kind: "exited", exit: { is: "code", code: 0 } };

describe("stepChild", () => {
  test("spawns what is wanted and runs when it is ready", () => {
    const { child, orders } = live([
      [0, wanted],
      [1, spawned],
      [20, hello],
      [30, ready],
    ]);
    expect(orders).toEqual(["0 spawn", "1 wake 100", "20 wake 50", "30 wake 60"]);
    expect(child.state).toEqual({ is: "running", pid: 7, since: 0, lastSign: 30 });
  });

  test("kills a process that never says hello", () => {
    const { orders } = live([
      [0, wanted],
      [1, spawned],
      [100, tick],
    ]);
    expect(orders.at(-1)).toBe("100 kill no-hello");
  });

  test("kills what beats but does not become ready in time", () => {
    const beats = Array.from({ length: 99 }, (_, n) => [20 + n * 10, { kind: "beat" }] as const);
    const { orders } = live([[0, wanted], [1, spawned], [20, hello], ...beats, [1_000, tick]]);
    expect(orders.at(-1)).toBe("1000 kill not-ready");
  });

  test("lets what has got far enough wait for the rest as long as it beats", () => {
    const beats = Array.from({ length: 300 }, (_, n) => [30 + n * 10, { kind: "beat" }] as const);
    const { child, orders } = live([
      [0, wanted],
      [1, spawned],
      [20, hello],
      [25, { kind: "stage", stage: "chat" }],
      ...beats,
      [3_030, tick],
    ]);
    expect(child.state).toMatchObject({ is: "starting", stage: "chat" });
    expect(orders.some((one) => one.includes("kill"))).toBe(false);
  });

  test("kills what stops beating, and not one beat earlier", () => {
    const started = live([
      [0, wanted],
      [1, spawned],
      [20, ready],
      [40, { kind: "beat" }],
    ]).child;
    expect(live([[69, tick]], started).orders).toEqual(["69 wake 70"]);
    expect(live([[70, tick]], started).orders).toEqual(["70 kill no-heartbeat"]);
  });

  test("restarts a crash at once, and rests longer each time when patience is out", () => {
    const fall = (at: number) =>
      [
        [at, spawned],
        [at, crashed],
      ] as const;
    const { child, orders } = live([
      [0, wanted],
      ...fall(1),
      ...fall(2),
      ...fall(3),
      [103, tick],
      ...fall(104),
      [304, tick],
      ...fall(305),
    ]);
    expect(orders.filter((one) => !one.includes("wake"))).toEqual([
      "0 spawn",
      "1 spawn",
      "2 spawn",
      "103 spawn",
      "304 spawn",
    ]);
    expect(child.state).toEqual({ is: "resting", until: 305 + 400 });
    expect(child.restarts).toBe(4);
    expect(child.lastExit).toBe("was killed by SIGKILL");
  });

  test("forgets falls that lie outside the window", () => {
    const { child } = live([
      [0, wanted],
      [1, spawned],
      [1, crashed],
      [2, spawned],
      [2, crashed],
      [20_000, spawned],
      [20_000, crashed],
    ]);
    expect(child.state.is).toBe("starting");
    expect(child.falls).toEqual([20_000]);
  });

  test("a long good life ends the row of rests, a slow crash loop does not", () => {
    const resting = {
      ...newChild(spec),
      wanted: true,
      restsInARow: 2,
      state: { is: "starting", pid: undefined, since: 0, lastSign: undefined, stage: "starting" },
    } as const;
    const short = live(
      [
        [0, spawned],
        [1, ready],
        [9_999, crashed],
      ],
      resting,
    ).child;
    expect(short.state).toEqual({ is: "resting", until: 9_999 + 400 });
    const long = live(
      [
        [0, spawned],
        [1, ready],
        [10_000, crashed],
      ],
      resting,
    ).child;
    expect(long.state.is).toBe("starting");
  });

  test("gives up on a wrong configuration until it is wanted anew", () => {
    const { child } = live([
      [0, wanted],
      [1, spawned],
      [2, { kind: "exited", exit: { is: "code", code: 78 } }],
      [50_000, tick],
    ]);
    expect(child.state).toEqual({ is: "given-up", because: "bad-config" });
    expect(live([[60_000, wanted]], child).orders).toEqual(["60000 spawn"]);
  });

  test("asks before it kills, and what left when asked is stopped", () => {
    const asked = live([
      [0, wanted],
      [1, spawned],
      [2, ready],
      [10, unwanted],
    ]);
    expect(asked.orders.slice(-2)).toEqual(["10 ask-to-stop", "10 wake 60"]);
    expect(live([[60, tick]], asked.child).orders).toEqual(["60 kill not-wanted"]);
    expect(live([[20, left]], asked.child).child.state).toEqual({ is: "stopped" });
  });

  test("a stop and a new wish are no fall", () => {
    const { child, orders } = live([
      [0, wanted],
      [1, spawned],
      [2, ready],
      [10, unwanted],
      [11, wanted],
      [12, left],
    ]);
    expect(orders.at(-1)).toBe("12 spawn");
    expect(child.falls).toEqual([]);
  });

  test("a restart that was asked for is a new process and no fall, also out of a rest", () => {
    const { child, orders } = live([
      [0, wanted],
      [1, spawned],
      [2, ready],
      [10, { kind: "restart" }],
      [12, left],
    ]);
    expect(orders.slice(-3)).toEqual(["10 ask-to-stop", "10 wake 60", "12 spawn"]);
    expect(child).toMatchObject({ falls: [], restarts: 1, lastExit: undefined });
    const resting = {
      ...newChild(spec),
      wanted: true,
      restsInARow: 3,
      state: { is: "resting", until: 999 },
    } as const;
    expect(live([[20, { kind: "restart" }]], resting).orders).toEqual(["20 spawn"]);
  });

  test("an adopted process is spawned by nobody, keeps its age, and must give a sign of life", () => {
    const found: ChildEvent = { kind: "adopted", pid: 9, bornAt: -5_000 };
    const adopted = live([
      [0, found],
      [10, ready],
    ]);
    expect(adopted.orders).toEqual(["0 wake 30", "10 wake 40"]);
    expect(adopted.child).toMatchObject({
      wanted: true,
      bornAt: -5_000,
      restarts: 0,
      state: { is: "running", pid: 9 },
    });
    expect(
      live([
        [0, found],
        [30, tick],
      ]).orders,
    ).toEqual(["0 wake 30", "30 kill no-heartbeat"]);
    const gone: ChildEvent = { kind: "exited", exit: { is: "unseen" } };
    expect(live([[50, gone]], adopted.child).orders).toEqual(["50 spawn"]);
  });

  test("a failed spawn counts as a fall", () => {
    const { child } = live([
      [0, wanted],
      [1, { kind: "exited", exit: { is: "spawn-failed", problem: "ENOENT" } }],
    ]);
    expect(child.falls).toEqual([1]);
    expect(child.lastExit).toBe("could not be spawned: ENOENT");
  });

  test("under any events: never spawns beside a live process, and a wanted child is never left without a plan", () => {
    const signs = [{ kind: "beat" }, { kind: "restart" }] as const;
    const event = fc.constantFrom<ChildEvent>(wanted, unwanted, hello, ready, tick, crashed, left, ...signs);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, fc.integer({ min: 0, max: 500 })), { maxLength: 60 }),
        (happenings) => {
          let child = newChild(spec);
          let now = 0;
          let isAlive = false;
          for (const [happening, later] of happenings) {
            now += later;
            if (happening.kind === "exited" && !isAlive) continue;
            if (happening.kind === "exited") isAlive = false;
            let queue: ChildEvent[] = [happening];
            while (queue.length > 0) {
              const [next, ...others] = queue;
              queue = others;
              if (!next) break;
              const stepped = stepChild(child, next, now, 0.5);
              child = stepped.child;
              for (const order of stepped.orders) {
                if (order.do === "spawn") {
                  expect(isAlive).toBe(false);
                  isAlive = true;
                  queue.push(spawned);
                }
                if (order.do === "kill" || order.do === "ask-to-stop") expect(isAlive).toBe(true);
              }
            }
            if (child.wanted) expect(child.state.is).not.toBe("stopped");
            if (!child.wanted && !isAlive) expect(child.state.is).toBe("stopped");
          }
        },
      ),
    );
  });
});

describe("start and stop order", () => {
  const hub = { id: id("hub"), startsAfter: [] };
  const alice = { id: id("worker:alice"), startsAfter: [hub.id] };
  const bob = { id: id("worker:bob"), startsAfter: [hub.id] };

  test("workers wait for the hub's hello", () => {
    expect(mayStart([hub, alice, bob], () => false)).toEqual([hub]);
    expect(mayStart([alice, bob], (one) => one === hub.id)).toEqual([alice, bob]);
  });

  test("the hub goes when the last worker has gone", () => {
    expect(mayStop([hub, alice, bob])).toEqual([alice, bob]);
    expect(mayStop([hub])).toEqual([hub]);
  });
});
