import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../shared/clock.ts";
import { findHome, type Home, prepareHome } from "../shared/home.ts";
import { ChildId } from "../shared/ids.ts";
import { openHouseKey } from "../shared/ipc/house-key.ts";
import type { Link } from "../shared/ipc/link.ts";
import type { SupervisorToChild } from "../shared/ipc/supervisor-child.ts";
import { makeFakeClock, settled } from "../tests/support/fake-clock.ts";
import { silentLog } from "../tests/support/silent-log.ts";
import { describeError, isOver } from "./child-errors.ts";
import type { ChildSpec, Exit } from "./child-spec.ts";
import { type Crew, startCrew } from "./crew.ts";
import { spawnChild } from "./spawn.ts";

let home: Home;
beforeEach(() => {
  home = findHome({ KISSBOT_HOME: mkdtempSync(join(tmpdir(), "kb-")) });
  prepareHome(home);
});
afterEach(() => rmSync(home.folder, { recursive: true }));

const alice = v.parse(ChildId, "worker:alice");
const bob = v.parse(ChildId, "worker:bob");
const SILENCE_MAX_MS = 15_000;

const makeSpec = (id: ChildId, entry = "none.mjs"): ChildSpec => ({
  id,
  entry,
  execArgv: [],
  papers: {},
  crashLog: `crash-${id.replace(":", "-")}.log`,
  startsAfter: [],
  stages: [
    { stage: "starting", withinMs: 10_000 },
    { stage: "chat", withinMs: 30_000 },
  ],
  heartbeat: { everyMs: SILENCE_MAX_MS / 3, missesMax: 3 },
  stopWithinMs: 2_000,
  pssKbMax: 100_000,
  patience: { restartsMax: 2, windowMs: 60_000, rest: { first: 60_000, longest: 60_000, jitter: 0 } },
});

function openCrew(specs: readonly ChildSpec[], clock: Clock, spawn: typeof spawnChild): Crew {
  let spawns = 0;
  return startCrew({
    found: [],
    specs,
    home,
    houseKey: openHouseKey(home.houseKeyFile),
    clock,
    random: () => 0,
    newSpawnId: () => `spawn-${++spawns}`,
    spawn,
    log: silentLog,
    audit: { write() {} },
    onExit: () => {},
  });
}
const stateOf = (crew: Crew, id: ChildId) =>
  crew.members().find(({ child }) => child.spec.id === id)?.child.state;
const errorsOf = (crew: Crew, id: ChildId, now: number) =>
  crew
    .members()
    .find(({ child }) => child.spec.id === id)
    ?.errors.map((error) => `${isOver(error, now) ? "over" : "open"} ${describeError(error)}`);

const beat = {
  kind: "beat",
  usage: { lagMs: 0, lagP99Ms: 0, cpuPercent: 0, heapKb: 1, rssKb: 1, handles: 1 },
  counters: {
    messagesSeen: 0,
    messagesAnswered: 0,
    messagesSent: 0,
    eventsSeen: 0,
    chatLink: "open",
    hubLink: "open",
  },
} as const;

/** No kernel gives such a number: whatever signal goes there meets nobody. */
const PID_OF_NOBODY = 5_000_000;

/** Children that are nothing but what the test lets them say. */
function playChildren(specs: readonly ChildSpec[]) {
  const clock = makeFakeClock();
  const born: { readonly id: string; readonly spawnId: string; readonly exit: (exit: Exit) => void }[] = [];
  const crew = openCrew(specs, clock, ({ spec, birth, onExit }) => {
    born.push({ id: spec.id, spawnId: birth.spawnId, exit: onExit });
    return { is: "spawned", pid: PID_OF_NOBODY + born.length };
  });
  const newest = (id: ChildId) => {
    const found = born.findLast((one) => one.id === id);
    if (!found) throw new Error(`${id} was never spawned`);
    return found;
  };
  const said: SupervisorToChild[] = [];
  const link: Link<SupervisorToChild> = {
    send(message) {
      if ("kind" in message) said.push(message);
      return "sent";
    },
    closed: new Promise(() => {}),
    close: () => {},
  };
  const says = (id: ChildId, message: Parameters<Crew["hear"]>[2]) =>
    crew.hear(id, newest(id).spawnId, message);
  return {
    clock,
    crew,
    born,
    newest,
    said,
    says,
    comesToWork(id: ChildId) {
      crew.attach(id, newest(id).spawnId, link);
      says(id, { kind: "stage", stage: "ready" });
    },
  };
}

