import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChildId } from "../shared/ids.ts";
import type { Stage, Wait } from "../shared/ipc/supervisor-child.ts";
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
  stages: [
    { stage: "starting", withinMs: 100 },
    { stage: "chat", withinMs: 1_000 },
    { stage: "eventsub", withinMs: 2_000 },
    { stage: "ready", withinMs: 500 },
  ],
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
      else orders.push(`${now} ${order.do}${order.do === "spawn" ? "" : ` ${order.because.is}`}`);
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
    expect(orders).toEqual(["0 spawn", "1 wake 101", "20 wake 50", "30 wake 60"]);
    expect(child.state).toEqual({ is: "running", pid: 7, lastSign: 30 });
    expect(child).toMatchObject({ bornAt: 1, readyAt: 30 });
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

  test("forgets falls that lie outside the window, when there was a good life between", () => {
    const fall = (at: number, ...signs: readonly ChildEvent[]) =>
      [spawned, ...signs, crashed].map((event) => [at, event] as const);
    const good = live([[0, wanted], ...fall(1), ...fall(2), ...fall(20_000, ready)]).child;
    expect(good).toMatchObject({ state: { is: "starting" }, falls: [20_000] });
    const neverReady = live([[0, wanted], ...fall(1), ...fall(2), ...fall(20_000)]).child;
    expect(neverReady).toMatchObject({ state: { is: "resting" }, falls: [1, 2, 20_000] });
  });

  test("a long good life ends the row of rests, a slow crash loop does not", () => {
    const resting = {
      ...newChild(spec),
      wanted: true,
      restsInARow: 2,
      state: {
        is: "starting",
        pid: undefined,
        lastSign: undefined,
        reached: [],
        countsFrom: 0,
      },
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
        [10_001, crashed],
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
    expect(asked.orders.slice(-2)).toEqual(["10 ask-to-stop not-wanted", "10 wake 60"]);
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
    expect(orders.slice(-3)).toEqual(["10 ask-to-stop restart", "10 wake 60", "12 spawn"]);
    expect(child).toMatchObject({ falls: [], restarts: 1, lastExit: undefined });
    const resting = {
      ...newChild(spec),
      wanted: true,
      restsInARow: 3,
      state: { is: "resting", until: 999 },
    } as const;
    expect(live([[20, { kind: "restart" }]], resting).orders).toEqual(["20 spawn"]);
  });

  test("a process that left when it was given up is asked for nothing, and a restart tries it anew", () => {
    const givenUp = live([
      [0, wanted],
      [1, spawned],
      [2, { kind: "exited", exit: { is: "code", code: 78 } }],
    ]).child;
    expect(live([[9, { kind: "restart" }]], givenUp).orders).toEqual(["9 spawn"]);
    expect(live([[9, unwanted]], givenUp)).toMatchObject({ orders: [], child: { state: { is: "stopped" } } });
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
    const waits = (...of: readonly Wait[]) => ({ kind: "waits", waits: of }) as const;
    const signs = [
      { kind: "beat" },
      { kind: "restart" },
      { kind: "stage", stage: "chat" },
      waits(),
      waits({ stage: "chat", for: "turn", detail: "", forMs: 300 }),
      waits({ stage: "chat", for: "twitch", detail: "", forMs: 300 }),
      waits({ stage: "eventsub", for: "operator", detail: "" }),
    ] as const;
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

describe("stages", () => {
  const reached = (stage: Stage): ChildEvent => ({ kind: "stage", stage });
  const waits = (...of: readonly Wait[]): ChildEvent => ({ kind: "waits", waits: of });
  const inTurn = (forMs: number): Wait => ({ stage: "chat", for: "turn", detail: "in the queue", forMs });
  const twitchAway = (forMs: number): Wait => ({ stage: "chat", for: "twitch", detail: "refused", forMs });
  const forPerson: Wait = { stage: "chat", for: "operator", detail: "give a token" };
  /** Runs the rows with beats all the time, until it is asked to stop or 20 s are over; answers when and for which stage. */
  const stuckAt = (rows: readonly (readonly [number, ChildEvent])[]) => {
    const beats = Array.from({ length: 2_000 }, (_, n) => [15 + n * 10, { kind: "beat" }] as const);
    const all = [[0, wanted] as const, [1, spawned] as const, [15, hello] as const, ...rows, ...beats].sort(
      ([a], [b]) => a - b,
    );
    let child = newChild(spec);
    for (const [now, event] of all) {
      child = stepChild(child, event, now, 0).child;
      const ticked = stepChild(child, tick, now, 0);
      child = ticked.child;
      const asked = ticked.orders.find((order) => order.do !== "wake-me");
      if (!asked || child.state.is !== "stopping") continue;
      const { because } = child.state;
      const what = because.is === "stage-missed" ? because.missed.stage : because.is;
      return `${asked.do} at ${now}: ${what}`;
    }
    return `${child.state.is}`;
  };

  test("who never says hello is asked to stop, then killed, and that is a fall", () => {
    const { child, orders } = live([
      [0, wanted],
      [1, spawned],
      [101, tick],
      [151, tick],
      [152, crashed],
    ]);
    expect(orders.slice(1)).toEqual([
      "1 wake 101",
      "101 ask-to-stop stage-missed",
      "101 wake 151",
      "151 kill stage-missed",
      "152 spawn",
    ]);
    expect(child).toMatchObject({ falls: [152], lastExit: "said no hello within 0.1 s and was replaced" });
  });

  test.each<[string, readonly (readonly [number, ChildEvent])[], string]>([
    ["nothing after the hello", [], "ask-to-stop at 1015: chat"],
    ["each stage counts from the one before", [[905, reached("chat")]], "ask-to-stop at 2905: eventsub"],
    [
      "the last one, too",
      [
        [905, reached("chat")],
        [1_505, reached("eventsub")],
      ],
      "ask-to-stop at 2005: ready",
    ],
    [
      "one that comes early saves no other its time",
      [[905, reached("eventsub")]],
      "ask-to-stop at 1015: chat",
    ],
    ["ready is the end of it, whatever was left out", [[905, ready]], "running"],
    ["a queue stops the clock", [[515, waits(inTurn(3_000))]], "ask-to-stop at 4015: chat"],
    [
      "a queue that was shorter stops it for less",
      [
        [515, waits(inTurn(3_000))],
        [1_515, waits()],
      ],
      "ask-to-stop at 2015: chat",
    ],
    [
      "a queue told again is the same queue",
      [
        [515, waits(inTurn(3_000))],
        [1_515, waits(inTurn(2_000))],
      ],
      "ask-to-stop at 4015: chat",
    ],
    [
      "who queues for each try gets no more time by that",
      [
        [415, waits(inTurn(100))],
        [515, waits()],
        [915, waits(inTurn(100))],
        [1_015, waits()],
      ],
      "ask-to-stop at 1215: chat",
    ],
    [
      "a wait for Twitch gives the whole time again",
      [[915, waits(twitchAway(400))]],
      "ask-to-stop at 2315: chat",
    ],
    [
      "also when it is over sooner",
      [
        [915, waits(twitchAway(400))],
        [1_015, waits()],
      ],
      "ask-to-stop at 2015: chat",
    ],
    [
      "who claims it anew after each try waits for ever",
      Array.from({ length: 20 }, (_, n) => [915 + n * 1_000, waits(twitchAway(400))] as const),
      "starting",
    ],
    [
      "a wait for another stage changes nothing",
      [[515, waits({ ...twitchAway(9_000), stage: "eventsub" })]],
      "ask-to-stop at 1015: chat",
    ],
    [
      "one that is told before its stage is due counts then",
      [
        [515, waits({ ...twitchAway(3_000), stage: "eventsub" })],
        [615, reached("chat")],
      ],
      "ask-to-stop at 5515: eventsub",
    ],
    ["nobody is replaced who waits for a person", [[515, waits(forPerson)]], "starting"],
    [
      "until that wait is over",
      [
        [515, waits(forPerson)],
        [9_015, waits()],
      ],
      "ask-to-stop at 10015: chat",
    ],
  ])("%s", (_what, rows, end) => {
    expect(stuckAt(rows)).toBe(end);
  });

  test("a stuck child is named with the stage and its time, rests when that goes on, and never before its patience is out", () => {
    let now = 0;
    let child = stepChild(newChild(spec), wanted, now, 0).child;
    const states: string[] = [];
    for (let life = 0; life < 4; life += 1) {
      for (const event of [spawned, hello]) child = stepChild(child, event, now, 0).child;
      child = stepChild(child, { kind: "beat" }, now + 995, 0).child;
      now += 1_000;
      child = stepChild(child, tick, now, 0).child;
      child = stepChild(child, left, now, 0).child;
      states.push(child.state.is);
      if (child.state.is !== "resting") continue;
      now = child.state.until;
      child = stepChild(child, tick, now, 0).child;
    }
    expect(states).toEqual(["starting", "starting", "resting", "resting"]);
    expect(child.lastExit).toBe('did not reach the stage "chat" within 1 s and was replaced');
  });

  test("what a process waited for is forgotten with it", () => {
    const { child } = live([
      [0, wanted],
      [1, spawned],
      [2, waits(forPerson)],
      [3, crashed],
    ]);
    expect(child.waits).toEqual([]);
    expect(
      live([
        [0, wanted],
        [1, spawned],
        [2, ready],
        [3, waits(forPerson)],
      ]).child.waits,
    ).toMatchObject([{ for: "operator", until: undefined }]);
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
