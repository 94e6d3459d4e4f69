import { expect, test } from "vitest";
import { CHECKS, type Check } from "./check-list.ts";
import { runChecks } from "./run-checks.ts";

/** A door that stays shut until it is opened. */
function makeDoor() {
  let open: () => void = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

/** Checks that say what they do, and wait at their doors. */
function makeRig(doors: Readonly<Record<string, Promise<void>>> = {}) {
  const told: string[] = [];
  const stopping = new AbortController();
  const hands = {
    begin: ({ name }: Check) => void told.push(`begin ${name}`),
    run: async ({ name }: Check, say: (text: string) => void) => {
      told.push(`run ${name}`);
      await doors[name];
      say(`${name} speaks`);
      return { name, passed: 1, failed: 0, skipped: 0, tookMs: 1 };
    },
    buildAddon: async () => {
      told.push("addon");
      await doors.addon;
      told.push("addon built");
    },
    say: (text: string) => void told.push(text),
    stop: stopping.signal,
  };
  return { told, hands, stopping };
}
const named = (...names: readonly string[]) => CHECKS.filter(({ name }) => names.includes(name));
const aTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

test("what needs no addon does not wait for it; what runs beside speaks when the others have done; drills are alone", async () => {
  const [addon, engine] = [makeDoor(), makeDoor()];
  const { told, hands } = makeRig({ addon: addon.passed, engine: engine.passed });
  const running = runChecks(named("types", "unit", "engine", "house", "drills"), hands);
  await aTurn();
  expect(told).toEqual(["addon", "begin types", "run types", "types speaks"]);
  addon.open();
  await aTurn();
  expect(told.slice(4).toSorted()).toEqual(
    [
      ...["addon built", "begin unit", "run engine", "run unit", "unit speaks"],
      ...["begin house", "run house", "house speaks"],
    ].toSorted(),
  );
  engine.open();
  const outcomes = await running;
  expect(told.slice(12)).toEqual([
    "begin engine",
    "engine speaks",
    "begin drills",
    "run drills",
    "drills speaks",
  ]);
  expect(outcomes.map(({ name }) => name)).toEqual(["types", "unit", "engine", "house", "drills"]);
});

test("who loads no addon has none built", async () => {
  const { told, hands } = makeRig();
  await runChecks(named("types", "rules"), hands);
  expect(told).not.toContain("addon");
});

test("after the word to stop nothing further is begun", async () => {
  const types = makeDoor();
  const { hands, stopping } = makeRig({ types: types.passed });
  const running = runChecks(named("types", "lint", "engine", "house"), hands);
  await aTurn();
  stopping.abort();
  types.open();
  const outcomes = await running;
  expect(outcomes.map(({ name }) => name)).not.toContain("lint");
  expect(outcomes.map(({ name }) => name)).not.toContain("house");
});