describe("a supervisor that was paused itself", () => {
  const pausedFor = async (
    pausedMs: number,
    after: (play: ReturnType<typeof playChildren>) => Promise<void>,
  ) => {
    const play = playChildren([makeSpec(alice), makeSpec(bob)]);
    for (const id of [alice, bob]) {
      play.comesToWork(id);
      play.says(id, beat);
    }
    play.clock.sleep(pausedMs);
    await after(play);
    return play;
  };

  test.each([SILENCE_MAX_MS + 1, SILENCE_MAX_MS + 999, 60_000, 3_600_000])(
    "for %d ms finds everybody well who was well: what they said meanwhile is read first",
    async (pausedMs) => {
      const { crew, born } = await pausedFor(pausedMs, async ({ clock, says }) => {
        // Its timers fire before it reads its sockets.
        await clock.advance(0);
        for (const id of [alice, bob]) says(id, beat);
        for (let beats = 0; beats < 10; beats += 1) {
          await clock.advance(SILENCE_MAX_MS / 3);
          for (const id of [alice, bob]) says(id, beat);
        }
      });
      expect(born).toHaveLength(2);
      for (const id of [alice, bob]) expect(stateOf(crew, id)).toMatchObject({ is: "running" });
    },
  );

  test("still finds who hangs", async () => {
    const { crew, born, newest } = await pausedFor(60_000, async ({ clock, says }) => {
      await clock.advance(0);
      for (let beats = 0; beats < 10; beats += 1) {
        says(alice, beat);
        await clock.advance(SILENCE_MAX_MS / 3);
      }
    });
    expect(stateOf(crew, alice)).toMatchObject({ is: "running" });
    expect(stateOf(crew, bob)).toMatchObject({ is: "stopping", because: { is: "no-heartbeat" } });
    newest(bob).exit({ is: "signal", signal: "SIGKILL" });
    expect(born.map(({ id }) => id)).toEqual([alice, bob, bob]);
  });
});

describe("stages", () => {
  test("who gets stuck is asked to go, killed when it stays, and told of with stage and time", async () => {
    const { crew, clock, born, newest, said, says } = playChildren([makeSpec(alice)]);
    crew.attach(alice, newest(alice).spawnId, {
      send(message) {
        if ("kind" in message) said.push(message);
        return "sent";
      },
      closed: new Promise(() => {}),
      close: () => {},
    });
    says(alice, { kind: "stage", stage: "starting" });
    for (let beats = 0; beats < 3; beats += 1) {
      says(alice, beat);
      await clock.advance(10_000);
    }
    await clock.advance(100);
    expect(said.map(({ kind }) => kind)).toEqual(["please-stop"]);
    expect(stateOf(crew, alice)).toMatchObject({ is: "stopping", because: { is: "stage-missed" } });
    newest(alice).exit({ is: "code", code: 0 });
    expect(born).toHaveLength(2);
    expect(errorsOf(crew, alice, clock.now())).toEqual([
      'open did not reach the stage "chat" within 30 s and was replaced',
    ]);
  });

  test("what it waits for keeps it from that, and stands in its status until it says otherwise", async () => {
    const { crew, clock, born, comesToWork, newest, says } = playChildren([makeSpec(alice)]);
    crew.attach(alice, newest(alice).spawnId, {
      send: () => "sent",
      closed: new Promise(() => {}),
      close() {},
    });
    says(alice, { kind: "stage", stage: "starting" });
    const wait = { stage: "chat", for: "operator", detail: "give a token" } as const;
    says(alice, { kind: "condition", waits: [wait], troubles: [{ code: "needs-reauth", detail: "401" }] });
    for (let beats = 0; beats < 100; beats += 1) {
      says(alice, beat);
      await clock.advance(10_000);
    }
    expect(born).toHaveLength(1);
    expect(crew.members()[0]?.child.waits).toEqual([{ ...wait, until: undefined }]);
    expect(errorsOf(crew, alice, clock.now())).toEqual(["open needs-reauth: 401"]);
    says(alice, { kind: "condition", waits: [], troubles: [] });
    comesToWork(alice);
    expect(crew.members()[0]?.child.waits).toEqual([]);
    expect(errorsOf(crew, alice, clock.now())).toEqual(["over needs-reauth: 401"]);
  });
});

test("how a process ended is over when the next one is ready", () => {
  const { crew, clock, comesToWork, newest } = playChildren([makeSpec(alice)]);
  comesToWork(alice);
  newest(alice).exit({ is: "signal", signal: "SIGKILL" });
  expect(errorsOf(crew, alice, clock.now())).toEqual(["open was killed by SIGKILL"]);
  comesToWork(alice);
  expect(errorsOf(crew, alice, clock.now())).toEqual(["over was killed by SIGKILL"]);
});

describe("with real processes", () => {
  const write = (name: string, program: string) => {
    mkdirSync(join(home.folder, "programs"), { recursive: true });
    const file = join(home.folder, "programs", name);
    writeFileSync(file, program);
    return file;
  };
  const until = async (holds: () => boolean) => {
    while (!holds()) await settled();
  };

  test("a crash loop is quarantined, with the sentence it died with", async () => {
    const entry = write("crash.mjs", 'throw new TypeError("no such thing as luck");\n');
    const crew = openCrew([makeSpec(alice, entry)], systemClock, spawnChild);
    await until(() => stateOf(crew, alice)?.is === "resting");
    expect(crew.members()[0]?.child).toMatchObject({ restarts: 2, restsInARow: 1 });
    expect(errorsOf(crew, alice, systemClock.now())).toEqual([
      "open left with exit code 1: TypeError: no such thing as luck",
    ]);
    expect(await crew.stopAll()).toEqual({ hadToKill: [] });
  });

  test("an entry that is missing is told of in words, too", async () => {
    const crew = openCrew([makeSpec(alice, join(home.folder, "nothing.mjs"))], systemClock, spawnChild);
    await until(() => stateOf(crew, alice)?.is === "resting");
    expect(errorsOf(crew, alice, systemClock.now())?.[0]).toMatch(
      /^open left with exit code 1: Error: Cannot find module .*nothing\.mjs'$/,
    );
    await crew.stopAll();
  });

  test("a wrong configuration is tried once, stays given up while nothing changes, and is tried anew when it does", async () => {
    const entry = write(
      "picky.mjs",
      `let text = "";
for await (const chunk of process.stdin) text += chunk;
if (!JSON.parse(text).isRight) {
  process.stderr.write("picky: the configuration is wrong: isRight is missing\\n");
  process.exit(78);
}
setInterval(() => {}, 1_000);
`,
    );
    const wrong = makeSpec(alice, entry);
    const crew = openCrew([wrong], systemClock, spawnChild);
    await until(() => stateOf(crew, alice)?.is === "given-up");
    expect(crew.members()[0]?.child.restarts).toBe(0);
    expect(errorsOf(crew, alice, systemClock.now())).toEqual([
      "open left with exit code 78: picky: the configuration is wrong: isRight is missing",
    ]);
    expect(crew.shape([wrong])).toEqual({ added: [], removed: [], changed: [], told: [] });
    expect(stateOf(crew, alice)?.is).toBe("given-up");

    expect(crew.shape([{ ...wrong, papers: { isRight: true } }])).toMatchObject({ changed: [alice] });
    expect(stateOf(crew, alice)).toMatchObject({ is: "starting", pid: expect.any(Number) });
    expect(await crew.stopAll()).toEqual({ hadToKill: [] });
  });
});
